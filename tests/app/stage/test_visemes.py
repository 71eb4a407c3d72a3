import numpy as np
import pytest

from app.stage.visemes import SAMPLE_RATE, SHUT, Mouth, mouth_of

COUNT = SAMPLE_RATE // 25


def tones(*partials: tuple[float, float]) -> Mouth:
    """The mouth for pure tones, each of a frequency and a level."""
    at = np.arange(COUNT) / SAMPLE_RATE
    wave = sum(level * np.sin(2 * np.pi * hertz * at) for hertz, level in partials)
    return mouth_of(np.asarray(wave).astype("<i2").tobytes())


def noise(low: float, high: float) -> Mouth:
    spectrum = np.fft.rfft(np.random.default_rng(1).normal(size=COUNT))
    hertz = np.fft.rfftfreq(COUNT, 1 / SAMPLE_RATE)
    wave = np.fft.irfft(np.where((hertz > low) & (hertz < high), spectrum, 0))
    return mouth_of((wave / np.abs(wave).max() * 9000).astype("<i2").tobytes())


@pytest.mark.parametrize(("level", "expected"), [(0, 0.0), (100, 0.0), (3000, 0.7), (32000, 1.0)])
def test_the_louder_the_wider(level: int, expected: float) -> None:
    assert tones((1000, level)).opening == pytest.approx(expected, abs=0.1)


def test_silence_and_nothing_at_all_shut_it() -> None:
    assert mouth_of(bytes(COUNT * 2)) == SHUT
    assert mouth_of(b"") == SHUT


def test_an_open_vowel_opens_wider_than_a_closed_one() -> None:
    assert tones((800, 9000), (1200, 5000)).opening > 1.4 * tones((300, 9000)).opening


def test_ee_is_wide_and_oo_is_round() -> None:
    assert tones((300, 9000), (2300, 2000)).spread > 0.4
    assert tones((300, 9000), (700, 3000)).spread < -0.4


def test_a_hiss_shows_teeth_and_opens_little() -> None:
    hiss = noise(5000, 9500)
    assert hiss.hiss > 0.8
    assert 0 < hiss.opening < 0.4
    assert tones((800, 9000)).hiss == 0

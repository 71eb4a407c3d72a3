"""What the stack decides before it starts anything: ports, keys, and who may use its folder."""

import json
import socket
import stat
from pathlib import Path

import pytest

from tools.errors import SetupFailed
from tools.stack import PORTS, choose_ports, make_keys, open_stack


def test_a_taken_port_gives_way_to_a_free_one_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        taken = listener.getsockname()[1]
        monkeypatch.setitem(PORTS, "api", taken)
        chosen = choose_ports(tmp_path / "ports.json", usual=True)
    assert chosen["api"] != taken
    assert (
        f"port {taken} is taken; api listens on {chosen['api']} instead" in capsys.readouterr()[0]
    )
    assert len(set(chosen.values())) == len(PORTS)


def test_sample_pages_keep_the_port_they_were_indexed_under(tmp_path: Path) -> None:
    first = choose_ports(tmp_path / "ports.json", usual=False)
    again = choose_ports(tmp_path / "ports.json", usual=True)
    assert again["pages"] == first["pages"]


def test_keys_are_made_once_and_for_this_user_alone(tmp_path: Path) -> None:
    note = tmp_path / "secrets.json"
    keys = make_keys(note)
    assert make_keys(note) == keys == json.loads(note.read_text())
    assert stat.S_IMODE(note.stat().st_mode) == 0o600
    assert min(len(key) for name, key in keys.items() if name != "livekit_key") >= 32


def test_a_folder_carries_one_stack_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.stack.Stack.start", lambda _: None)
    refused = pytest.raises(SetupFailed, match="already runs from")
    with open_stack(tmp_path, usual_ports=False), refused, open_stack(tmp_path):
        raise AssertionError("two at a time")
    with open_stack(tmp_path, usual_ports=False):
        pass

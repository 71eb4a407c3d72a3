"""docker-compose.yml as Docker Compose itself reads it; no engine is needed for that."""

import json
import os
import re
import subprocess
from typing import Any

import pytest

from tools import servers
from tools.places import ROOT

SECRETS = {
    "GROUNDLING_LIVEKIT__KEY": "key",
    "GROUNDLING_LIVEKIT__SECRET": "s" * 40,
    "GROUNDLING_LIVEKIT__PUBLIC_URL": "wss://livekit.example.org",
    "LIVEKIT_NODE_IP": "203.0.113.7",
    "GROUNDLING_API__KEY": "a" * 40,
    "GROUNDLING_QDRANT__API_KEY": "q" * 40,
    "GROUNDLING_AVATAR__KEY": "v" * 40,
    "POSTGRES_PASSWORD": "p" * 40,
    "GROUNDLING_SECRETS__KEY": "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0czE=",
}


def render(environment: dict[str, str], *options: str) -> subprocess.CompletedProcess[str]:
    """`docker compose config` with this environment and no `.env` file."""
    command = [str(servers.compose()), "-f", "docker-compose.yml", "--env-file", os.devnull]
    return subprocess.run(
        [*command, *options, "config", "--format", "json"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    rendered = render(SECRETS, "--profile", "stage")
    assert rendered.returncode == 0, rendered.stderr
    parsed: dict[str, Any] = json.loads(rendered.stdout)
    return parsed


def test_all_processes_of_the_design_are_there(project: dict[str, Any]) -> None:
    assert set(project["services"]) == {
        *("qdrant", "ollama", "model", "livekit", "redis", "postgres"),
        *("api", "worker", "agent", "stage"),
    }


def test_every_service_that_stays_has_a_health_check(project: dict[str, Any]) -> None:
    stays = {n: s for n, s in project["services"].items() if n != "model"}
    assert [name for name, service in stays.items() if "healthcheck" not in service] == []


def test_every_image_is_pinned_to_a_version(project: dict[str, Any]) -> None:
    images = {service["image"] for service in project["services"].values()}
    assert [image for image in images if not re.search(r":v?\d+\.\d+", image)] == []


def test_servers_that_report_usage_are_told_not_to(project: dict[str, Any]) -> None:
    qdrant = project["services"]["qdrant"]["environment"]
    assert qdrant["QDRANT__TELEMETRY_DISABLED"] == "true"


def test_state_lies_in_volumes(project: dict[str, Any]) -> None:
    for name in ("postgres", "redis", "qdrant", "ollama"):
        kinds = [volume["type"] for volume in project["services"][name]["volumes"]]
        assert kinds == ["volume"]


def test_the_stage_starts_only_when_it_is_asked_for() -> None:
    rendered = render(SECRETS)
    assert "stage" not in json.loads(rendered.stdout)["services"]


@pytest.mark.parametrize("missing", sorted(SECRETS))
def test_nothing_starts_while_a_secret_is_missing(missing: str) -> None:
    rendered = render({name: value for name, value in SECRETS.items() if name != missing})
    assert rendered.returncode != 0
    assert f"set {missing} in .env" in rendered.stderr


def test_every_setting_that_compose_passes_exists(project: dict[str, Any]) -> None:
    from app.settings import Settings

    passed = {
        name
        for service in project["services"].values()
        for name in service.get("environment", {})
        if name.startswith("GROUNDLING_")
    }
    unknown = []
    for name in sorted(passed):
        section, field = name.removeprefix("GROUNDLING_").lower().split("__")
        model = Settings.model_fields[section].annotation
        if field not in model.model_fields:  # type: ignore[union-attr]
            unknown.append(name)
    assert unknown == []

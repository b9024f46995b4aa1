"""How it is deployed: the image, Fly's file and the workflow say what the settings and the product say."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.app import METRICS_PATH
from bot.settings import Settings
from bridge import switchboard
from bridge.web import TwilioRoutes
from tests.test_settings import NEEDED

ROOT = Path(__file__).parent.parent


@cache
def dockerfile() -> list[tuple[str, str]]:
    """Its instructions, each with what follows it."""
    text = re.sub(r"(?m)^#.*\n", "", (ROOT / "Dockerfile").read_text("utf-8")).replace("\\\n", " ")
    return [(line.partition(" ")[0], line.partition(" ")[2].strip()) for line in text.splitlines() if line.strip()]


def instructions(name: str) -> list[str]:
    return [rest for instruction, rest in dockerfile() if instruction == name]


def image_environment() -> dict[str, str]:
    return dict(re.findall(r"([A-Z_]+)=(\S+)", " ".join(instructions("ENV"))))


@cache
def fly() -> dict[str, Any]:
    return tomllib.loads((ROOT / "fly.toml").read_text("utf-8"))


@cache
def workflow() -> str:
    return (ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8")


def settings(environment: dict[str, str]) -> Settings:
    """Those of a deployment, with its secrets."""
    told = {name.lower(): value for name, value in {**NEEDED, **environment}.items()}
    return Settings(_env_file=None, **told)  # type: ignore[arg-type]  # by their own names


def of_settings(environment: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name.lower() in Settings.model_fields}


# The image


def test_the_image_is_made_in_two_stages_of_the_same_slim_python() -> None:
    build, final = instructions("FROM")
    assert build == f"{final} AS build"
    version = re.fullmatch(r"python:(3\.\d+)-slim-[a-z]+", final)
    assert version
    assert f'"{version[1]}"' in workflow()  # what the image runs on is tested
    assert "--from=build /venv /venv" in instructions("COPY")
    assert all("pip install" not in run for run in instructions("RUN")[1:])
    assert "--require-hashes -r requirements.lock" in instructions("RUN")[0]


def test_the_image_holds_the_product_and_nothing_else() -> None:
    assert instructions("COPY")[2:] == ["bot bot", "bridge bridge", "prompts prompts", "entrypoint.sh /entrypoint.sh"]
    assert "compileall -q bot bridge prompts" in instructions("RUN")[-1]
    assert {"tests", "sandbox", ".env", ".git", "*.db*"} <= {*(ROOT / ".dockerignore").read_text("utf-8").splitlines()}


def test_the_image_runs_as_a_plain_user() -> None:
    made = re.search(r"useradd --system --user-group --uid (\d+) (\w+)", " ".join(instructions("RUN")))
    assert made
    assert int(made[1]) >= 1000
    start = (ROOT / "entrypoint.sh").read_text("utf-8")
    assert f'exec setpriv --reuid {made[2]} --regid {made[2]} --init-groups "$@"' in start
    assert instructions("ENTRYPOINT") == ['["/entrypoint.sh"]']
    assert instructions("CMD") == ['["python", "-m", "bot", "run"]']
    assert (ROOT / "entrypoint.sh").stat().st_mode & 0o111


def test_the_image_knows_the_worlds_certificates() -> None:
    assert "ca-certificates" in instructions("RUN")[1]


def test_the_image_asks_its_own_health() -> None:
    [check] = instructions("HEALTHCHECK")
    port = image_environment()["PORT"]
    assert f"http://127.0.0.1:{port}/healthz" in check
    assert instructions("EXPOSE") == [port]


def test_what_the_image_keeps_is_on_its_volume() -> None:
    given = settings(of_settings(image_environment()))
    assert instructions("VOLUME") == ["/data"]
    assert given.sqlite_file == Path("/data/ringback.db")
    assert given.recordings_dir == Path("/data/recordings")


# Fly


def test_fly_sets_what_there_is_to_set_and_no_secret() -> None:
    assert of_settings(fly()["env"]) == fly()["env"]
    given = settings(fly()["env"])
    secret = {name for name, field in Settings.model_fields.items() if "Secret" in str(field.annotation)}
    assert {name.lower() for name in fly()["env"]} & secret == {"database_url"}  # a file's name
    assert given.client_address_header == "Fly-Client-IP"


def test_fly_keeps_one_machine_on() -> None:
    service = fly()["http_service"]
    assert (service["auto_stop_machines"], service["min_machines_running"]) == ("off", 1)
    assert service["force_https"] is True


def test_fly_waits_until_calls_are_finished_or_handed_over() -> None:
    drain = settings(fly()["env"]).drain_seconds
    assert fly()["kill_signal"] == "SIGTERM"
    assert fly()["deploy"] == {"strategy": "rolling", "wait_timeout": "10m"}
    assert drain + switchboard._LETTING_GO_S + 5 < fly()["kill_timeout"] <= 300  # 300: the most that Fly waits


def test_fly_asks_the_health_where_it_is_told() -> None:
    routes = web.Application()
    TwilioRoutes(None, public_url="https://x", auth_token="x").add_to(routes)  # type: ignore[arg-type]  # is not asked
    [check] = fly()["checks"].values()
    assert (check["type"], check["port"]) == ("http", fly()["http_service"]["internal_port"])
    assert ("GET", check["path"]) in {(r.method, r.resource.canonical) for r in routes.router.routes() if r.resource}
    assert fly()["http_service"]["internal_port"] == settings(fly()["env"]).port


def test_a_process_that_drains_is_still_reached_by_twilio() -> None:
    """A check of the service that fails takes the machine out of the proxy's routes; one of the app does not."""
    assert not {"checks", "http_checks", "tcp_checks"} & fly()["http_service"].keys()


def test_fly_mounts_the_folder_that_everything_is_kept_in() -> None:
    given = settings(fly()["env"])
    destination = Path(fly()["mounts"]["destination"])
    assert given.sqlite_file is not None
    assert given.sqlite_file.parent == destination
    assert given.recordings_dir.is_relative_to(destination)


def test_flys_metrics_are_not_open_to_the_world() -> None:
    given = settings(fly()["env"])
    assert fly()["metrics"] == {"port": given.metrics_port, "path": METRICS_PATH}
    assert given.metrics_port != fly()["http_service"]["internal_port"]
    assert "services" not in fly()


# The workflow


def test_every_action_is_pinned_by_its_commit() -> None:
    used = re.findall(r"uses: (.*)", workflow())
    assert used
    assert [line for line in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+(\.\d+)*", line)] == []


def test_the_workflow_does_what_a_developer_does_and_may_do_nothing_else() -> None:
    assert re.findall(r"run: (make .*)", workflow()) == ["make check", "make test", "make thorough"]
    assert "permissions:\n  contents: read\n" in workflow()


@pytest.mark.parametrize("target", ["check", "test", "thorough", "start-time"])
def test_its_targets_are_there(target: str) -> None:
    assert re.search(rf"(?m)^{target}:", (ROOT / "Makefile").read_text("utf-8"))

"""The doctor against the sandbox: every fault provoked, what is said to it, and that nothing is dialled or changed."""

import asyncio
import contextlib
import json
import socket
import sqlite3
import ssl
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.app import App
from bot.canary import command as canary
from bot.doctor import doorstep
from bot.doctor.asking import Asking
from bot.doctor.examination import examine
from bot.doctor.facts import Answer, Certificate, Trouble
from bot.doctor.finding import Finding, Verdict, as_json, as_text, exit_code
from bot.settings import Settings
from sandbox.world import REQUESTER_ID, World
from tests.databases import sqlite_in

CERTIFICATE = Path(__file__).parent / "fixtures" / "tls" / "localhost.pem"
SECRETS = ("AAE-ringback", "sandbox-auth-token", "sk-sandbox", "hook-swordfish")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with World() as world:
        yield world


@pytest.fixture
def settings(world: World, tmp_path: Path) -> Settings:
    return deployed(world, tmp_path)


def deployed(world: World, tmp_path: Path, **changes: Any) -> Settings:
    """A deployment whose PUBLIC_URL leads to its port, as a tunnel on this machine would."""
    port = changes.pop("port", free_port())
    found = {
        "public_url": f"http://127.0.0.1:{port}",
        "port": port,
        "database_url": changes.pop("database_url", None) or sqlite_in(tmp_path),
        "recordings_dir": tmp_path / "recordings",
        **changes,
    }
    return Settings(_env_file=None, **world.settings(**found))


def of(findings: list[Finding], check: str) -> Finding:
    return next(finding for finding in findings if finding.check == check)


async def found(settings: Settings, check: str, **how: Any) -> Finding:
    findings = await examine(settings, **{"patience_s": 2.0, **how})
    shown = as_text(findings) + as_json(findings)
    assert not [secret for secret in SECRETS if secret in shown]
    return of(findings, check)


def is_wrong(finding: Finding, says: str, mend: str) -> None:
    assert (finding.verdict, says in finding.says, mend in finding.mend) == (Verdict.WRONG, True, True), finding


# All is well


async def test_of_a_deployment_in_order_nothing_is_wrong(settings: Settings) -> None:
    findings = await examine(settings)
    assert [finding.check for finding in findings if finding.verdict is not Verdict.OK] == []
    assert exit_code(findings) == 0
    assert {finding.check for finding in findings} == {
        *("telegram token", "telegram privacy", "telegram updates", "telegram admins"),
        *("twilio account", "twilio number", "twilio countries"),
        *("openai key", "realtime model", "transcription model", "text model"),
        *("public url", "websockets", "clock", "database", "disk", "prices"),
    }


async def test_nothing_is_dialled_and_nothing_is_changed(world: World, settings: Settings, tmp_path: Path) -> None:
    before = kept_in(tmp_path)
    await examine(settings)
    assert {verb for verb, _ in world.twilio.requests + world.openai.requests} == {"GET"}
    assert {request.verb for request in world.telegram.requests} == {"GET"}
    assert {request.method for request in world.telegram.requests} == {"getMe", "getWebhookInfo", "getChat"}
    assert world.twilio.calls == {}
    assert not [path for _, path in world.twilio.requests if "/Calls" in path]
    assert kept_in(tmp_path) == before


def kept_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


async def test_a_running_ringback_is_found_through_its_public_address(
    world: World, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    metrics_port = free_port()  # which it has
    settings = deployed(world, tmp_path, telegram_webhook_secret="hook-swordfish", metrics_port=metrics_port)
    async with App(settings):
        findings = await examine(settings)
        assert await canary.unreached(settings) == ""
        elsewhere = settings.model_copy(update={"public_url": "http://127.0.0.1:1"})
        assert "nobody answers at its address" in await canary.unreached(elsewhere, patience_s=0)
    assert [finding for finding in findings if finding.verdict is not Verdict.OK] == []
    assert of(findings, "public url").says == "it leads to the Ringback of this machine"
    assert of(findings, "telegram updates").says == "by webhook"
    assert [record for record in caplog.records if record.name == "bridge.web" and record.levelname != "INFO"] == []


# Telegram


async def test_a_token_that_telegram_does_not_know(world: World, tmp_path: Path) -> None:
    settings = deployed(world, tmp_path, telegram_bot_token="7000000001:AAE-ringback-of-another")
    is_wrong(await found(settings, "telegram token"), "does not know it", "TELEGRAM_BOT_TOKEN")


async def test_a_telegram_that_is_not_there(world: World, tmp_path: Path) -> None:
    settings = deployed(world, tmp_path, telegram_api_url="http://127.0.0.1:1")
    is_wrong(await found(settings, "telegram token"), "nobody answers", "TELEGRAM_API_URL")


async def test_a_telegram_that_has_trouble_of_its_own(world: World, settings: Settings) -> None:
    world.telegram.fail_next("getMe", 502)
    assert (await found(settings, "telegram token")).verdict is Verdict.UNKNOWN
    world.telegram.fail_next("getWebhookInfo", 502)
    assert (await found(settings, "telegram updates")).verdict is Verdict.UNKNOWN


async def test_privacy_mode_that_is_off(world: World, settings: Settings) -> None:
    world.telegram.cloud.privacy_mode = False
    is_wrong(await found(settings, "telegram privacy"), "privacy mode is off", "/setprivacy")


async def test_an_admin_who_never_wrote_to_the_bot(world: World, tmp_path: Path) -> None:
    finding = await found(deployed(world, tmp_path, telegram_admins=f"{REQUESTER_ID},4711"), "telegram admins")
    assert finding.verdict is Verdict.UNKNOWN
    assert "4711 did not write" in finding.says


async def test_a_webhook_that_fails(world: World, tmp_path: Path) -> None:
    settings = deployed(world, tmp_path, telegram_webhook_secret="hook-swordfish")
    webhook = world.telegram.updates.webhook
    webhook.url = f"{settings.public_url}/telegram"
    webhook.last_error, webhook.last_error_date = "Wrong response from the webhook: 403 Forbidden", 2_000_000_000
    finding = await found(settings, "telegram updates", wall=lambda: 2_000_000_100.0)
    is_wrong(finding, "403 Forbidden", "TELEGRAM_WEBHOOK_SECRET")


# Twilio


async def test_credentials_that_twilio_does_not_accept(world: World, tmp_path: Path) -> None:
    settings = deployed(world, tmp_path, twilio_auth_token="another")
    is_wrong(await found(settings, "twilio account"), "credentials", "TWILIO_AUTH_TOKEN")


async def test_a_twilio_that_is_not_there(world: World, tmp_path: Path) -> None:
    settings = deployed(world, tmp_path, twilio_api_url="http://127.0.0.1:1")
    is_wrong(await found(settings, "twilio account"), "nobody answers", "TWILIO_API_URL")


async def test_a_trial_account(world: World, settings: Settings) -> None:
    world.twilio.conditions.account_type = "Trial"
    is_wrong(await found(settings, "twilio account"), "cannot stream", "Upgrade")


async def test_an_account_that_is_suspended(world: World, settings: Settings) -> None:
    world.twilio.conditions.account_status = "suspended"
    is_wrong(await found(settings, "twilio account"), "suspended", "funds")


async def test_a_number_without_a_voice(world: World, settings: Settings) -> None:
    world.twilio.conditions.number_is = "messaging"
    is_wrong(await found(settings, "twilio number"), "no voice", "TWILIO_PHONE_NUMBER")


async def test_a_number_of_somebody_elses(world: World, settings: Settings) -> None:
    world.twilio.conditions.number_is = "unknown"
    is_wrong(await found(settings, "twilio number"), "no such number", "TWILIO_PHONE_NUMBER")


async def test_a_verified_caller_id_will_do(world: World, settings: Settings) -> None:
    world.twilio.conditions.number_is = "caller_id"
    assert (await found(settings, "twilio number")).verdict is Verdict.OK


async def test_a_number_of_which_the_setting_is_but_a_part(world: World, tmp_path: Path) -> None:
    settings = deployed(world, tmp_path, twilio_phone_number="+1415555010")
    is_wrong(await found(settings, "twilio number"), "no such number", "TWILIO_PHONE_NUMBER")


async def test_countries_that_may_not_be_called(world: World, tmp_path: Path) -> None:
    world.twilio.conditions.refused_prefixes = ("+49",)
    settings = deployed(world, tmp_path, allowed_countries="US,DE")
    is_wrong(await found(settings, "twilio countries"), "calls to DE are not allowed", "Geo permissions")


async def test_without_allowed_countries_the_numbers_own_is_asked_about(settings: Settings) -> None:
    assert (await found(settings, "twilio countries")).says.startswith("US may be called; others were not asked")


async def test_a_twilio_that_does_not_tell(world: World, settings: Settings) -> None:
    world.twilio.fail_next("country", 403, 20403)
    assert "did not tell about US" in (await found(settings, "twilio countries")).says
    world.twilio.fail_next("numbers", 500, 20500)
    assert (await found(settings, "twilio number")).verdict is Verdict.UNKNOWN


# OpenAI


async def test_a_key_that_openai_does_not_accept(world: World, tmp_path: Path) -> None:
    is_wrong(
        await found(deployed(world, tmp_path, openai_api_key="sk-no"), "openai key"), "not accept", "OPENAI_API_KEY"
    )


async def test_an_openai_that_is_not_there(world: World, tmp_path: Path) -> None:
    settings = deployed(world, tmp_path, openai_base_url="http://127.0.0.1:1/v1")
    is_wrong(await found(settings, "openai key"), "nobody answers", "OPENAI_BASE_URL")


@pytest.mark.parametrize("setting", ["REALTIME_MODEL", "TRANSCRIPTION_MODEL", "TEXT_MODEL"])
async def test_a_model_that_may_not_be_used(world: World, settings: Settings, setting: str) -> None:
    world.openai.no_access.add(getattr(settings, setting.lower()))
    is_wrong(await found(settings, setting.lower().replace("_", " ")), "no access", setting)
    assert (await found(settings, "openai key")).verdict is Verdict.OK


# The public address


async def test_an_address_that_leads_nowhere(world: World, tmp_path: Path) -> None:
    settings = deployed(world, tmp_path, public_url="http://127.0.0.1:1")
    is_wrong(await found(settings, "public url"), "nobody answers", "PUBLIC_URL")


async def test_an_address_that_does_not_answer(world: World, tmp_path: Path) -> None:
    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(say_nothing, "127.0.0.1", 0) as silent:
        port = silent.sockets[0].getsockname()[1]
        settings = deployed(world, tmp_path, public_url=f"http://127.0.0.1:{port}")
        is_wrong(await found(settings, "public url", patience_s=0.3), "did not answer in time", "PUBLIC_URL")


@contextlib.asynccontextmanager
async def serving(status: int, headers: dict[str, str] | None = None, *, tls: bool = False) -> AsyncIterator[int]:
    """Somebody else, who answers everything with this."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, headers=headers, text="somebody else")

    application = web.Application()
    application.router.add_route("*", "/{anything:.*}", answer)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=served() if tls else None).start()
    try:
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


def served() -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    return context


def trusting() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(CERTIFICATE))


@pytest.mark.parametrize(
    ("status", "headers", "says", "mend"),
    [
        (200, {}, "something else answers", "every path of it"),
        (502, {}, "does not reach us", "plain HTTP"),
        (301, {"Location": "https://www.example.com/"}, "redirects", "signatures"),
        (200, {"Server": "Ringback", "Ringback-Process": "of another"}, "another Ringback", "where that one runs"),
    ],
)
async def test_an_address_that_leads_to_somebody_else(
    world: World, tmp_path: Path, status: int, headers: dict[str, str], says: str, mend: str
) -> None:
    async with serving(status, headers) as port:
        settings = deployed(world, tmp_path, public_url=f"http://127.0.0.1:{port}")
        is_wrong(await found(settings, "public url"), says, mend)


async def test_a_port_that_another_program_has(world: World, tmp_path: Path) -> None:
    async with serving(200) as port:
        is_wrong(await found(deployed(world, tmp_path, port=port), "public url"), "another program", "PORT")


async def test_a_port_of_a_program_that_speaks_no_http(world: World, tmp_path: Path) -> None:
    async def parrot(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 welcome\r\n")
        writer.close()

    async with await asyncio.start_server(parrot, "127.0.0.1", 0) as server:
        settings = deployed(world, tmp_path, port=server.sockets[0].getsockname()[1])
        is_wrong(await found(settings, "public url"), "another program", "PORT")


async def test_a_host_that_cannot_be_listened_on(world: World, tmp_path: Path) -> None:
    finding = await found(deployed(world, tmp_path, host="192.0.2.1"), "public url", patience_s=0.2)
    is_wrong(finding, "cannot be listened on", "HOST")


async def test_a_port_that_nobody_knows(world: World, tmp_path: Path) -> None:
    async with serving(200) as port:
        settings = deployed(world, tmp_path, port=0, public_url=f"http://127.0.0.1:{port}")
        assert (await found(settings, "public url")).verdict is Verdict.UNKNOWN


async def test_a_proxy_that_passes_no_websockets(world: World, tmp_path: Path) -> None:
    """It asks the way that it passes, and takes the headers of an upgrade for its own."""
    settings = deployed(world, tmp_path)

    async def through(request: web.Request) -> web.Response:
        async with Asking(lambda: 0.0) as asking:
            reply = await asking.get(f"http://127.0.0.1:{settings.port}{request.path}")
        assert isinstance(reply, Answer)
        return web.Response(status=reply.status, text=reply.text)

    application = web.Application()
    application.router.add_get("/{anything:.*}", through)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        behind = settings.model_copy(update={"public_url": f"http://127.0.0.1:{runner.addresses[0][1]}"})
        is_wrong(await found(behind, "websockets"), "do not get through", "proxy or tunnel")
    finally:
        await runner.cleanup()


# Its certificate


async def test_a_certificate_that_nobody_vouches_for(world: World, tmp_path: Path) -> None:
    async with serving(200, tls=True) as port:
        settings = deployed(world, tmp_path, public_url=f"https://localhost:{port}")
        is_wrong(await found(settings, "public url"), "self-signed certificate", "known authority")


async def test_a_certificate_for_another_name(world: World, tmp_path: Path) -> None:
    async with serving(200, tls=True) as port:
        settings = deployed(world, tmp_path, public_url=f"https://127.0.0.1:{port}")
        is_wrong(await found(settings, "public url", tls=trusting()), "certificate is not valid for", "very name")


async def test_an_address_that_speaks_no_tls(world: World, tmp_path: Path) -> None:
    async with serving(200) as port:
        settings = deployed(world, tmp_path, public_url=f"https://localhost:{port}")
        is_wrong(await found(settings, "public url"), "no TLS is spoken there", "PUBLIC_URL")


async def test_the_days_of_a_good_certificate_are_counted(world: World, tmp_path: Path) -> None:
    ends = ssl.cert_time_to_seconds("Jan  1 00:00:00 2125 GMT")
    async with serving(200, tls=True) as port:
        settings = deployed(world, tmp_path, public_url=f"https://localhost:{port}")
        good = await found(settings, "certificate", tls=trusting(), wall=lambda: ends - 30 * 86_400)
        assert (good.verdict, "30 more days" in good.says) == (Verdict.OK, True)
        ending = await found(settings, "certificate", tls=trusting(), wall=lambda: ends - 3 * 86_400)
        is_wrong(ending, "3 days", "Renew")
        assert await doorstep.certificate(settings.public_url, tls=trusting()) == Certificate(ends)
    assert isinstance(await doorstep.certificate(settings.public_url), Trouble)


# The clock


async def test_a_clock_that_is_slow(settings: Settings) -> None:
    import time  # noqa: PLC0415 - the only test that looks at the real one

    is_wrong(await found(settings, "clock", wall=lambda: time.time() - 90), "90 s slow", "NTP")


# What is kept


async def test_a_database_that_is_not_there_yet_is_made_at_the_first_start(world: World, tmp_path: Path) -> None:
    finding = await found(deployed(world, tmp_path, database_url=f"sqlite:///{tmp_path}/new.db"), "database")
    assert (finding.verdict, "first start makes it" in finding.says) == (Verdict.OK, True)
    assert not (tmp_path / "new.db").exists()


async def test_a_database_that_is_empty(world: World, tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "empty.db").close()
    (tmp_path / "empty.db").touch()
    finding = await found(deployed(world, tmp_path, database_url=f"sqlite:///{tmp_path}/empty.db"), "database")
    assert (finding.verdict, "it is empty" in finding.says) == (Verdict.OK, True)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("sqlite:////nowhere/at/all/ringback.db", "its folder is not there"),
        ("sqlite://", "in memory only"),
        ("sqlite:////tmp", "the file cannot be opened"),
        ("postgresql://shane:hunter2@127.0.0.1:1/ringback", "nobody answers at its address"),
        ("postgresql://shane:hunter2@127.0.0.1:1/ringback?hunter2=1", "an option after ?"),
        ("postgresql:///ringback?host=/nowhere", "its socket is not there"),
    ],
)
async def test_a_database_that_cannot_be_opened(world: World, tmp_path: Path, url: str, says: str) -> None:
    finding = await found(deployed(world, tmp_path, database_url=url), "database")
    is_wrong(finding, says, "DATABASE_URL")
    assert "hunter2" not in f"{finding}"


async def test_a_file_that_is_no_database(world: World, tmp_path: Path) -> None:
    (tmp_path / "letter.db").write_text("Dear Sir or Madam, " * 100, "utf-8")
    finding = await found(deployed(world, tmp_path, database_url=f"sqlite:///{tmp_path}/letter.db"), "database")
    is_wrong(finding, "the file is no SQLite database", "DATABASE_URL")


@pytest.fixture
def revised(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    sqlite_in(tmp_path)
    connection = sqlite3.connect(tmp_path / "ringback.db")
    yield connection
    connection.close()


def left(world: World, tmp_path: Path) -> Settings:
    return deployed(world, tmp_path, database_url=f"sqlite:///{tmp_path}/ringback.db")


async def test_a_database_of_a_newer_ringback(world: World, tmp_path: Path, revised: sqlite3.Connection) -> None:
    revised.execute("update alembic_version set version_num = '9999'")
    revised.commit()
    is_wrong(await found(left(world, tmp_path), "database"), "newer Ringback: revision 9999", "newer version")


async def test_a_database_of_an_older_ringback(world: World, tmp_path: Path, revised: sqlite3.Connection) -> None:
    revised.execute("update alembic_version set version_num = '0001'")
    revised.commit()
    finding = await found(left(world, tmp_path), "database")
    assert (finding.verdict, "older Ringback" in finding.says) == (Verdict.UNKNOWN, True)


async def test_a_database_of_another_program(world: World, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "other.db")
    other.execute("create table calls (id integer)")
    other.close()
    finding = await found(deployed(world, tmp_path, database_url=f"sqlite:///{tmp_path}/other.db"), "database")
    is_wrong(finding, "no release of Ringback made", "DATABASE_URL")


async def test_a_database_without_its_log(world: World, tmp_path: Path, revised: sqlite3.Connection) -> None:
    revised.execute("pragma journal_mode=delete")
    finding = await found(left(world, tmp_path), "database")
    assert (finding.verdict, "journal mode is delete" in finding.says) == (Verdict.UNKNOWN, True)


async def test_a_database_that_somebody_writes_to_is_none_the_worse(
    world: World, tmp_path: Path, revised: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    revised.execute("begin immediate")
    monkeypatch.setattr("bot.doctor.storage._BUSY_S", 0.01)
    assert (await found(left(world, tmp_path), "database")).verdict is Verdict.OK


async def test_a_folder_that_may_not_be_written_to(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who runs the tests may be root, who may write everywhere: so it is said instead."""
    settings = deployed(world, tmp_path, record_calls="true")
    monkeypatch.setattr("bot.doctor.storage._may_write", lambda _: False)
    is_wrong(await found(settings, "database"), "the database cannot be written to", "the right to")
    is_wrong(await found(settings, "recordings"), "cannot be written to", "RECORDINGS_DIR")
    monkeypatch.undo()
    assert (await found(settings, "recordings")).verdict is Verdict.OK


async def test_a_disk_that_is_full(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        free = 3 * 1024 * 1024

    monkeypatch.setattr("bot.doctor.storage.shutil.disk_usage", lambda _: Full)
    is_wrong(await found(settings, "disk"), "only 3 MiB are free", "Make room")


# What would keep it from starting


async def test_a_metrics_port_that_is_taken(world: World, tmp_path: Path) -> None:
    async with serving(200) as taken:
        settings = deployed(world, tmp_path, metrics_port=taken)
        is_wrong(await found(settings, "metrics port"), f"port {taken} cannot be listened on", "METRICS_PORT")
    assert (await found(settings, "metrics port")).verdict is Verdict.OK
    same = deployed(world, tmp_path, port=settings.port, metrics_port=settings.port)
    is_wrong(await found(same, "metrics port"), "it is PORT, too", "of its own")


async def test_traces_without_their_extra(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = deployed(world, tmp_path, otel_exporter_otlp_endpoint="http://127.0.0.1:1")
    assert (await found(settings, "traces")).verdict is Verdict.OK
    monkeypatch.setitem(sys.modules, "bot.traces", None)
    is_wrong(await found(settings, "traces"), "not installed", "ringback[traces]")


async def test_a_price_list_that_cannot_be_read(world: World, tmp_path: Path) -> None:
    settings = deployed(world, tmp_path, prices_file=str(tmp_path / "prices.toml"))
    is_wrong(await found(settings, "prices"), "No such file", "PRICES_FILE")


@pytest.mark.parametrize("empty_database_url", ["postgresql"], indirect=True)
async def test_a_postgresql_without_our_tables(world: World, tmp_path: Path, empty_database_url: str) -> None:
    finding = await found(deployed(world, tmp_path, database_url=empty_database_url), "database")
    assert (finding.verdict, "it is empty" in finding.says) == (Verdict.OK, True)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_postgresql_in_order(world: World, tmp_path: Path, database_url: str) -> None:
    findings = await examine(deployed(world, tmp_path, database_url=database_url))
    assert of(findings, "database").verdict is Verdict.OK
    assert not [finding for finding in findings if finding.check == "disk"]


# How it is told


async def test_several_faults_are_told_together_each_with_its_mending(world: World, settings: Settings) -> None:
    world.twilio.conditions.account_type = "Trial"
    world.openai.no_access.add(settings.text_model)
    findings = await examine(settings)
    shown = as_text(findings)
    assert exit_code(findings) == 1
    assert "✗ twilio account" in shown
    assert "✗ text model" in shown
    assert "→ Upgrade it in the Twilio console" in shown
    assert shown.endswith("2 things are wrong.")
    told = json.loads(as_json(findings))
    assert told["ok"] is False
    assert [one["check"] for one in told["checks"] if one["verdict"] == "wrong"] == ["twilio account", "text model"]

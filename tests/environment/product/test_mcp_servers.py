"""Servers on a port, shared ones, and what a scenario shows of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import allure
import psutil
import pytest
from environment_mcp_servers import DIES, HTTP, SILENT, STDIO, small

from environment.driving.process_state import SERVER_ENVIRONMENT
from environment.errors import SuiteError
from environment.product.mcp_server import servers as module
from environment.product.mcp_server.conversation import over_http
from environment.product.mcp_server.faults import LetInNobody, NoAnswer, NotSpeakingMcp, ServerEnded, ToolRefused
from environment.product.mcp_server.launch import server_launch
from environment.product.mcp_server.port import ANY_PORT, ListeningServer
from environment.product.mcp_server.servers import Servers, SharedServer
from environment.targets.embedded import EmbeddedTarget
from environment.waiting import wait_until

ROOT = Path(__file__).resolve().parents[3]


def test_a_server_listens_until_it_is_closed(tmp_path: Path) -> None:
    server = ListeningServer(small(HTTP, tmp_path, **ANY_PORT))
    try:
        conversation = over_http(server.launch, server.address, None)
        assert conversation.call("package_answer", word="barley")["word"] == "barley"
        assert not server.ended
    finally:
        server.close()
    assert server.ended
    with pytest.raises(ServerEnded):
        conversation.call("package_answer", word="barley")
    conversation.close()


def test_a_server_that_ends_instead_of_listening(tmp_path: Path) -> None:
    with pytest.raises(ServerEnded, match=r"^QUILT_CATALOG_URL is missing$"):
        ListeningServer(small(DIES, tmp_path))


def test_a_server_that_never_listens(tmp_path: Path) -> None:
    with pytest.raises(NoAnswer, match=r"did not listen on a port within 2 s; the last .* is: still loading"):
        ListeningServer(small(SILENT, tmp_path), limit_seconds=2)


def test_a_server_that_listens_to_the_world(tmp_path: Path) -> None:
    with pytest.raises(NotSpeakingMcp, match=r"listens on 0.0.0.0, which is not this machine alone"):
        ListeningServer(small(HTTP, tmp_path, FASTMCP_HOST="0.0.0.0"))


@pytest.mark.slow
def test_a_server_does_not_outlive_a_killed_worker(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib, time; from environment_mcp_servers import *;"
        "from environment.product.mcp_server.port import ListeningServer, ANY_PORT;"
        "s = ListeningServer(small(HTTP, pathlib.Path(sys.argv[1]), **ANY_PORT)); print(s.address, flush=True);"
        "time.sleep(120)"
    )
    path = os.pathsep.join(map(str, (ROOT, ROOT / "tests" / "support")))
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": path},
        text=True,
    ) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline().startswith("http://127.0.0.1:")
        started = psutil.Process(worker.pid).children(recursive=True)
        worker.send_signal(signal.SIGKILL)
    assert len(started) == 2, "the keeper and the server"
    _, alive = psutil.wait_procs(started, timeout=20)
    assert not alive


def test_what_a_server_wrote_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr(allure, "attach", lambda body, name, _: shown.append(f"{name}: {body}"))
    monkeypatch.setattr(module, "server_launch", lambda home, _: small(STDIO, home))
    servers = Servers(SharedServer(lambda: tmp_path))
    (tmp_path / "stderr.txt").write_text("of an earlier scenario\n", encoding="utf-8")

    servers.of_ones_own(tmp_path, {})
    assert servers.of_ones_own(tmp_path, {}) is servers.of_ones_own(tmp_path, {})
    servers.close()

    assert shown == ["standard error of the MCP server: started"]


@pytest.mark.slow
def test_a_shared_server_that_ended_is_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "server_launch", lambda home, settings: small(HTTP, home, **settings))
    shared = SharedServer(lambda: tmp_path)
    try:
        first = shared.running({})
        assert shared.running({}) is first
        other = shared.running({"QUILT_CATALOG_URL": "http://localhost:1"})
        assert other is not first
        assert first.ended, "a server with other settings is not left behind"
        psutil.Process(other._process.pid).children()[0].kill()
        wait_until(lambda: other.ended, limit_seconds=10, what="the server to have ended")
        again = shared.running({"QUILT_CATALOG_URL": "http://localhost:1"})
        assert not again.ended
    finally:
        shared.close()
    assert again.ended


def test_a_server_knows_nothing_of_the_machine_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("QUILT_CATALOG_URL", "AWS_PROFILE", "FASTMCP_PORT", "SOME_TOKEN", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, "of the machine's user")

    environment = server_launch(tmp_path / "home", {"QUILT_DEPLOYMENT": "legacy"}).environment

    assert "of the machine's user" not in environment.values()
    assert environment["HOME"] == str(tmp_path / "home")
    assert environment["QUILT_DEPLOYMENT"] == "legacy"


def test_a_product_without_a_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))

    with pytest.raises(SuiteError, match=r"Looked for the product's server: there is no .*quilt-mcp"):
        server_launch(tmp_path, {})


@pytest.mark.slow
def test_the_products_own_server_lets_in_who_has_a_token(
    embedded: EmbeddedTarget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", embedded.aws_endpoint_url or "")
    settings = {**SERVER_ENVIRONMENT, "QUILT_DEPLOYMENT": "remote", "QUILT_CATALOG_URL": embedded.catalog_url}
    server = ListeningServer(server_launch(tmp_path, {**settings, **ANY_PORT}))
    try:
        with pytest.raises(LetInNobody, match=r"^HTTP 401: .*Authorization"):
            over_http(server.launch, server.address, None)
        known = over_http(server.launch, server.address, embedded.token("user"))
        assert embedded.buckets.packages in [each["name"] for each in known.call("bucket_list")["buckets"]]
        known.close()
        unknown = over_http(server.launch, server.address, "nobody's")
        with pytest.raises(ToolRefused, match=r"not authorized"):
            unknown.call("bucket_list")
        unknown.close()
    finally:
        server.close()

"""What a live target is told of settings that are missing or wrong: one line, which one, where it is described."""

from __future__ import annotations

import json
import os
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import jwt
import pytest
import requests
from acceptance_process import ROOT, Workshop

from environment.errors import SuiteError
from environment.settings import DESCRIBED_IN, Buckets, LiveSettings
from environment.targets.live import LiveTarget

SCENARIO = "features/packages/creation.feature::A published dataset is complete and can be found"
NOBODY_LISTENS = "http://127.0.0.1:9"


def token(seconds: float = 3600) -> str:
    return jwt.encode({"id": "dana", "exp": int(time.time() + seconds)}, "a key of this test, long enough for it")


@pytest.fixture(autouse=True)
def no_settings_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith(("QUILT_", "AWS_")):
            monkeypatch.delenv(name)
    monkeypatch.setitem(LiveSettings.model_config, "env_file", None)
    monkeypatch.setenv("QUILT_TEST_ALLOWED_CATALOGS", "127.0.0.1")
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)


@contextmanager
def web_server(status: int, body: bytes, content_type: str) -> Iterator[str]:
    """Something that answers every GET like this, but is no catalog; gives its URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def refusal(settings: LiveSettings) -> str:
    with pytest.raises(SuiteError) as caught:
        LiveTarget(settings)
    assert "\n" not in str(caught.value)
    return str(caught.value)


REQUIRED = [
    "catalog_url",
    "jwt_token",
    "admin_jwt_token",
    "readonly_jwt_token",
    "service_jwt_token",
    "expired_jwt_token",
    "deactivated_jwt_token",
]


@pytest.mark.parametrize("name", REQUIRED)
@pytest.mark.parametrize("value", [None, "", "  "], ids=["missing", "empty", "blank"])
def test_a_required_value_that_is_missing_is_named_with_where_it_is_described(name: str, value: str | None) -> None:
    with pytest.raises(SuiteError) as caught:
        LiveSettings.model_construct(**{name: value}).require(name)

    variable = f"QUILT_TEST_{name.upper()}"
    assert str(caught.value) == (
        f"Opened the live target: {variable} is not set. "
        f"Set it in .env.test or in the environment; {DESCRIBED_IN} describes it"
    )
    assert re.search(rf"(?m)^{variable}=", (ROOT / DESCRIBED_IN).read_text())


def test_values_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUILT_TEST_JWT_TOKEN", "from-environment")
    settings = LiveSettings()

    assert settings.token("user") == "from-environment"
    assert "from-environment" not in repr(settings)


def test_a_live_target_without_a_catalog_or_a_token_names_what_is_missing() -> None:
    assert "QUILT_TEST_CATALOG_URL is not set" in refusal(LiveSettings())
    assert "QUILT_TEST_JWT_TOKEN is not set" in refusal(LiveSettings(catalog_url=NOBODY_LISTENS))


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("no-token", "it is no JWT"),
        ("a.b.c", "it is no JWT"),
        (token(seconds=-3600), "the token is past its end"),
    ],
    ids=["a word", "three parts", "past its end"],
)
def test_a_token_that_cannot_be_one_is_refused_before_any_scenario(value: str, reason: str) -> None:
    message = refusal(LiveSettings(catalog_url=NOBODY_LISTENS, jwt_token=value))

    assert message.startswith(f"Read QUILT_TEST_JWT_TOKEN: {reason}. ")
    assert DESCRIBED_IN in message
    assert value not in message


@pytest.mark.parametrize(
    ("status", "body", "content_type", "reason"),
    [
        (404, b"nothing here", "text/plain", "the answer was 404"),
        (502, b"<html>Bad Gateway</html>", "text/html", "the answer was 502"),
        (200, b"<!DOCTYPE html><html></html>", "text/html", "it is no JSON object"),
        (200, b"[1, 2]", "application/json", "it is no JSON object"),
        (200, b'{"region": "us-east-1"}', "application/json", "it has no 'registryUrl'"),
        (200, json.dumps({"registryUrl": "x", "region": ""}).encode(), "application/json", "it has no 'region'"),
    ],
    ids=["404", "502", "HTML", "a list", "without registryUrl", "without region"],
)
def test_something_that_is_no_catalog_is_told(status: int, body: bytes, content_type: str, reason: str) -> None:
    with web_server(status, body, content_type) as url:
        message = refusal(LiveSettings(catalog_url=f"{url}/", jwt_token=token()))

    assert message.startswith(f"Read {url}/config.json: {reason}. ")
    assert "QUILT_TEST_CATALOG_URL" in message


def test_an_address_where_nobody_answers_is_told() -> None:
    message = refusal(LiveSettings(catalog_url=NOBODY_LISTENS, jwt_token=token()))

    assert message.startswith(f"Read {NOBODY_LISTENS}/config.json: no answer (ConnectionError). ")


@pytest.mark.parametrize("address", ["catalog.example.org", "ftp://127.0.0.1", "http://"])
def test_an_address_that_is_none_is_told(address: str) -> None:
    message = refusal(LiveSettings(catalog_url=address, jwt_token=token()))

    assert "QUILT_TEST_" in message
    assert "that is no http or https address" in message


def test_an_aws_profile_that_is_not_there_is_told() -> None:
    catalog = json.dumps({"registryUrl": "http://127.0.0.1", "region": "us-east-1"}).encode()
    with web_server(200, catalog, "application/json") as url:
        message = refusal(LiveSettings(catalog_url=url, jwt_token=token(), AWS_PROFILE="no-such-profile"))

    assert message.startswith("Opened the AWS profile 'no-such-profile': there is none. Set AWS_PROFILE")


def test_what_is_empty_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines of .env.test.example are, and so is what a workflow takes from a variable that nobody made."""
    for name in ("AWS_PROFILE", "AWS_REGION", "QUILT_TEST_REGISTRY_URL", "QUILT_TEST_BUCKET_DATA"):
        monkeypatch.setenv(name, "")

    settings = LiveSettings()
    assert (settings.aws_profile, settings.aws_region, settings.registry_url) == (None, "us-east-1", None)
    assert Buckets().data == "quilt-mcp-test-data"


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["0", "2"], ids=["one process", "two workers"])
def test_a_run_on_a_dead_address_ends_at_once_in_one_line(workers: str, workshop: Workshop) -> None:
    settings = {
        "QUILT_TEST_CATALOG_URL": NOBODY_LISTENS,
        "QUILT_TEST_JWT_TOKEN": token(),
        "QUILT_TEST_ALLOWED_CATALOGS": "127.0.0.1",
    }
    result = workshop.with_settings(settings).pytest(SCENARIO, "--target", "live", "-n", workers)

    assert result.exit_code == 4
    assert f"Exit: Read {NOBODY_LISTENS}/config.json: no answer (ConnectionError)." in result.errors
    assert "Traceback" not in result.text
    assert "INTERNALERROR" not in result.text
    assert settings["QUILT_TEST_JWT_TOKEN"] not in result.text
    assert not list((workshop.state / "runs").iterdir())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("option", "line"),
    [
        (
            ("--target", "lvie"),
            'Looked for the target "lvie": there is none. Did you mean "live"? known: embedded, live',
        ),
        (("--backend", "locl"), '--backend: unknown mode "locl"; did you mean "local"? known: local, multiuser, both'),
        (("-m", "smok"), '-m: unknown tag "smok"; did you mean "smoke"? known: '),
    ],
    ids=["target", "mode", "tag"],
)
def test_an_unknown_name_on_the_command_line_is_told_with_the_nearest(
    option: tuple[str, str], line: str, workshop: Workshop
) -> None:
    result = workshop.pytest(SCENARIO, *option)

    assert result.exit_code == 4
    assert f"ERROR: {line}" in result.errors
    assert "Traceback" not in result.text


def test_a_certificate_that_is_not_trusted_is_told_with_the_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise requests.exceptions.SSLError("certificate verify failed: self-signed certificate in certificate chain")

    monkeypatch.setattr(requests, "get", refused)
    monkeypatch.setenv("QUILT_TEST_CATALOG_URL", "https://127.0.0.1")
    monkeypatch.setenv("QUILT_TEST_JWT_TOKEN", token())
    with pytest.raises(SuiteError, match="SSL_CERT_FILE, REQUESTS_CA_BUNDLE and AWS_CA_BUNDLE"):
        LiveTarget(LiveSettings())

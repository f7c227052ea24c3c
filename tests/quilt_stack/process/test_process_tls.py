"""A deployment over TLS, for clients that know of it only what the environment says."""

from __future__ import annotations

import json
import socket
import ssl
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import boto3
import pytest
import requests
from gql import Client, GraphQLRequest
from gql.transport.requests import RequestsHTTPTransport
from stack_wire import ADMINISTRATOR, OPEN_BUCKET, READER, WRITER, WireDeployment, wire_blueprint

import quilt_stack
from quilt_stack import DeploymentError, DeploymentSettings, Reset, RunningDeployment
from quilt_stack.wire.certificates import make_certificates

CLIENTS = """
import json, sys
from pathlib import Path
import boto3, httpx, quilt3, requests
from quilt3 import session
catalog, registry, token, work = sys.argv[1:]
quilt3.config(catalog)
session.login_with_token(token)
session.create_botocore_session()
(Path(work) / "table.csv").write_text("x,y")
package = quilt3.Package().set("table.csv", str(Path(work) / "table.csv"))
package.push("lab/table", registry="s3://open-bucket", message="over TLS", force=True)
again = quilt3.Package.browse("lab/table", registry="s3://open-bucket")
header = {"Authorization": f"Bearer {token}"}
print(json.dumps({
    "quilt3": again["table.csv"].get_bytes().decode(),
    "requests": requests.get(registry + "/healthcheck").status_code,
    "httpx": httpx.post(registry + "/graphql", json={"query": "{ me { name } }"}, headers=header).json(),
}))
"""


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WireDeployment]:
    passwords = {ADMINISTRATOR: "ada's password", WRITER: "dana's password", READER: "lee's password"}
    settings = DeploymentSettings(state_directory=tmp_path_factory.mktemp("tls") / "state", tls=True)
    running = quilt_stack.start(settings, wire_blueprint(passwords), owned=True)
    try:
        yield WireDeployment(running, passwords, 0)
    finally:
        running.stop()


def trusting(running: RunningDeployment) -> requests.Session:
    """A client of HTTP that trusts the deployment."""
    session = requests.Session()
    session.trust_env = False  # where the environment names a bundle, requests takes that one
    session.verify = str(running.ca_bundle)
    return session


@pytest.mark.slow
def test_unmodified_clients_need_the_environment_alone(tls: WireDeployment, tmp_path: Path) -> None:
    running = tls.running
    arguments = (running.catalog_url, running.registry_url, running.control.issue_token(WRITER), str(tmp_path))
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", CLIENTS, *arguments],
        env={"HOME": str(tmp_path), "QUILT_DISABLE_USAGE_METRICS": "true", **running.client_environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found == {"quilt3": "x,y", "requests": 200, "httpx": {"data": {"me": {"name": WRITER}}}}


def test_all_that_is_handed_out_is_https(tls: WireDeployment) -> None:
    """Presigned links above all, as a real stack's (registry facts 11)."""
    running = tls.running
    with trusting(running) as session:
        config = session.get(f"{running.catalog_url}/config.json", timeout=10).json()
        assert config["registryUrl"] == running.registry_url
        assert "http://" not in json.dumps(config)
        s3 = boto3.client("s3", **running.boto3_arguments)
        s3.put_object(Bucket=OPEN_BUCKET, Key="a b", Body=b"x" * 3_000_000)
        link = s3.generate_presigned_url("get_object", Params={"Bucket": OPEN_BUCKET, "Key": "a b"})
        assert link.startswith(running.aws_url + "/") and link.startswith("https://")
        assert len(session.get(link, timeout=10).content) == 3_000_000
        transport = RequestsHTTPTransport(
            f"{running.registry_url}/graphql", headers=tls.headers(ADMINISTRATOR), verify=str(running.ca_bundle)
        )
        assert Client(transport=transport).execute(GraphQLRequest("{ me { name } }")) == {"me": {"name": ADMINISTRATOR}}
        session.post(f"{running.registry_url}/api/reset_password", json={"email": "lee@example.org"}, timeout=10)
    assert {link.partition(":")[0] for mail in running.control.mails() for link in mail.links} == {"https"}


@pytest.mark.parametrize("origin", ["catalog_url", "registry_url", "aws_url", "control_url"])
def test_who_does_not_trust_it_gets_nothing(tls: WireDeployment, origin: str) -> None:
    url = getattr(tls.running, origin)
    with requests.Session() as session:
        session.trust_env = False
        with pytest.raises(requests.exceptions.SSLError):
            session.get(url, timeout=10)
        plain = url.replace("https:", "http:")
        try:
            assert session.get(plain, timeout=10).status_code == 400
        except requests.exceptions.ConnectionError as error:
            assert not isinstance(error, requests.exceptions.SSLError)


@pytest.mark.parametrize(("surface", "origin"), [("aws", "aws_url"), ("registry", "registry_url")])
def test_a_connection_can_be_reset_under_tls(tls: WireDeployment, surface: str, origin: str) -> None:
    tls.running.control.set_fault(surface, Reset(), path="/healthcheck")
    with trusting(tls.running) as session:
        url = f"{getattr(tls.running, origin)}/healthcheck"
        with pytest.raises(requests.exceptions.ConnectionError):
            session.get(url, timeout=10)
        assert session.get(url, timeout=10).status_code in (200, 403, 404)


@pytest.mark.parametrize("origin", ["registry_url", "aws_url"])
def test_who_connects_and_sends_nothing_holds_nobody_up_for_long(tls: WireDeployment, origin: str) -> None:
    address = urlsplit(getattr(tls.running, origin))
    with socket.create_connection((str(address.hostname), address.port)), trusting(tls.running) as session:
        began = time.perf_counter()
        session.get(address.geturl(), timeout=30)
        assert time.perf_counter() - began < 8


def test_the_key_is_private_and_the_bundle_holds_none(tls: WireDeployment) -> None:
    running = tls.running
    key = running.state_directory / "private" / "certificate.pem"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert b"PRIVATE KEY" in key.read_bytes()
    assert running.ca_bundle is not None
    bundle = running.ca_bundle.read_text(encoding="ascii")
    assert "PRIVATE KEY" not in bundle
    authorities = ssl.create_default_context(cafile=running.ca_bundle).get_ca_certs()
    subjects = [dict(part[0] for part in each["subject"]) for each in authorities]
    assert {"organizationName": "quilt-stack"}.items() <= subjects[-1].items()
    assert len(subjects) > 50, "public authorities are trusted, too"
    found = quilt_stack.attach(running.state_directory)
    assert found is not None and found.ca_bundle == running.ca_bundle


def test_nothing_of_it_stays(tmp_path: Path) -> None:
    settings = DeploymentSettings(state_directory=tmp_path / "state", tls=True)
    running = quilt_stack.start(settings, owned=False)
    running.stop()
    assert {path.name for path in settings.state_directory.iterdir()} == {"settings.json", "deployment.log"}


def test_a_certificate_that_cannot_be_made_is_told_in_one_line(tmp_path: Path) -> None:
    served = tmp_path / "served.pem"
    for host, bundle, reason in (
        ("127.0.0.1", tmp_path / "absent" / "bundle.pem", "no such file or directory"),
        ("no..host", tmp_path / "bundle.pem", "empty label"),
    ):
        with pytest.raises(DeploymentError) as refused:
            make_certificates(served, bundle, host)
        text = str(refused.value)
        assert text.startswith(f"A certificate for {host} cannot be made in ") and "\n" not in text
        assert reason in text and text.endswith("Choose another one, or serve without TLS.")
        assert not bundle.exists()

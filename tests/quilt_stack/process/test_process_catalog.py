"""The catalog's origin, as unmodified clients use it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from stack_wire import CLOSED_BUCKET, OPEN_BUCKET, READER, WRITER, WireDeployment

PACKAGE = "catalog/pages"
FILES = {"plain.txt": "plain", "a folder/naïve + name.txt": "odd"}


def in_quilt3(deployment: WireDeployment, home: Path, code: str, *arguments: str) -> Any:
    """Run code with quilt3 in a process with directories of its own; returns what it prints as JSON."""
    prologue = f"""
    import json, sys
    import quilt3
    quilt3.config({deployment.running.catalog_url!r})
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "QUILT_"))} | {
        "AWS_ENDPOINT_URL": deployment.running.aws_url,
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "QUILT_DISABLE_USAGE_METRICS": "true",
        "QUILT_MINIMIZE_STDOUT": "true",
    }
    finished = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(prologue) + textwrap.dedent(code), *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return json.loads(finished.stdout.splitlines()[-1])


def one_time_code(deployment: WireDeployment, user: str) -> str:
    answer = requests.get(f"{deployment.running.registry_url}/api/code", headers=deployment.headers(user), timeout=10)
    return str(answer.json()["code"])


def test_config_json_has_every_required_field(wire: WireDeployment) -> None:
    running = wire.running

    configuration = requests.get(f"{running.catalog_url}/config.json", timeout=10).json()

    assert configuration == {
        "registryUrl": running.registry_url,
        "apiGatewayEndpoint": running.registry_url,
        "s3Proxy": f"{running.aws_url}/-s3-proxy",
        "region": "us-east-1",
        "analyticsBucket": "local-analyticsbucket-1a2b3c",
        "serviceBucket": "local-servicebucket-1a2b3c",
        "mode": "PRODUCT",
        "alwaysRequiresAuth": True,
        "passwordAuth": "ENABLED",
        "ssoAuth": "DISABLED",
        "ssoProviders": "",
        "mixpanelToken": "",
        "stackVersion": "1.70.0",
    }
    assert not any(str(value).endswith("/") for value in configuration.values())


@pytest.mark.parametrize("path", ["/", "/b/open-bucket/packages", "/signin", "/no/such.thing"])
def test_any_other_path_is_a_page_as_on_a_real_catalog(wire: WireDeployment, path: str) -> None:
    answer = requests.get(wire.running.catalog_url + path, timeout=10)

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "config.json" in answer.text


@pytest.mark.slow
def test_quilt3_signs_in_and_works(wire: WireDeployment, tmp_path: Path) -> None:
    said = in_quilt3(
        wire,
        tmp_path,
        """
        quilt3.session.login_with_token(sys.argv[1])
        s3 = quilt3.session.create_botocore_session().create_client("s3", region_name=quilt3.config()["region"])
        bucket = sys.argv[2]
        s3.put_object(Bucket=bucket, Key="quilt3/hello.txt", Body=b"hello")
        package = quilt3.Package().set("hello.txt", f"s3://{bucket}/quilt3/hello.txt")
        top_hash = package.push("wire/hello", f"s3://{bucket}", force=True).top_hash
        print(json.dumps({
            "navigator": quilt3.config()["navigator_url"],
            "registry": quilt3.config()["registryUrl"],
            "logged_in": quilt3.logged_in(),
            "packages": sorted(quilt3.list_packages(f"s3://{bucket}")),
            "same": quilt3.Package.browse("wire/hello", f"s3://{bucket}").top_hash == top_hash,
        }))
        """,
        one_time_code(wire, WRITER),
        OPEN_BUCKET,
    )

    assert said["navigator"] == wire.running.catalog_url
    assert said["registry"] == wire.running.registry_url
    assert said["logged_in"] == wire.running.catalog_url
    assert "wire/hello" in said["packages"]
    assert said["same"] is True


def test_quilt3_refuses_a_code_that_was_used(wire: WireDeployment, tmp_path: Path) -> None:
    said = in_quilt3(
        wire,
        tmp_path,
        """
        quilt3.session.login_with_token(sys.argv[1])
        try:
            quilt3.session.login_with_token(sys.argv[1])
        except quilt3.util.QuiltException as error:
            print(json.dumps(str(error)))
        """,
        one_time_code(wire, WRITER),
    )

    assert said == "Authentication error: 401"


@pytest.fixture(scope="module")
def session_id(wire: WireDeployment, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A browsing session of the writer on a package with a plain and an odd file name."""
    files = tmp_path_factory.mktemp("files")
    for name, text in FILES.items():
        (files / name).parent.mkdir(exist_ok=True)
        (files / name).write_text(text)
    top_hash = in_quilt3(
        wire,
        tmp_path_factory.mktemp("home"),
        """
        quilt3.session.login_with_token(sys.argv[1])
        package = quilt3.Package().set_dir("/", sys.argv[3])
        print(json.dumps(package.push("catalog/pages", f"s3://{sys.argv[2]}", force=True).top_hash))
        """,
        one_time_code(wire, WRITER),
        OPEN_BUCKET,
        str(files),
    )
    query = "mutation($scope: String!) { browsingSessionCreate(scope: $scope) { ... on BrowsingSession { id } } }"
    scope = f"quilt+s3://{OPEN_BUCKET}#package={PACKAGE}@{top_hash}"
    answer = requests.post(
        f"{wire.running.registry_url}/graphql",
        json={"query": query, "variables": {"scope": scope}},
        headers=wire.headers(WRITER),
        timeout=10,
    )
    return str(answer.json()["data"]["browsingSessionCreate"]["id"])


def browse(wire: WireDeployment, session: str, path: str, user: str | None, origin: str) -> requests.Response:
    return requests.get(
        f"{origin}/browse/{session}/{path}",
        headers=wire.headers(user) if user else {},
        allow_redirects=False,
        timeout=10,
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "content"), [("plain.txt", "plain"), ("a%20folder/na%C3%AFve%20%2B%20name.txt", "odd")]
)
@pytest.mark.parametrize("origin", ["catalog_url", "registry_url"])
def test_browsing_leads_to_a_signed_url_with_the_content(
    wire: WireDeployment, session_id: str, path: str, content: str, origin: str
) -> None:
    answer = browse(wire, session_id, path, WRITER, getattr(wire.running, origin))

    assert answer.status_code == 302
    location = answer.headers["location"]
    assert location.startswith(f"{wire.running.aws_url}/{OPEN_BUCKET}/")
    assert "X-Amz-Signature" in parse_qs(urlsplit(location).query)
    assert requests.get(location, timeout=10).text == content


def test_browsing_is_refused_as_it_should_be(wire: WireDeployment, session_id: str) -> None:
    origin = wire.running.catalog_url
    answers = {
        404: browse(wire, session_id, "missing.txt", WRITER, origin),
        403: browse(wire, session_id, "plain.txt", READER, origin),
        401: browse(wire, session_id, "plain.txt", None, origin),
    }

    assert {answer.status_code: status for status, answer in answers.items()} == {status: status for status in answers}
    assert all(answer.json()["message"] for answer in answers.values())
    assert browse(wire, "no-such-session", "plain.txt", WRITER, origin).status_code == 404


def test_the_reader_sees_what_the_role_may_read(wire: WireDeployment, tmp_path: Path) -> None:
    said = in_quilt3(
        wire,
        tmp_path,
        """
        import botocore.exceptions
        quilt3.session.login_with_token(sys.argv[1])
        s3 = quilt3.session.create_botocore_session().create_client("s3", region_name="us-east-1")
        def code(call, **arguments):
            try:
                call(**arguments)
                return "done"
            except botocore.exceptions.ClientError as error:
                return error.response["Error"]["Code"]
        print(json.dumps([
            code(s3.list_objects_v2, Bucket=sys.argv[2]),
            code(s3.put_object, Bucket=sys.argv[2], Key="k", Body=b""),
            code(s3.list_objects_v2, Bucket=sys.argv[3]),
        ]))
        """,
        one_time_code(wire, READER),
        OPEN_BUCKET,
        CLOSED_BUCKET,
    )

    assert said == ["done", "AccessDenied", "AccessDenied"]

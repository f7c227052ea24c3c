"""Runs quilt-mcp's own end-to-end tests against a stack over TLS, as ``quilt-stack up --tls`` starts one.

``python tests/quilt_stack/end_to_end/quilt_mcp_end_to_end.py CHECKOUT [ARGUMENT OF PYTEST ...]``. They were written
for a real stack by people who do not know this one, so they tell how true it is; the figure stands in
docs/embedded-deployment.md. The checkout gets an environment of its own (``uv sync``), as its makers run it; the tests
get a home of their own, in which the stack's administrator is signed in with quilt3's command line, and the stack's AWS
keys. Exit code: pytest's.
"""

from __future__ import annotations

import argparse
import os
import re
import secrets
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import boto3
import requests
from pydantic import SecretStr

import quilt_stack
from quilt_stack import (
    Blueprint,
    BucketBlueprint,
    DeploymentSettings,
    Permission,
    PolicyBlueprint,
    RoleBlueprint,
    RunningDeployment,
    UserBlueprint,
)

_BUCKET = "end-to-end-tests"
_USER = "tester"
_PACKAGE = "test/raw"
_TABLE = "measurements"
_EXISTING = re.compile(r'package_name="([\w-]+/[\w-]+)",\s*registry="s3://([a-z0-9.-]+)"')
_LIMIT_SECONDS = 3600
_OBJECTS = {
    "README.md": "# Measurements\n",
    "raw/measurements.csv": "plot,weight\n1,2.5\n2,3.5\n",
    "raw/settings.json": '{"plots": 2}\n',
}
_PUSH = """mutation ($params: PackagePushParams!, $src: PackageConstructSource!) {
  packageConstruct(params: $params, src: $src) { __typename } }"""
_SET_TABLE = """mutation ($bucket: String!, $table: String!, $config: String) {
  admin { bucketSetTabulatorTable(bucketName: $bucket, tableName: $table, config: $config) { __typename } } }"""
_CONFIGURATION = f"""
schema: [{{name: plot, type: INT}}, {{name: weight, type: FLOAT}}]
source: {{type: quilt-packages, package_name: {_PACKAGE}, logical_key: '.*[.]csv$'}}
parser: {{format: csv, header: true}}
"""


def main() -> int:
    """Run them; returns pytest's exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("checkout", type=Path, help="folder of a checkout of quilt-mcp")
    asked, arguments = parser.parse_known_args()
    checkout = asked.checkout.resolve()
    if not (checkout / "tests" / "e2e").is_dir():
        parser.error(f"{checkout} has no folder tests/e2e: name a checkout of quilt-mcp's repository")
    uv = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
    if uv is None:
        parser.error("uv is not installed here: make setup")
    made = subprocess.run(
        [uv, "sync", "--quiet", "--group", "test", "--python", sys.executable], cwd=checkout, check=False
    )
    if made.returncode:
        parser.error(f"uv sync did not install {checkout}: see above")
    with TemporaryDirectory(prefix="end-to-end-") as folder:
        place = Path(folder)
        settings = DeploymentSettings(state_directory=place / "deployment", tls=True)
        packages = _packages(checkout)
        running = quilt_stack.start(settings, _blueprint({bucket for bucket, _ in packages}), owned=True)
        try:
            token = running.control.issue_token(_USER)
            _fill(running, token, packages)
            environment = _environment(running, settings, token, place / "home")
            _sign_in(running, token, checkout, environment)
            # "admin" are tests that need a deployment's operator; the makers leave them out of this run, too.
            command = [
                checkout / ".venv" / "bin" / "python",
                "-m",
                "pytest",
                "tests/e2e",
                "-m",
                "not admin",
                *arguments,
            ]
            return subprocess.run(
                command, cwd=checkout, env=environment, timeout=_LIMIT_SECONDS, check=False
            ).returncode
        finally:
            running.stop()


def _packages(checkout: Path) -> set[tuple[str, str]]:
    """Bucket and name of the packages that have to be there: ours, and those that the tests name as existing ones."""
    texts = [path.read_text(encoding="utf-8") for path in (checkout / "tests" / "e2e").rglob("*.py")]
    return {(_BUCKET, _PACKAGE), *((bucket, name) for text in texts for name, bucket in _EXISTING.findall(text))}


def _blueprint(buckets: set[str]) -> Blueprint:
    return Blueprint(
        buckets=[BucketBlueprint(name=bucket) for bucket in sorted(buckets)],
        policies=[PolicyBlueprint(title="all", permissions=dict.fromkeys(buckets, Permission.READ_WRITE))],
        roles=[RoleBlueprint(name="worker", policies=["all"])],
        users=[
            UserBlueprint(
                name=_USER,
                email="tester@example.org",
                role="worker",
                admin=True,
                password=SecretStr(secrets.token_urlsafe()),
            )
        ],
        default_role="worker",
    )


def _fill(running: RunningDeployment, token: str, packages: set[tuple[str, str]]) -> None:
    """A few objects, packages of them, and a table over ours: the tests look for what a stack in use has."""
    s3 = boto3.client("s3", **running.boto3_arguments)
    for key, text in _OBJECTS.items():
        s3.put_object(Bucket=_BUCKET, Key=key, Body=text.encode())
    entries = [{"logicalKey": key, "physicalKey": f"s3://{_BUCKET}/{key}"} for key in _OBJECTS]
    table = {"bucket": _BUCKET, "table": _TABLE, "config": _CONFIGURATION}
    asked = [(_SET_TABLE, table, '"BucketConfig"')]
    for bucket, name in sorted(packages):
        package = {"params": {"bucket": bucket, "name": name, "message": "first"}, "src": {"entries": entries}}
        asked.append((_PUSH, package, '"PackagePushSuccess"'))
    for query, variables, made in asked:
        answer = requests.post(
            f"{running.registry_url}/graphql",
            json={"query": query, "variables": variables},
            headers={"Authorization": f"Bearer {token}"},
            timeout=60,
            verify=str(running.ca_bundle),
        )
        if made not in answer.text:
            raise SystemExit(f"Filled the stack: {answer.text}")
    running.control.wait_until_indexed()


def _environment(running: RunningDeployment, settings: DeploymentSettings, token: str, home: Path) -> dict[str, str]:
    """What the tests' process is told, and nothing of the caller's own AWS and Quilt."""
    # The tests look for this file to know that somebody has signed in; quilt3 keeps its own elsewhere.
    (home / ".quilt").mkdir(parents=True)
    (home / ".quilt" / "config.yml").write_text(f"navigator_url: {running.catalog_url}\n", encoding="utf-8")
    foreign = ("AWS_", "QUILT_", "PYTEST_", "VIRTUAL_ENV", "XDG_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return {
        **kept,
        **running.client_environment,
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / "data"),
        "AWS_ACCESS_KEY_ID": running.operator_access_key_id,
        "AWS_SECRET_ACCESS_KEY": running.operator_secret_access_key,
        "AWS_DEFAULT_REGION": running.region,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "ATHENA_WORKGROUP": settings.athena_workgroup,
        "PYTHONPATH": "src",
        "QUILT_CATALOG_URL": running.catalog_url,
        "QUILT_REGISTRY_URL": running.registry_url,
        "QUILT_DISABLE_USAGE_METRICS": "true",
        "QUILT_TEST_BUCKET": f"s3://{_BUCKET}",
        "QUILT_TEST_PACKAGE": _PACKAGE,
        "PLATFORM_TEST_ENABLED": "true",
        "PLATFORM_TEST_JWT_TOKEN": token,
        "TEST_BACKEND_MODE": "both",
    }


def _sign_in(running: RunningDeployment, token: str, checkout: Path, environment: dict[str, str]) -> None:
    """With quilt3's own command line, which reads the code of the registry's page from its standard input."""
    bearer = {"Authorization": f"Bearer {token}"}
    code = requests.get(f"{running.registry_url}/api/code", headers=bearer, timeout=60, verify=str(running.ca_bundle))
    quilt3 = str(checkout / ".venv" / "bin" / "quilt3")
    for arguments, typed in ((["config", running.catalog_url], ""), (["login"], f"{code.json()['code']}\n")):
        subprocess.run(
            [quilt3, *arguments],
            env=environment,
            input=typed,
            text=True,
            check=True,
            timeout=120,
            stdout=subprocess.DEVNULL,
            start_new_session=True,  # without a terminal it does not open a browser
        )


if __name__ == "__main__":
    sys.exit(main())

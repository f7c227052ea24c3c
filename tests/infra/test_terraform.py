"""The Terraform files, by Terraform itself where the machine has it: format, lock, AWS's schema, and a plan."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import hcl2
import pytest
from template_tables.terraform import FILES

from environment.settings import ROOT
from quilt_stack.aws.cloud import Cloud

ACCOUNT = "123456789012"
# A folder of providers for machines that do not reach the registry; `terraform providers mirror` makes one.
PROVIDERS = Path(os.environ.get("TERRAFORM_PROVIDERS", "/opt/tf-plugins"))
LOCK = FILES / ".terraform.lock.hcl"


@pytest.fixture(scope="module")
def program() -> str:
    found = shutil.which("terraform")
    if found is None:
        pytest.skip("no terraform on this machine: the files are parsed and compared all the same")
    return found


def terraform(program: str, folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run it on a copy of the files: it writes into its home, which is the folder."""
    assert not folder.is_relative_to(ROOT)
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "TF_IN_AUTOMATION": "1", **variables}
    command = [program, f"-chdir={folder}", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def initialized(program: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the files with the provider that the lock names."""
    if not PROVIDERS.is_dir():
        pytest.skip(
            f"no folder of providers at {PROVIDERS} (TERRAFORM_PROVIDERS); CI takes the provider from the registry"
        )
    folder = copied(tmp_path_factory.mktemp("terraform") / "files")
    options = ("-backend=false", "-input=false", "-no-color", "-lockfile=readonly", f"-plugin-dir={PROVIDERS}")
    done = terraform(program, folder, "init", *options)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (folder / LOCK.name).read_bytes() == LOCK.read_bytes()
    return folder


def copied(folder: Path) -> Path:
    return Path(shutil.copytree(FILES, folder, ignore=shutil.ignore_patterns(".terraform", "*.tfstate*", "*.tfvars")))


def test_the_files_are_well_formatted(program: str, tmp_path: Path) -> None:
    done = terraform(program, copied(tmp_path / "files"), "fmt", "-check", "-diff", "-recursive")
    assert (done.returncode, done.stdout) == (0, "")


def test_the_lock_is_of_a_provider_that_the_files_allow_and_holds_every_platform() -> None:
    [locked] = hcl2.loads(LOCK.read_text("utf-8"))["provider"]
    [(name, content)] = locked.items()
    [required] = hcl2.loads((FILES / "versions.tf").read_text("utf-8"))["terraform"][0]["required_providers"]
    allowed = required["aws"]["version"].strip('"')
    assert name.strip('"') == "registry.terraform.io/hashicorp/aws"
    assert content["constraints"].strip('"').replace(".0", "") == allowed.replace(".0", "")
    hashes = [each.strip('"').partition(":")[0] for each in content["hashes"]]
    assert hashes.count("h1") > 10 and hashes.count("zh") > 10


@pytest.mark.slow
def test_a_provider_that_is_not_the_locked_one_is_refused(program: str, initialized: Path, tmp_path: Path) -> None:
    folder = copied(tmp_path / "files")
    (folder / LOCK.name).write_text(LOCK.read_text("utf-8").replace("h1:ed", "h1:Ed"), "utf-8")
    options = ("-backend=false", "-input=false", "-no-color", "-lockfile=readonly", f"-plugin-dir={PROVIDERS}")
    done = terraform(program, folder, "init", *options)
    assert done.returncode == 1
    assert "checksums" in done.stderr


@pytest.mark.slow
def test_the_files_are_valid_by_the_schema_of_the_provider(program: str, initialized: Path) -> None:
    done = terraform(program, initialized, "validate", "-no-color")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_they_are_planned_on_an_account_that_has_nothing_and_in_no_other(
    program: str, initialized: Path, cloud: Cloud
) -> None:
    """AWS is the stack's; nothing is applied there, for it has not all that the provider reads back."""
    keys: Any = cloud.client("sts")._request_signer._credentials
    variables = {
        "AWS_ACCESS_KEY_ID": keys.access_key,
        "AWS_SECRET_ACCESS_KEY": keys.secret_key,
        "AWS_ENDPOINT_URL": cloud.url,
    }
    values = {
        "github_repository": "example/suite",
        "deployer_arn": f"arn:aws:iam::{ACCOUNT}:user/operator",
        "alarm_email": "costs@example.org",
        "create_further_buckets": "true",
    }
    options = ["-input=false", "-no-color", *_given(values)]
    done = terraform(program, initialized, "plan", *options, f"-var=account_id={ACCOUNT}", **variables)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " to add, 0 to change, 0 to destroy." in done.stdout
    elsewhere = terraform(program, initialized, "plan", *options, "-var=account_id=210987654321", **variables)
    assert elsewhere.returncode == 1
    assert "AWS account ID not allowed" in elsewhere.stderr


@pytest.mark.slow
def test_values_that_cannot_be_are_refused_before_anything_is_asked(program: str, initialized: Path) -> None:
    values = {
        "account_id": "1234",
        "deployer_arn": "arn:aws:sts::123456789012:assumed-role/deployer/dana",
        "github_environment": "live:*",
        "github_repository": "suite",
        "bytes_scanned_limit": "1000",
    }
    done = terraform(program, initialized, "plan", "-input=false", "-no-color", *_given(values))
    assert done.returncode == 1
    assert done.stderr.count("Invalid value for variable") == len(values), done.stderr
    for name in values:
        assert f'variable "{name}"' in done.stderr


def _given(values: dict[str, str]) -> list[str]:
    return [f"-var={name}={value}" for name, value in values.items()]

"""The two forms of the live environment: valid, least privilege, and the same."""

from __future__ import annotations

import copy
import json
import re
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import hcl2
import pytest
from template_tables import cloudformation_table, terraform_table
from template_tables.cloudformation import TEMPLATES, Template
from template_tables.table import Table, differences
from template_tables.terraform import FILES, Configuration

from environment.settings import REMOTE_REGION, ROOT, Buckets, LiveSettings
from infra import glue_table

ACCOUNT, REGION = "123456789012", "us-east-1"
MAIN = ("cost-control.yaml", "test-environment.yaml")
NEEDED = {"GitHubRepository": "example/suite", "DeployerArn": f"arn:aws:iam::{ACCOUNT}:role/deployer"}
CHOICES: dict[str, dict[str, Any]] = {
    "as by default": NEEDED,
    "with everything set": {
        **NEEDED,
        "GitHubEnvironment": "staging",
        "OidcProviderArn": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com",
        "NamedUserArn": "arn:aws:iam::123456789012:user/dana",
        "AlarmEmail": "costs@example.org",
        "DataBucketName": "other-data",
        "ScratchBucketName": "other-scratch",
        "PackagesBucketName": "other-packages",
        "LogsBucketName": "other-logs",
        "RoleName": "other-role",
        "DataCatalogName": "other_catalog",
        "DatabaseName": "other_db",
        "TableName": "other_table",
        "WorkGroupName": "other-workgroup",
        "TopicName": "other-topic",
        "DailyChargesLimit": 3,
        "MonthlyBudget": 20,
        "BytesScannedLimit": 20_000_000,
        "AlarmName": "other-alarm",
        "BudgetName": "other-budget",
    },
    "with the further buckets": {**NEEDED, "CreateFurtherBuckets": True},
    "with the further buckets under other names": {
        **NEEDED,
        "CreateFurtherBuckets": True,
        "RestrictedBucketName": "other-restricted",
        "RemoteBucketName": "other-remote",
    },
}


FURTHER = {"restricted": REGION, "remote": REMOTE_REGION}


def further(parameters: dict[str, Any]) -> list[Template]:
    """The further buckets, as infra/README.md deploys them: a stack for each, in its region."""
    names = Template(TEMPLATES / MAIN[1], parameters, ACCOUNT, REGION).parameters
    return [
        Template(
            TEMPLATES / "further-bucket.yaml",
            {"BucketName": names[f"{kind.title()}BucketName"], "DataType": kind.title()},
            ACCOUNT,
            region,
        )
        for kind, region in FURTHER.items()
    ]


def cloudformation(parameters: dict[str, Any]) -> Table:
    templates = [Template(TEMPLATES / name, parameters, ACCOUNT, REGION) for name in MAIN]
    if parameters.get("CreateFurtherBuckets"):
        templates += further(parameters)
    return cloudformation_table.table(*templates)


def terraform(parameters: dict[str, Any]) -> Table:
    return terraform_table.table(
        Configuration({_snake(name): value for name, value in parameters.items()}, ACCOUNT, REGION)
    )


def _snake(name: str) -> str:
    name = name.replace("GitHub", "Github")
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


@pytest.mark.slow
def test_cfn_lint_finds_nothing() -> None:
    program = str(Path(sys.executable).with_name("cfn-lint"))
    command = [program, "--include-checks", "I", "--", *map(str, TEMPLATES.glob("*.yaml"))]
    completed = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (completed.returncode, completed.stdout + completed.stderr) == (0, "")


def test_the_terraform_files_parse() -> None:
    parsed = [hcl2.loads(path.read_text()) for path in FILES.rglob("*.tf")]

    assert len(parsed) == 9


@pytest.mark.parametrize("choice", CHOICES)
def test_both_forms_give_the_same_resources(choice: str) -> None:
    left, right = cloudformation(CHOICES[choice]), terraform(CHOICES[choice])

    assert len([name for name in left if not name.startswith("output")]) >= 18
    assert differences(left, right) == []


def test_both_forms_take_the_same_parameters() -> None:
    # The further buckets are a stack of their own in CloudFormation, and its account is that of the caller.
    declared: dict[str, Any] = {"CreateFurtherBuckets": False, "AccountId": None}
    for name in MAIN:
        declared |= Template(TEMPLATES / name, {}, ACCOUNT, REGION).parameters

    assert {_snake(name): value for name, value in declared.items()} == Configuration({}, ACCOUNT, REGION).variables


def test_both_forms_refuse_the_same_values() -> None:
    wanted = {}
    for path in TEMPLATES.glob("*.yaml"):
        for name, rules in Template(path, {}, ACCOUNT, REGION).constraints().items():
            variable = f"var.{_snake(name)}"
            if "AllowedPattern" in rules:
                wanted[variable] = f'can(regex("^{rules["AllowedPattern"]}$", {variable}))'
            elif "AllowedValues" in rules:
                wanted[variable] = f"contains({json.dumps(rules['AllowedValues'])}, {variable})"
            else:
                wanted[variable] = f"{variable} >= {rules['MinValue']}"
    conditions = {
        f"var.{name.strip(chr(34))}": body["validation"][0]["condition"].removeprefix("${").removesuffix("}")
        for path in FILES.rglob("*.tf")
        for block in hcl2.loads(path.read_text()).get("variable", [])
        for name, body in block.items()
        if "validation" in body
    }

    assert len(wanted) == 5
    # In CloudFormation the account is that of the caller.
    assert conditions.pop("var.account_id") == 'can(regex("^[0-9]{12}$", var.account_id))'
    assert conditions == wanted


def test_a_block_that_would_be_passed_over_is_refused(tmp_path: Path) -> None:
    (tmp_path / "moved.tf").write_text("moved {\n  from = a\n  to = b\n}\n")

    with pytest.raises(ValueError, match="blocks that are not known here: moved"):
        Configuration({}, ACCOUNT, REGION, tmp_path)


def test_the_further_buckets_are_made_where_they_are_wanted_alone() -> None:
    assert Configuration({}, ACCOUNT, REGION).modules() == {}
    modules = Configuration({"create_further_buckets": True}, ACCOUNT, REGION).modules()
    assert {name: module.region for name, module in modules.items()} == {
        f"{kind}_bucket": region for kind, region in FURTHER.items()
    }


@pytest.mark.parametrize("kind", FURTHER)
def test_a_further_bucket_is_as_well_kept_as_the_others(kind: str) -> None:
    bucket = cloudformation(CHOICES["with the further buckets"])[f"bucket quilt-mcp-test-{kind}"]

    assert bucket["tags"] == {"Purpose": "QuiltMCP-E2E-Testing", "DataType": kind.title(), "Mutable": "true"}
    assert (bucket["versioned"], bucket["encryption"], len(bucket["blocked"])) == (True, "AES256", 4)
    assert [rule["id"] for rule in bucket["lifecycle"]] == ["expire-noncurrent-versions", "remove-leftovers"]


@pytest.mark.parametrize(
    ("name", "setting", "value"),
    [
        ("bucket quilt-mcp-test-data", "encryption", "aws:kms"),
        ("bucket quilt-mcp-test-scratch", "versioned", True),
        ("role policy quilt-mcp-test-role/buckets", "policy", []),
        ("workgroup quilt-mcp-test-workgroup", "enforced", False),
    ],
)
def test_a_difference_is_named(name: str, setting: str, value: object) -> None:
    left = cloudformation(CHOICES["as by default"])
    right = copy.deepcopy(left)
    right[name][setting] = value

    (line,) = differences(left, right)

    assert line.startswith(f"{name}: {setting} is ")


def test_a_missing_resource_is_named() -> None:
    left = cloudformation(CHOICES["as by default"])
    right = {name: row for name, row in left.items() if name != "budget quilt-mcp-test-monthly"}

    assert differences(left, right) == ["only in the first: budget quilt-mcp-test-monthly"]
    assert differences(right, left) == ["only in the second: budget quilt-mcp-test-monthly"]


def test_the_buckets_are_those_of_the_table() -> None:
    rows = cloudformation(CHOICES["as by default"])

    def days(name: str) -> list[tuple[int | None, int | None, int | None]]:
        return [
            (rule["expiration_days"], rule["noncurrent_days"], rule["abort_multipart_days"])
            for rule in rows[f"bucket quilt-mcp-test-{name}"]["lifecycle"]
        ]

    leftovers = (None, None, 1)
    assert days("data") == [(None, 7, None), leftovers]
    assert days("scratch") == [(1, None, None), leftovers]
    assert days("packages") == [(None, 30, None), leftovers]
    for name, kind, mutable, versioned in (
        ("data", "Reference", "false", True),
        ("scratch", "Scratch", "true", False),
        ("packages", "PackageRegistry", "true", True),
    ):
        bucket = rows[f"bucket quilt-mcp-test-{name}"]
        assert bucket["tags"] == {"Purpose": "QuiltMCP-E2E-Testing", "DataType": kind, "Mutable": mutable}
        assert (bucket["versioned"], bucket["encryption"], len(bucket["blocked"])) == (versioned, "AES256", 4)


@pytest.mark.parametrize("form", [cloudformation, terraform])
def test_the_doctor_holds_the_table_against_what_both_forms_declare(form: Callable[[dict[str, Any]], Table]) -> None:
    row = form(CHOICES["with everything set"])["table other_db.other_table"]
    wanted = glue_table.declared("other-data", "other_table")

    assert (row["location"], row["type"], row["serialization"]) == (
        wanted["location"],
        wanted["type"],
        wanted["serialization"],
    )
    assert row["formats"] == [wanted["input format"], wanted["output format"]]
    assert ", ".join(f"{name} {kind}" for name, kind in row["columns"]) == wanted["list of columns"]


def test_the_test_role_cannot_change_reference_data_nor_reach_beyond() -> None:
    statements = [
        statement
        for name, row in cloudformation(CHOICES["as by default"]).items()
        if name.startswith("role policy")
        for statement in row["policy"]
    ]

    denied = [statement for statement in statements if statement["effect"] == "Deny"]
    assert [statement["sid"] for statement in denied] == ["LeaveReferenceTable"]
    for statement in statements:
        assert not any("*" in action for action in statement["actions"])
        assert ("*" in statement["resources"]) is (statement["sid"] == "ReadCosts")
        if any("quilt-mcp-test-data" in resource for resource in statement["resources"]):
            assert all(action.split(":")[1].startswith(("Get", "List")) for action in statement["actions"])


def test_only_the_deployer_may_write_reference_data() -> None:
    tls, closed = cloudformation(CHOICES["as by default"])["bucket policy quilt-mcp-test-data"]["policy"]

    assert (tls["sid"], closed["effect"], closed["principals"]) == ("TlsOnly", "Deny", {"*": ["*"]})
    assert closed["conditions"] == {"ArnNotEquals": {"aws:PrincipalArn": [NEEDED["DeployerArn"]]}}
    assert {"s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion"} <= set(closed["actions"])


def test_every_bucket_loses_unfinished_uploads_and_expired_delete_markers() -> None:
    rows = cloudformation(CHOICES["with the further buckets"])
    buckets = {
        name.removeprefix("bucket quilt-mcp-test-"): row for name, row in rows.items() if name.startswith("bucket q")
    }

    assert sorted(buckets) == ["data", "packages", "remote", "restricted", "scratch"]
    for bucket in buckets.values():
        assert [rule["abort_multipart_days"] for rule in bucket["lifecycle"] if rule["expire_delete_markers"]] == [1]


def test_access_logs_go_to_the_accounts_bucket_for_them() -> None:
    def logs(choice: str) -> set[str]:
        return {row["logs"] for row in cloudformation(CHOICES[choice]).values() if "logs" in row}

    assert logs("as by default") == set()
    assert logs("with everything set") == {f"other-logs/other-{name}/" for name in ("data", "packages", "scratch")}


def test_what_others_may_use_stays_and_what_runs_away_is_cut_off() -> None:
    rows = cloudformation(CHOICES["as by default"])

    assert rows["OIDC provider https://token.actions.githubusercontent.com"]["kept"] is True
    assert rows["workgroup quilt-mcp-test-workgroup"]["bytes_scanned"] == 2**30
    assert rows["budget quilt-mcp-test-monthly"]["filters"] == {"TagKeyValue": ["user:Purpose$QuiltMCP-E2E-Testing"]}


def test_everything_that_can_have_tags_has_them() -> None:
    untagged = {
        name for name, row in cloudformation(CHOICES["with the further buckets"]).items() if not row.get("tags")
    }

    assert {name.split(" ")[0] for name in untagged} == {"database", "output", "role", "bucket", "table", "topic"}
    assert not [name for name in untagged if re.match(r"(bucket|role|topic) (?!policy)", name)]


def test_the_settings_are_those_of_the_suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    [text] = [
        name.removeprefix("output ") for name in cloudformation(CHOICES["with everything set"]) if "AWS_REGION" in name
    ]
    settings = dict(line.split("=") for line in text.splitlines())
    for name, value in settings.items():
        monkeypatch.setenv(name, value)

    live, buckets = LiveSettings(), Buckets()
    assert (live.aws_region, live.workgroup, live.allowed_accounts) == (REGION, "other-workgroup", ACCOUNT)
    assert (live.database, live.table) == ("other_db", "other_table")
    assert [buckets.data, buckets.scratch, buckets.packages] == ["other-data", "other-scratch", "other-packages"]
    assert {f"QUILT_TEST_BUCKET_{name.upper()}" for name in Buckets.model_fields} <= settings.keys()


def test_the_budget_of_the_settings_is_that_of_the_template() -> None:
    def budget(choice: str) -> str:
        [text] = [name for name in cloudformation(CHOICES[choice]) if "MONTHLY_BUDGET" in name]
        return text.removeprefix("output QUILT_TEST_MONTHLY_BUDGET=")

    assert [budget("with everything set"), budget("as by default")] == ["20", "30"]
    assert Decimal(budget("as by default")) == LiveSettings.model_fields["monthly_budget"].default


def test_terraform_keeps_to_the_account_and_git_out_of_its_state() -> None:
    files = [hcl2.loads(path.read_text()) for path in FILES.glob("*.tf")]
    providers = [provider['"aws"'] for file in files for provider in file.get("provider", [])]
    assert [each["allowed_account_ids"] for each in providers] == [["${var.account_id}"]] * 2
    names = [
        "terraform.tfstate",
        "terraform.tfstate.backup",
        "terraform.tfvars",
        "one.auto.tfvars.json",
        ".terraform/x",
        ".terraform.d/x",
    ]
    command = ["git", "check-ignore", *(f"infra/terraform/{name}" for name in (*names, ".terraform.lock.hcl"))]
    ignored = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    assert ignored == [f"infra/terraform/{name}" for name in names]
    assert "backend" in (FILES / "backend.tf.example").read_text()
    listed = subprocess.run(["git", "ls-files", "."], cwd=FILES, capture_output=True, text=True, check=True).stdout
    assert {Path(name).suffix for name in listed.split()} == {".tf", ".hcl", ".example"}


def test_only_the_environment_of_the_repository_may_assume_the_role() -> None:
    (statement,) = cloudformation(CHOICES["as by default"])["role quilt-mcp-test-role"]["trust"]

    assert statement["conditions"] == {
        "StringEquals": {
            "token.actions.githubusercontent.com:aud": ["sts.amazonaws.com"],
            "token.actions.githubusercontent.com:sub": ["repo:example/suite:environment:live"],
        }
    }


def test_parliament_finds_nothing_in_any_policy(tmp_path: Path) -> None:
    for name in MAIN:
        for kind, properties in (
            Template(TEMPLATES / name, CHOICES["with everything set"], ACCOUNT, REGION).resources().values()
        ):
            if kind == "AWS::IAM::Role":
                for inline in properties["Policies"]:
                    (tmp_path / f"{inline['PolicyName']}.json").write_text(json.dumps(inline["PolicyDocument"]))

    assert sorted(path.name for path in tmp_path.iterdir()) == ["buckets.json", "costs.json", "queries.json"]
    assert parliament(tmp_path) == ""


def test_parliament_would_find_an_action_that_does_not_exist(tmp_path: Path) -> None:
    statement = {"Effect": "Allow", "Action": "s3:GetObjectz", "Resource": "arn:aws:s3:::bucket/*"}
    (tmp_path / "wrong.json").write_text(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))

    assert "s3:GetObjectz" in parliament(tmp_path)


def parliament(folder: Path) -> str:
    program = Path(sys.executable).with_name("parliament")
    command = [program, "--directory", str(folder), "--include_policy_extension", "json", "--minimum_severity", "INFO"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout

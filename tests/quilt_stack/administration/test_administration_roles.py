"""Roles and policies through the unmodified quilt3.admin, and what they allow in S3 (registry facts 3.4, 3.5, 4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
import quilt3.admin.policies as policies
import quilt3.admin.roles as roles
import quilt3.admin.sso_config as sso_config
import quilt3.admin.users as users
import quilt3.session
from botocore.exceptions import ClientError
from quilt3.admin.exceptions import (
    InvalidInputError,
    OperationError,
    PolicyArnExistsError,
    PolicyNotFoundError,
    PolicyTitleExistsError,
    RoleAssignedError,
    RoleNameExistsError,
    RoleNameInvalidError,
    RoleNameReservedError,
    RoleNotFoundError,
    RoleSsoConfigConflictError,
    RoleTooManyPoliciesError,
    RoleTypeMismatchError,
)
from quilt3.admin.types import Permission
from running_registry import Person, operator_client

Unique = Callable[[str], str]
RESERVED = ["ReadQuiltBucket", "ReadWriteQuiltBucket"]


@pytest.fixture
def sso_names_a_role(ada: Person, unique: Unique) -> Iterator[str]:
    role = roles.create_managed(unique("Federated"))
    sso_config.set(f'version: "1.0"\ndefault_role: {role.name}\nmappings: []\n')
    yield role.name
    sso_config.set(None)


def levels(permissions: list[Permission]) -> dict[str, str]:
    return {permission.bucket: permission.level.value for permission in permissions}


def error_name(call: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(InvalidInputError) as caught:
        call()
    [error] = caught.value.details.errors
    return error.path, error.name


def allowed(action: Callable[[], object]) -> bool:
    try:
        action()
    except ClientError as error:
        assert error.response["Error"]["Code"] == "AccessDenied"
        return False
    return True


def test_the_stacks_own_roles_are_there_and_cannot_be_renamed_deleted_or_made_again(ada: Person) -> None:
    assert set(RESERVED) <= {role.name for role in roles.list()}
    for name in RESERVED:
        arn = roles.get(name).arn  # type: ignore[union-attr]
        with pytest.raises(RoleNameReservedError):
            roles.delete(name)
        with pytest.raises(RoleNameReservedError):
            roles.patch_unmanaged(name, name="Renamed")
        with pytest.raises(RoleNameReservedError):
            roles.create_unmanaged(name, arn)


def test_a_managed_role_from_creation_to_deletion(ada: Person, unique: Unique) -> None:
    first = policies.create_managed(unique("First"), permissions=[Permission.read("results")])
    second = policies.create_managed(
        unique("Second"), permissions=[Permission.read_write("results"), Permission.read("archive")]
    )
    role = roles.create_managed(unique("Role"), policies=[second.id, first.id])
    assert [policy.title for policy in role.policies] == [second.title, first.title]
    assert levels(role.permissions) == {"archive": "READ", "results": "READ_WRITE"}
    assert roles.get(role.id) == roles.get(role.name) == role

    renamed = roles.patch_managed(role.id, name=unique("Renamed"), policies=[first.id])
    assert (renamed.id, renamed.arn) == (role.id, role.arn)
    assert levels(renamed.permissions) == {"results": "READ"}
    assert roles.get(role.name) is None

    iam = operator_client(ada.deployment, "iam")
    iam_name = role.arn.rpartition("/")[2]
    assert [p["PolicyArn"] for p in iam.list_attached_role_policies(RoleName=iam_name)["AttachedPolicies"]] == [
        first.arn
    ]
    roles.delete(renamed.name)
    assert roles.get(role.id) is None
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.get_role(RoleName=iam_name)
    policies.delete(first.id)
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.get_policy(PolicyArn=first.arn)


def test_an_unmanaged_role_is_an_arn(ada: Person, unique: Unique) -> None:
    role = roles.create_unmanaged(unique("Custom"), "arn:aws:iam::123456789012:role/somewhere/else")
    changed = roles.patch_unmanaged(role.name, arn="arn:aws:iam::123456789012:role/other")
    assert (changed.name, changed.arn) == (role.name, "arn:aws:iam::123456789012:role/other")
    roles.delete(role.id)


@pytest.mark.parametrize("name", ["", "1st", "_first", "with space", "with-dash", "Käthe", "x" * 65, "name\n"])
def test_malformed_role_names_are_refused(ada: Person, name: str) -> None:
    with pytest.raises(RoleNameInvalidError):
        roles.create_managed(name)
    with pytest.raises(RoleNameInvalidError):
        roles.create_unmanaged(name, "arn:aws:iam::123456789012:role/any")


def test_taken_names_wrong_kinds_and_unknown_roles(ada: Person, unique: Unique) -> None:
    managed = roles.create_managed(unique("Managed"))
    unmanaged = roles.create_unmanaged(unique("Unmanaged"), "arn:aws:iam::123456789012:role/any")
    for call in (
        lambda: roles.create_managed("viewer"),
        lambda: roles.create_unmanaged("viewer", "arn:aws:iam::123456789012:role/any"),
        lambda: roles.patch_managed(managed.name, name="viewer"),
        lambda: roles.patch_unmanaged(unmanaged.name, name="viewer"),
    ):
        with pytest.raises(RoleNameExistsError):
            call()
    with pytest.raises(RoleTypeMismatchError):
        roles.update_managed(unmanaged.id, name="Other", policies=[])
    with pytest.raises(RoleTypeMismatchError):
        roles.update_unmanaged(managed.id, name="Other", arn="arn:aws:iam::123456789012:role/any")
    for call in (
        lambda: roles.delete("nobody"),
        lambda: roles.set_default("nobody"),
        lambda: roles.update_managed("nobody", name="Other", policies=[]),
    ):
        with pytest.raises(RoleNotFoundError):
            call()
    deletion = ada.graphql('mutation { roleDelete(id: "nobody") { __typename } }')
    assert deletion["roleDelete"]["__typename"] == "RoleDoesNotExist"
    update = ada.post('mutation { roleUpdateManaged(id: "nobody", input: {name: "x", policies: []}) { __typename } }')
    [error] = update.json()["errors"]
    assert error["extensions"]["code"] == "NOT_FOUND"


def test_a_role_in_use_stays(ada: Person, unique: Unique) -> None:
    role = roles.create_managed(unique("Used"))
    name = unique("user")
    users.create(name, f"{name}@example.com", "viewer", [role.name])
    with pytest.raises(RoleAssignedError):
        roles.delete(role.name)
    users.remove_roles(name, [role.name])
    roles.delete(role.name)


def test_a_role_has_five_policies_at_most(ada: Person, unique: Unique) -> None:
    made = [policies.create_managed(unique("One of many"), permissions=[]) for _ in range(6)]
    ids = [policy.id for policy in made]
    with pytest.raises(RoleTooManyPoliciesError):
        roles.create_managed(unique("Greedy"), policies=ids)
    role = roles.create_managed(unique("Full"), policies=ids[:5])
    with pytest.raises(RoleTooManyPoliciesError):
        roles.patch_managed(role.name, policies=ids)
    with pytest.raises(RoleTooManyPoliciesError) as caught:
        policies.patch_managed(ids[5], roles=[role.id])
    assert caught.value.details.errors[0].context == {"max_policies": 5}
    assert len(roles.get(role.id).policies) == 5  # type: ignore[union-attr]


def test_the_default_role(ada: Person, unique: Unique) -> None:
    assert roles.get_default().name == "viewer"  # type: ignore[union-attr]
    role = roles.create_managed(unique("Default"))
    assert roles.set_default(role.name).id == role.id
    assert roles.get_default().id == role.id  # type: ignore[union-attr]
    roles.delete(role.id)
    assert roles.get_default() is None
    roles.set_default("viewer")


def test_roles_that_the_sso_configuration_names_are_fixed(ada: Person, unique: Unique, sso_names_a_role: str) -> None:
    for call in (
        lambda: roles.delete(sso_names_a_role),
        lambda: roles.patch_managed(sso_names_a_role, name=unique("Other")),
        lambda: roles.set_default("viewer"),
    ):
        with pytest.raises(RoleSsoConfigConflictError):
            call()
    assert ada.graphql("{ admin { isDefaultRoleSettingDisabled } }") == {
        "admin": {"isDefaultRoleSettingDisabled": True}
    }
    roles.patch_managed(sso_names_a_role, policies=[])


def test_policies_from_creation_to_deletion(ada: Person, unique: Unique) -> None:
    role = roles.create_managed(unique("Holder"))
    policy = policies.create_managed(
        unique("Policy"), permissions=[Permission.read("archive"), Permission.read_write("results")], roles=[role.id]
    )
    assert policy.managed and [holder.name for holder in policy.roles] == [role.name]
    assert policies.get(policy.id) == policies.get(policy.title)
    assert policy.title in [other.title for other in policies.list()]
    with pytest.raises(OperationError) as caught:
        policies.delete(policy.id)
    assert caught.value.details.name == "PolicyAssigned"
    changed = policies.patch_managed(policy.id, title=unique("Changed"), permissions=[], roles=[])
    assert (changed.permissions, changed.roles) == ([], [])
    assert roles.get(role.id).policies == []  # type: ignore[union-attr]
    policies.delete(changed.title)
    assert policies.get(policy.id) is None


def test_unmanaged_policies_are_arns_that_iam_knows(ada: Person, unique: Unique) -> None:
    iam = operator_client(ada.deployment, "iam")
    document = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}'
    arns = [iam.create_policy(PolicyName=unique("own"), PolicyDocument=document)["Policy"]["Arn"] for _ in range(2)]
    role = roles.create_managed(unique("Holder"))
    policy = policies.create_unmanaged(unique("Own"), arn=arns[0], roles=[role.id])
    assert (policy.managed, policy.permissions) == (False, [])
    with pytest.raises(PolicyArnExistsError):
        policies.create_unmanaged(unique("Own"), arn=arns[0])
    for arn in ("arn:aws:iam::123456789012:role/x", "nonsense", f"{arns[0]}-unknown", ""):
        assert error_name(lambda arn=arn: policies.create_unmanaged(unique("Bad"), arn=arn)) == (  # type: ignore[misc]
            "input.arn",
            "PolicyArnInvalid",
        )
    policies.patch_unmanaged(policy.id, arn=arns[1])
    attached = iam.list_attached_role_policies(RoleName=role.arn.rpartition("/")[2])["AttachedPolicies"]
    assert [entry["PolicyArn"] for entry in attached] == [arns[1]]
    policies.patch_unmanaged(policy.id, roles=[])
    policies.delete(policy.id)
    assert iam.get_policy(PolicyArn=arns[1]), "what others look after stays in IAM"


def test_what_is_wrong_with_a_policy_is_named(ada: Person, unique: Unique) -> None:
    title = policies.create_managed(unique("Taken"), permissions=[]).title
    with pytest.raises(PolicyTitleExistsError):
        policies.create_managed(title, permissions=[])
    for call in (
        lambda: ada.graphql('mutation { policyDelete(id: "x") { ... on InvalidInput { errors { path name } } } }'),
    ):
        assert call()["policyDelete"]["errors"] == [{"path": "id", "name": "PolicyDoesNotExist"}]
    with pytest.raises(PolicyNotFoundError):
        policies.delete("nothing")
    unmanaged_role = roles.get("ReadQuiltBucket").id  # type: ignore[union-attr]
    cases: list[tuple[dict[str, Any], tuple[str, str]]] = [
        ({"permissions": [Permission.read("nowhere")]}, ("input.permissions.0.bucket", "BucketDoesNotExist")),
        (
            {"permissions": [Permission.read("results"), Permission.read_write("results")]},
            ("input.permissions.1.bucket", "BucketRepeated"),
        ),
        ({"permissions": [], "roles": ["nobody"]}, ("input.roles", "RoleDoesNotExist")),
        ({"permissions": [], "roles": [unmanaged_role]}, ("input.roles", "RoleIsUnmanaged")),
        ({"permissions": [], "title": "  "}, ("input.title", "PolicyTitleInvalid")),
    ]
    before = len(policies.list())
    for change, expected in cases:
        arguments = {"title": unique("Wrong"), **change}
        assert error_name(lambda arguments=arguments: policies.create_managed(**arguments)) == expected  # type: ignore[misc]
    assert len(policies.list()) == before


def test_s3_follows_the_policies_of_the_active_role(
    ada: Person, unique: Unique, sign_in: Callable[[str], Person]
) -> None:
    policy = policies.create_managed(unique("Changing"), permissions=[Permission.read_write("results")])
    role = roles.create_managed(unique("Changing"), policies=[policy.id])
    name = unique("user")
    users.create(name, f"{name}@example.com", role.name, ["viewer"])
    person = sign_in(name)
    s3 = person.s3()
    operator_client(ada.deployment, "s3").put_object(Bucket="archive", Key="k", Body=b"x")

    assert allowed(lambda: s3.put_object(Bucket="results", Key=f"{name}/k", Body=b"x"))
    assert not allowed(lambda: s3.get_object(Bucket="archive", Key="k"))
    policies.patch_managed(policy.id, permissions=[Permission.read("results"), Permission.read("archive")])
    assert not allowed(lambda: s3.put_object(Bucket="results", Key=f"{name}/k", Body=b"x"))
    assert allowed(lambda: s3.get_object(Bucket="results", Key=f"{name}/k"))
    assert allowed(lambda: s3.get_object(Bucket="archive", Key="k"))
    for _ in range(6):  # IAM keeps five versions of a policy
        policies.patch_managed(policy.id, permissions=[Permission.read_write("archive")])
    assert not allowed(lambda: s3.list_objects_v2(Bucket="results"))
    assert allowed(lambda: s3.put_object(Bucket="archive", Key=f"{name}/k", Body=b"x"))

    users.set_role(name, "viewer")
    s3 = person.s3()
    assert not allowed(lambda: s3.put_object(Bucket="archive", Key=f"{name}/k", Body=b"x"))
    assert allowed(lambda: s3.list_objects_v2(Bucket="archive"))


def test_a_session_of_quilt3_keeps_its_role_in_s3_until_it_fetches_credentials(
    shared_ada: Person,
    unique: Unique,
    sign_in: Callable[[str], Person],
    quilt3_home: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Credentials of STS are those of the role they were issued for, until they end; a token has no role in it."""
    for file in ("AUTH_PATH", "CREDENTIALS_PATH"):
        monkeypatch.setattr(quilt3.session, file, tmp_path / file)
    name = unique("user")
    fields = {"name": name, "email": f"{name}@example.com", "role": "analyst", "extraRoles": []}
    create = "mutation ($input: UserInput!) { admin { user { create(input: $input) { __typename } } } }"
    shared_ada.graphql(create, input=fields)
    person = sign_in(name)
    quilt3.session.login_with_token(person.token)

    def may_write() -> bool:
        s3 = quilt3.session.get_boto3_session().client(
            "s3", region_name=person.deployment.region, endpoint_url=person.deployment.aws_url
        )
        return allowed(lambda: s3.put_object(Bucket="results", Key=f"{name}/k", Body=b"x"))

    assert may_write()
    change = """mutation ($name: String!) {
        admin { user { mutate(name: $name) { setRole(role: "viewer") { __typename } } } } }"""
    shared_ada.graphql(change, name=name)
    assert may_write(), "the credentials that it has are those of the role that was"
    assert person.graphql("{ buckets { name } }") == {"buckets": [{"name": "archive"}]}, "the token has another one now"
    quilt3.session.login_with_token(person.token)
    assert not may_write()


def test_the_reserved_roles_reach_the_registered_buckets_alone(
    ada: Person, unique: Unique, sign_in: Callable[[str], Person]
) -> None:
    name = unique("user")
    users.create(name, f"{name}@example.com", "ReadWriteQuiltBucket")
    s3 = sign_in(name).s3()
    assert allowed(lambda: s3.put_object(Bucket="archive", Key=f"{name}/k", Body=b"x"))
    assert not allowed(lambda: s3.list_objects_v2(Bucket="unregistered"))
    users.set_role(name, "ReadQuiltBucket")
    s3 = sign_in(name).s3()
    assert allowed(lambda: s3.get_object(Bucket="archive", Key=f"{name}/k"))
    assert not allowed(lambda: s3.delete_object(Bucket="archive", Key=f"{name}/k"))


def test_a_role_that_cannot_be_assumed_gives_no_credentials(
    ada: Person, unique: Unique, sign_in: Callable[[str], Person]
) -> None:
    role = roles.create_unmanaged(unique("Nowhere"), "arn:aws:iam::123456789012:role/nowhere")
    name = unique("user")
    users.create(name, f"{name}@example.com", role.name)
    answer = sign_in(name).credentials()
    assert answer.status_code == 403
    assert "cannot be assumed" in answer.json()["message"]


def test_the_session_carries_the_name_of_the_user(ada: Person, sign_in: Callable[[str], Person]) -> None:
    issued = sign_in("dana").credentials().json()
    assert set(issued) == {"AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"}
    sts = boto3.client(
        "sts",
        endpoint_url=ada.deployment.aws_url,
        region_name=ada.deployment.region,
        aws_access_key_id=issued["AccessKeyId"],
        aws_secret_access_key=issued["SecretAccessKey"],
        aws_session_token=issued["SessionToken"],
    )
    assert sts.get_caller_identity()["Arn"].endswith("/dana")

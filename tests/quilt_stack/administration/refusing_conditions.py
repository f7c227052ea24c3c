"""A real condition of the deployment for every answer of quilt3's unions that is no success."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import requests
from made_things import SSO, TABLE, Made
from quilt3._graphql_client import (
    APIKeyCreateInput,
    BucketAddInput,
    BucketUpdateInput,
    ManagedPolicyInput,
    ManagedRoleInput,
    UnmanagedPolicyInput,
    UnmanagedRoleInput,
    UserInput,
)
from running_registry import operator_client

from environment.waiting import wait_until
from quilt_stack.wire.faults import Latency

ARN = "arn:aws:iam::123456789012:role/x"
RESERVED = "ReadQuiltBucket"
MISSING_TOPIC = "arn:aws:sns:us-east-1:123456789012:missing"

Call = Callable[[Made], Any]


def _too_many(made: Made) -> list[str]:
    return [made.detached_policy().id for _ in range(6)]


@contextmanager
def sso_naming(made: Made, role: Any) -> Iterator[Any]:
    """An SSO configuration that needs the role, for the time of the block."""
    made.client.sso_config_set(SSO.replace("viewer", role.name))
    try:
        yield role
    finally:
        made.client.sso_config_set(None)


@contextmanager
def without_subscription(made: Made) -> Iterator[None]:
    """The stack's licence is not in force."""
    control = made.person.deployment.control
    control.set_conditions(subscription_valid=False)
    try:
        yield
    finally:
        control.set_conditions(subscription_valid=True)


def _renamed(made: Made, role: Any) -> Any:
    with sso_naming(made, role):
        if role.typename__ == "ManagedRole":
            return made.client.role_update_managed(role.id, ManagedRoleInput(name=made.unique("New"), policies=[]))
        return made.client.role_update_unmanaged(role.id, UnmanagedRoleInput(name=made.unique("New"), arn=ARN))


def _deleted_role_of_sso(made: Made) -> Any:
    with sso_naming(made, made.role()) as role:
        return made.client.role_delete(role.id)


def _default_under_sso(made: Made) -> Any:
    with sso_naming(made, made.role()) as role:
        return made.client.role_set_default(role.id)


def _assigned_role(made: Made) -> Any:
    role = made.role()
    made.client.users_set_role(made.user(), role.name, False, [])
    return made.client.role_delete(role.id)


def _user_without_subscription(made: Made) -> Any:
    with without_subscription(made):
        name = made.unique("late")
        return made.client.users_create(UserInput(name=name, email=f"{name}@example.com", role="viewer"))


def _bucket_without_subscription(made: Made) -> Any:
    with without_subscription(made):
        return made.client.bucket_add(BucketAddInput(name=made.s3_bucket(), title="Title"))


def _closed_to_the_stack(made: Made, name: str) -> str:
    """Deny the registry's own user what it needs of a bucket."""
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:ListBucket",
        "Resource": f"arn:aws:s3:::{name}",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    operator_client(made.person.deployment, "s3").put_bucket_policy(Bucket=name, Policy=policy)
    return name


def _told_to_another(made: Made, name: str) -> str:
    """Let a bucket tell its events to somebody else's topic."""
    topic = operator_client(made.person.deployment, "sns").create_topic(Name=made.unique("others"))["TopicArn"]
    operator_client(made.person.deployment, "s3").put_bucket_notification_configuration(
        Bucket=name,
        NotificationConfiguration={"TopicConfigurations": [{"TopicArn": topic, "Events": ["s3:ObjectCreated:*"]}]},
    )
    return name


def _notified_again(made: Made) -> Any:
    name = made.s3_bucket()
    made.client.bucket_add(BucketAddInput(name=name, title="Title", snsNotificationArn="DO_NOT_SUBSCRIBE"))
    return made.client.bucket_update(_told_to_another(made, name), BucketUpdateInput(title="Title"))


def _removed_while_indexed(made: Made) -> Any:
    """The index of a bucket is built anew, slowly, and meanwhile the bucket is to be removed."""
    name, deployment = made.bucket(), made.person.deployment
    control = deployment.control
    fault = control.set_fault("aws", Latency(seconds=4), path=f"/{name}", operator_too=True)
    url = f"{deployment.registry_url}/api/admin/reindex/{name}"
    headers = {"Authorization": f"Bearer {made.person.token}"}

    def reindex() -> int:
        return requests.post(url, json={}, headers=headers, timeout=60).status_code

    first = threading.Thread(target=reindex)
    first.start()
    try:
        wait_until(
            lambda: any(each.id == fault.id and each.applied for each in control.faults()),
            limit_seconds=15,
            what="the index to be under construction",
        )
        assert reindex() == 409
        return made.client.bucket_remove(name)
    finally:
        control.remove_fault(fault.id)
        first.join()


def _update(**fields: Any) -> Call:
    return lambda made: made.client.bucket_update(made.bucket(), BucketUpdateInput(title="Title", **fields))


def _add(**fields: Any) -> Call:
    return lambda made: made.client.bucket_add(BucketAddInput(name=made.s3_bucket(), title="Title", **fields))


def _policy_with(**changed: Any) -> ManagedPolicyInput:
    return ManagedPolicyInput(**{"title": "Other", "permissions": [], "roles": [], **changed})


CONDITIONS: Mapping[tuple[str, str], Call] = {
    ("role_create_managed", "RoleNameReserved"): lambda made: made.client.role_create_managed(
        ManagedRoleInput(name=RESERVED, policies=[])
    ),
    ("role_create_managed", "RoleNameExists"): lambda made: made.client.role_create_managed(
        ManagedRoleInput(name=made.role().name, policies=[])
    ),
    ("role_create_managed", "RoleNameInvalid"): lambda made: made.client.role_create_managed(
        ManagedRoleInput(name="1st", policies=[])
    ),
    ("role_create_managed", "RoleHasTooManyPoliciesToAttach"): lambda made: made.client.role_create_managed(
        ManagedRoleInput(name=made.unique("Role"), policies=_too_many(made))
    ),
    ("role_create_unmanaged", "RoleNameReserved"): lambda made: made.client.role_create_unmanaged(
        UnmanagedRoleInput(name=RESERVED, arn=ARN)
    ),
    ("role_create_unmanaged", "RoleNameExists"): lambda made: made.client.role_create_unmanaged(
        UnmanagedRoleInput(name=made.role().name, arn=ARN)
    ),
    ("role_create_unmanaged", "RoleNameInvalid"): lambda made: made.client.role_create_unmanaged(
        UnmanagedRoleInput(name="a b", arn=ARN)
    ),
    ("role_update_managed", "RoleNameReserved"): lambda made: made.client.role_update_managed(
        made.role().id, ManagedRoleInput(name=RESERVED, policies=[])
    ),
    ("role_update_managed", "RoleNameExists"): lambda made: made.client.role_update_managed(
        made.role().id, ManagedRoleInput(name="viewer", policies=[])
    ),
    ("role_update_managed", "RoleNameInvalid"): lambda made: made.client.role_update_managed(
        made.role().id, ManagedRoleInput(name="", policies=[])
    ),
    ("role_update_managed", "RoleNameUsedBySsoConfig"): lambda made: _renamed(made, made.role()),
    ("role_update_managed", "RoleIsUnmanaged"): lambda made: made.client.role_update_managed(
        made.unmanaged_role().id, ManagedRoleInput(name=made.unique("Role"), policies=[])
    ),
    ("role_update_managed", "RoleHasTooManyPoliciesToAttach"): lambda made: made.client.role_update_managed(
        made.role().id, ManagedRoleInput(name=made.unique("Role"), policies=_too_many(made))
    ),
    ("role_update_unmanaged", "RoleNameReserved"): lambda made: made.client.role_update_unmanaged(
        made.unmanaged_role().id, UnmanagedRoleInput(name=RESERVED, arn=ARN)
    ),
    ("role_update_unmanaged", "RoleNameExists"): lambda made: made.client.role_update_unmanaged(
        made.unmanaged_role().id, UnmanagedRoleInput(name="viewer", arn=ARN)
    ),
    ("role_update_unmanaged", "RoleNameInvalid"): lambda made: made.client.role_update_unmanaged(
        made.unmanaged_role().id, UnmanagedRoleInput(name="ä", arn=ARN)
    ),
    ("role_update_unmanaged", "RoleNameUsedBySsoConfig"): lambda made: _renamed(made, made.unmanaged_role()),
    ("role_update_unmanaged", "RoleIsManaged"): lambda made: made.client.role_update_unmanaged(
        made.role().id, UnmanagedRoleInput(name=made.unique("Role"), arn=ARN)
    ),
    ("role_delete", "RoleDoesNotExist"): lambda made: made.client.role_delete("none"),
    ("role_delete", "RoleNameReserved"): lambda made: made.client.role_delete(
        next(role.id for role in made.client.roles_list() if role.name == RESERVED)
    ),
    ("role_delete", "RoleNameUsedBySsoConfig"): _deleted_role_of_sso,
    ("role_delete", "RoleAssigned"): _assigned_role,
    ("role_set_default", "RoleDoesNotExist"): lambda made: made.client.role_set_default("none"),
    ("role_set_default", "SsoConfigConflict"): _default_under_sso,
    ("policy_create_managed", "InvalidInput"): lambda made: made.client.policy_create_managed(_policy_with(title="")),
    ("policy_create_unmanaged", "InvalidInput"): lambda made: made.client.policy_create_unmanaged(
        UnmanagedPolicyInput(title=made.unique("Policy"), arn="no ARN", roles=[])
    ),
    ("policy_update_managed", "InvalidInput"): lambda made: made.client.policy_update_managed("none", _policy_with()),
    ("policy_update_unmanaged", "InvalidInput"): lambda made: made.client.policy_update_unmanaged(
        made.policy().id, UnmanagedPolicyInput(title=made.unique("Policy"), arn=made.policy_arn(), roles=[])
    ),
    ("policy_delete", "InvalidInput"): lambda made: made.client.policy_delete("none"),
    ("policy_delete", "OperationError"): lambda made: made.client.policy_delete(made.policy().id),
    ("users_create", "InvalidInput"): lambda made: made.client.users_create(
        UserInput(name="1st", email="first@example.com", role="viewer")
    ),
    ("users_create", "OperationError"): _user_without_subscription,
    ("users_delete", "OperationError"): lambda made: made.client.users_delete("ada").delete,
    ("users_set_email", "InvalidInput"): lambda made: made.client.users_set_email("none", made.user()).set_email,
    ("users_set_email", "OperationError"): lambda made: (
        made.client.users_set_email("ada@example.com", made.user()).set_email
    ),
    ("users_set_admin", "OperationError"): lambda made: made.client.users_set_admin("ada", False).set_admin,
    ("users_set_active", "OperationError"): lambda made: made.client.users_set_active(False, "robot").set_active,
    ("users_reset_password", "OperationError"): lambda made: made.client.users_reset_password("robot").reset_password,
    ("users_set_role", "InvalidInput"): lambda made: (
        made.client.users_set_role(made.user(), "none", False, []).set_role
    ),
    ("users_set_role", "OperationError"): lambda made: (
        made.client.users_set_role("robot", "viewer", False, []).set_role
    ),
    ("users_add_roles", "InvalidInput"): lambda made: made.client.users_add_roles(made.user(), ["none"]).add_roles,
    ("users_add_roles", "OperationError"): lambda made: made.client.users_add_roles("robot", ["viewer"]).add_roles,
    ("users_remove_roles", "InvalidInput"): lambda made: (
        made.client.users_remove_roles(made.user(), ["viewer"], None).remove_roles
    ),
    ("users_remove_roles", "OperationError"): lambda made: (
        made.client.users_remove_roles("robot", ["analyst"], None).remove_roles
    ),
    ("sso_config_set", "InvalidInput"): lambda made: made.client.sso_config_set("a: ["),
    ("bucket_tabulator_table_set", "InvalidInput"): lambda made: made.client.bucket_tabulator_table_set(
        "archive", "Wrong Name", TABLE
    ),
    ("bucket_tabulator_table_rename", "InvalidInput"): lambda made: made.client.bucket_tabulator_table_rename(
        "archive", made.unique("missing"), "new"
    ),
    ("bucket_add", "BucketAlreadyAdded"): lambda made: made.client.bucket_add(
        BucketAddInput(name="archive", title="Title")
    ),
    ("bucket_add", "BucketDoesNotExist"): lambda made: made.client.bucket_add(
        BucketAddInput(name="no-such-bucket", title="Title")
    ),
    ("bucket_add", "InsufficientPermissions"): lambda made: made.client.bucket_add(
        BucketAddInput(name=_closed_to_the_stack(made, made.s3_bucket()), title="Title")
    ),
    ("bucket_add", "SnsInvalid"): _add(snsNotificationArn="nonsense"),
    ("bucket_add", "NotificationTopicNotFound"): _add(snsNotificationArn=MISSING_TOPIC),
    ("bucket_add", "NotificationConfigurationError"): lambda made: made.client.bucket_add(
        BucketAddInput(name=_told_to_another(made, made.s3_bucket()), title="Title")
    ),
    ("bucket_add", "BucketFileExtensionsToIndexInvalid"): _add(fileExtensionsToIndex=["csv"]),
    ("bucket_add", "BucketIndexContentBytesInvalid"): _add(indexContentBytes=-1),
    ("bucket_add", "SubscriptionInvalid"): _bucket_without_subscription,
    ("bucket_update", "BucketNotFound"): lambda made: made.client.bucket_update(
        "no-such-bucket", BucketUpdateInput(title="Title")
    ),
    ("bucket_update", "InsufficientPermissions"): lambda made: made.client.bucket_update(
        _closed_to_the_stack(made, made.bucket()), BucketUpdateInput(title="Title", prefixes=["closed/"])
    ),
    ("bucket_update", "SnsInvalid"): _update(snsNotificationArn="nonsense"),
    ("bucket_update", "NotificationTopicNotFound"): _update(snsNotificationArn=MISSING_TOPIC),
    ("bucket_update", "NotificationConfigurationError"): _notified_again,
    ("bucket_update", "BucketFileExtensionsToIndexInvalid"): _update(fileExtensionsToIndex=[".CSV"]),
    ("bucket_update", "BucketIndexContentBytesInvalid"): _update(indexContentBytes=2**30),
    ("bucket_remove", "BucketNotFound"): lambda made: made.client.bucket_remove("no-such-bucket"),
    ("bucket_remove", "IndexingInProgress"): _removed_while_indexed,
    ("api_key_create", "InvalidInput"): lambda made: made.client.api_key_create(APIKeyCreateInput(name=" ")),
    ("api_key_revoke", "InvalidInput"): lambda made: made.client.api_key_revoke(id="none"),
    ("admin_api_key_revoke", "InvalidInput"): lambda made: made.client.admin_api_key_revoke("none"),
}

WITHOUT_CONDITION = {
    ("role_create_unmanaged", "RoleHasTooManyPoliciesToAttach"): "an unmanaged role has no policies",
    ("role_update_unmanaged", "RoleHasTooManyPoliciesToAttach"): "an unmanaged role has no policies",
    ("role_update_managed", "RoleIsManaged"): "that is what it is for",
    ("role_update_unmanaged", "RoleIsUnmanaged"): "that is what it is for",
    ("policy_create_managed", "OperationError"): "no rule is known",
    ("policy_create_unmanaged", "OperationError"): "no rule is known",
    ("policy_update_managed", "OperationError"): "no rule is known",
    ("policy_update_unmanaged", "OperationError"): "no rule is known",
    ("users_delete", "InvalidInput"): "there is no input beside the name",
    ("users_reset_password", "InvalidInput"): "there is no input beside the name",
    ("users_set_admin", "InvalidInput"): "a yes or no cannot be wrong",
    ("users_set_active", "InvalidInput"): "a yes or no cannot be wrong",
    ("sso_config_set", "OperationError"): "no rule is known",
    ("bucket_tabulator_table_set", "OperationError"): "quilt3 asks below `admin`, and an administrator may",
    ("bucket_tabulator_table_rename", "OperationError"): "quilt3 asks below `admin`, and an administrator may",
}
"""The decisions of `graphql/errors.py` about members that nothing here leads to."""

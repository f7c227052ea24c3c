"""Every GraphQL operation of the installed clients is valid, and quilt3's are answered in the shape it parses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from graphql import GraphQLSchema, build_schema
from made_things import SSO, TABLE, Made
from quilt3._graphql_client import (
    BucketAddInput,
    BucketUpdateInput,
    Client,
    ManagedPolicyInput,
    ManagedRoleInput,
    UnmanagedPolicyInput,
    UnmanagedRoleInput,
    UserInput,
)
from running_registry import Person

from environment.product.graphql_operations import GraphQLOperation, check, operations_of
from quilt_stack.registry.graphql.schema import build_schema as build_registry_schema
from quilt_stack.settings import PackageSearchForm

QUILT3 = operations_of("quilt3")
QUILT_MCP = operations_of("quilt_mcp")

# What is no operation of the registry, with the reason; anything else of quilt-mcp has to validate.
NOT_FOR_A_REGISTRY = {
    "quilt_mcp.tools.search:query of objects": "asks for `objects`, which no published schema has",
}
# The published schema dropped the form that quilt-mcp sends (registry facts 8.1).
ONLY_IN_THE_OLDER_FORM = {"quilt_mcp.backends.platform_backend:SearchPackages"}


def name_of(operation: GraphQLOperation) -> str:
    return f"{operation.module}:{operation.name}"


def schema(form: PackageSearchForm) -> GraphQLSchema:
    # By way of the published text: what clients can see is what counts.
    return build_schema(build_registry_schema(form).as_str())


@pytest.fixture(scope="module", params=list(PackageSearchForm))
def form(request: pytest.FixtureRequest) -> tuple[PackageSearchForm, GraphQLSchema]:
    return request.param, schema(request.param)


def test_the_clients_operations_are_found() -> None:
    client = __import__("quilt3._graphql_client.client", fromlist=["Client"])
    methods = [name for name in vars(Client) if not name.startswith("_")]
    assert client and len(QUILT3) == len(methods), "an operation of quilt3 escaped the search"
    by_module = Counter(operation.module for operation in QUILT_MCP)
    assert by_module["quilt_mcp.backends.platform_admin_ops"] == 14
    assert by_module["quilt_mcp.ops.tabulator_mixin"] == 5


@pytest.mark.parametrize("operation", [*QUILT3, *QUILT_MCP], ids=name_of)
def test_the_operation_is_valid(operation: GraphQLOperation, form: tuple[PackageSearchForm, GraphQLSchema]) -> None:
    kind, registry = form
    [checked] = check([operation], registry)
    errors = list(checked.findings)
    if name_of(operation) in NOT_FOR_A_REGISTRY:
        assert errors
    elif kind is PackageSearchForm.ORDERING and name_of(operation) in ONLY_IN_THE_OLDER_FORM:
        assert any("order" in message for message in errors)
    else:
        assert errors == []


def _sso(made: Made) -> Any:
    stored = made.client.sso_config_set(SSO)
    read = made.client.sso_config_get()
    made.client.sso_config_set(None)
    assert stored.text == read.text == SSO  # type: ignore[union-attr]
    return read


Call = Callable[[Made], Any]

# Operation name to a call that succeeds; quilt3's models raise for every answer that they do not know.
CALLS: Mapping[str, Call] = {
    "adminApiKeyGet": lambda made: made.client.admin_api_key_get(made.api_key().id),
    "adminApiKeyRevoke": lambda made: made.client.admin_api_key_revoke(made.api_key().id),
    "adminApiKeysList": lambda made: [made.api_key(), *made.client.admin_api_keys_list(status="ACTIVE")],
    "apiKeyCreate": lambda made: made.api_key(),
    "apiKeyGet": lambda made: made.client.api_key_get(made.api_key().id).api_key,
    "apiKeyRevoke": lambda made: made.client.api_key_revoke(id=made.api_key().id),
    "apiKeysList": lambda made: [made.api_key(), *made.client.api_keys_list(status="ACTIVE").api_keys],
    "bucketAdd": lambda made: made.client.bucket_add(BucketAddInput(name=made.s3_bucket(), title="Title")),
    "bucketGet": lambda made: made.client.bucket_get("archive"),
    "bucketRemove": lambda made: made.client.bucket_remove(made.bucket()),
    "bucketTabulatorTableRename": lambda made: made.client.bucket_tabulator_table_rename(
        "archive", made.table(), made.unique("table")
    ),
    "bucketTabulatorTableSet": lambda made: made.client.bucket_tabulator_table_set("archive", made.table(), TABLE),
    "bucketTabulatorTablesList": lambda made: [
        made.table(),
        made.client.bucket_tabulator_tables_list("archive").tabulator_tables,
    ],
    "bucketUpdate": lambda made: made.client.bucket_update(made.bucket(), BucketUpdateInput(title="New")),
    "bucketsList": lambda made: made.client.buckets_list(),
    "defaultRoleGet": lambda made: made.client.default_role_get(),
    "policiesList": lambda made: [made.policy(), *made.client.policies_list()],
    "policyCreateManaged": lambda made: made.policy(),
    "policyCreateUnmanaged": lambda made: made.unmanaged_policy(),
    "policyDelete": lambda made: made.client.policy_delete(made.detached_policy().id),
    "policyGet": lambda made: made.client.policy_get(made.policy().id),
    "policyUpdateManaged": lambda made: made.client.policy_update_managed(
        made.policy().id, ManagedPolicyInput(title=made.unique("New"), permissions=[], roles=[made.role().id])
    ),
    "policyUpdateUnmanaged": lambda made: made.client.policy_update_unmanaged(
        made.unmanaged_policy().id,
        UnmanagedPolicyInput(title=made.unique("New"), arn=made.policy_arn(), roles=[made.role().id]),
    ),
    "roleCreateManaged": lambda made: made.role(),
    "roleCreateUnmanaged": lambda made: made.unmanaged_role(),
    "roleDelete": lambda made: made.client.role_delete(made.role().id),
    "roleGet": lambda made: made.client.role_get(made.role().id),
    "roleSetDefault": lambda made: made.client.role_set_default(made.client.default_role_get().id),
    "roleUpdateManaged": lambda made: made.client.role_update_managed(
        made.role().id, ManagedRoleInput(name=made.unique("New"), policies=[made.policy().id])
    ),
    "roleUpdateUnmanaged": lambda made: made.client.role_update_unmanaged(
        made.unmanaged_role().id, UnmanagedRoleInput(name=made.unique("New"), arn="arn:aws:iam::123456789012:role/y")
    ),
    "rolesList": lambda made: made.client.roles_list(),
    "ssoConfigGet": _sso,
    "ssoConfigSet": _sso,
    "tabulatorGetOpenQuery": lambda made: made.client.tabulator_get_open_query() is False,
    "tabulatorSetOpenQuery": lambda made: made.client.tabulator_set_open_query(False),
    "usersAddRoles": lambda made: made.client.users_add_roles(made.user(), ["analyst"]).add_roles,
    "usersCreate": lambda made: made.client.users_create(
        UserInput(name=made.unique("user"), email=f"{made.unique('user')}@example.com", role="viewer")
    ),
    "usersDelete": lambda made: made.client.users_delete(made.user()).delete,
    "usersGet": lambda made: made.client.users_get(made.user()),
    "usersList": lambda made: made.client.users_list(),
    "usersRemoveRoles": lambda made: made.client.users_remove_roles(made.user(), ["viewer"], "analyst").remove_roles,
    "usersResetPassword": lambda made: made.client.users_reset_password(made.user()).reset_password,
    "usersSetActive": lambda made: made.client.users_set_active(False, made.user()).set_active,
    "usersSetAdmin": lambda made: made.client.users_set_admin(made.user(), True).set_admin,
    "usersSetEmail": lambda made: (
        made.client.users_set_email(f"{made.unique('new')}@example.com", made.user()).set_email
    ),
    "usersSetRole": lambda made: made.client.users_set_role(made.user(), "analyst", False, ["viewer"]).set_role,
}


@pytest.mark.parametrize("name", sorted({operation.name for operation in QUILT3}))
def test_quilt3_parses_the_answer(ada: Person, unique: Callable[[str], str], name: str) -> None:
    assert name in CALLS, f"quilt3 has a new operation, {name}: say here how to call it"
    answer = CALLS[name](Made(ada, Client(), unique))
    assert answer is not None
    assert getattr(answer, "typename__", "") not in {"InvalidInput", "OperationError"}

"""The SSO configuration through the unmodified quilt3.admin.sso_config (registry facts 5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import quilt3.admin.sso_config as sso_config
from quilt3.admin.exceptions import Quilt3AdminError
from running_registry import Person

VALID = """\
# who comes from where
version: "1.0"
default_role: viewer   # nobody is left out
union_roles: true
mappings:
  - schema: {type: object, properties: {groups: {contains: {const: admins}}}}
    roles: [analyst, viewer]
    admin: true
    note: keys that the registry does not know are allowed here
  - schema: true
    roles:
      - viewer
"""


@pytest.fixture
def no_sso(ada: Person) -> Iterator[None]:
    yield
    sso_config.set(None)


def test_the_text_is_kept_to_the_letter_with_who_and_when(ada: Person, no_sso: None) -> None:
    assert sso_config.get() is None
    stored = sso_config.set(VALID)
    assert stored == sso_config.get()
    assert stored is not None
    assert (stored.text, stored.uploader.name) == (VALID, "ada")
    assert stored.timestamp.tzinfo is not None
    assert sso_config.set(None) is None
    assert sso_config.get() is None


def test_json_is_yaml_too(ada: Person, no_sso: None) -> None:
    text = '{"version": "1.0", "default_role": "viewer", "mappings": []}'
    assert sso_config.set(text).text == text  # type: ignore[union-attr]


def refusal(text: str) -> list[Any]:
    with pytest.raises(Quilt3AdminError) as caught:
        sso_config.set(text)
    return list(caught.value.details.errors)


def test_text_without_structure_is_refused_as_recorded(ada: Person, no_sso: None) -> None:
    """Path, name, message and context of a real stack's refusal (registry facts 11)."""
    [error] = refusal("some text")
    assert (error.path, error.name) == ("config.__root__", "ValidationError")
    assert error.message == "Config expected dict not str"
    assert error.context == {"loc": ["__root__"], "msg": "Config expected dict not str", "type": "type_error"}


@pytest.mark.parametrize(
    ("change", "path", "words"),
    [
        (lambda text: "", "config.__root__", "Config expected dict not NoneType"),
        (lambda text: text.replace('"1.0"', "1.0"), "config.version", "permitted: '1.0'"),
        (lambda text: text.replace('"1.0"', '"2.0"'), "config.version", "permitted: '1.0'"),
        (lambda text: text + "extra: 1\n", "config.extra", "not permitted"),
        (lambda text: text.replace("default_role: viewer", ""), "config.default_role", "required"),
        (lambda text: text.replace("roles: [analyst, viewer]", "roles: []"), "config.mappings.0.roles", "[]"),
        (lambda text: text.replace("admin: true", "admin: yes please"), "config.mappings.0.admin", "boolean"),
        (lambda text: text.replace("type: object,", "type: thing,"), "config.mappings.0.schema", "not a JSON schema"),
    ],
)
def test_a_refused_configuration_is_told_by_its_place_and_the_old_one_stays(
    ada: Person, no_sso: None, change: Callable[[str], str], path: str, words: str
) -> None:
    """The form of the refusal is recorded (registry facts 11)."""
    sso_config.set(VALID)
    [error] = refusal(change(VALID))
    assert (error.path, error.name) == (path, "ValidationError")
    assert words in error.message
    assert error.context["loc"] == [int(part) if part.isdecimal() else part for part in path.split(".")[1:]]
    assert sso_config.get().text == VALID  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("change", "name", "words"),
    [
        (lambda text: "a: [", "InvalidYaml", "YAML"),
        (lambda text: "a: \x07", "InvalidYaml", "YAML"),
        (lambda text: "2024-01-01: x", "InvalidYaml", "YAML"),
        (lambda text: text.replace("analyst", "nobody"), "RoleDoesNotExist", "nobody"),
        (lambda text: text.replace("default_role: viewer", "default_role: Viewer"), "RoleDoesNotExist", "Viewer"),
    ],
)
def test_what_is_no_yaml_or_names_an_unknown_role_is_refused(
    ada: Person, no_sso: None, change: Callable[[str], str], name: str, words: str
) -> None:
    sso_config.set(VALID)
    [error] = refusal(change(VALID))
    assert (error.path, error.name) == ("config", name)
    assert words in error.message
    assert sso_config.get().text == VALID  # type: ignore[union-attr]


def test_the_configuration_outlives_its_uploader(
    ada: Person, no_sso: None, unique: Callable[[str], str], sign_in: Callable[[str], Person]
) -> None:
    import quilt3.admin.users as users

    name = unique("admin")
    users.create(name, f"{name}@example.com", "viewer")
    users.set_admin(name, True)
    store = "mutation ($text: String!) { admin { setSsoConfig(config: $text) { __typename } } }"
    sign_in(name).graphql(store, text=VALID)
    assert sso_config.get().uploader.name == name  # type: ignore[union-attr]
    users.delete(name)
    assert sso_config.get().uploader.name == "ada"  # type: ignore[union-attr]

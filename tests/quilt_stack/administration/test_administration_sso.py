"""The SSO configuration through the unmodified quilt3.admin.sso_config (registry facts 5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

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


@pytest.mark.parametrize(
    ("change", "name", "words"),
    [
        (lambda text: "", "InvalidConfig", "not of type 'object'"),
        (lambda text: "a: [", "InvalidYaml", "YAML"),
        (lambda text: "a: \x07", "InvalidYaml", "YAML"),
        (lambda text: "2024-01-01: x", "InvalidYaml", "YAML"),
        (lambda text: text.replace('"1.0"', "1.0"), "InvalidConfig", "version"),
        (lambda text: text.replace('"1.0"', '"2.0"'), "InvalidConfig", "version"),
        (lambda text: text + "extra: 1\n", "InvalidConfig", "extra"),
        (lambda text: text.replace("default_role", "role"), "InvalidConfig", "role"),
        (lambda text: text.replace("roles: [analyst, viewer]", "roles: []"), "InvalidConfig", "mappings.0.roles"),
        (lambda text: text.replace("admin: true", "admin: yes please"), "InvalidConfig", "mappings.0.admin"),
        (lambda text: text.replace("type: object,", "type: thing,"), "InvalidConfig", "mappings.0.schema"),
        (lambda text: text.replace("analyst", "nobody"), "RoleDoesNotExist", "nobody"),
        (lambda text: text.replace("default_role: viewer", "default_role: Viewer"), "RoleDoesNotExist", "Viewer"),
    ],
)
def test_an_invalid_configuration_is_refused_and_the_old_one_stays(
    ada: Person, no_sso: None, change: Callable[[str], str], name: str, words: str
) -> None:
    sso_config.set(VALID)
    with pytest.raises(Quilt3AdminError) as caught:
        sso_config.set(change(VALID))
    [error] = caught.value.details.errors
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

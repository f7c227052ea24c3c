"""What a message must say is told from what nearly any message says."""

from __future__ import annotations

import re

import pytest

import steps.kinds  # noqa: F401  # registers Persona, which the sentences need
from environment.driving.refusals import names
from steps.messages import (
    ADVICE,
    CREATE_INSTEAD,
    HOW_TO_SIGN_IN,
    MEANINGS,
    NOT_ALLOWED,
    UPDATE_INSTEAD,
    WRONG_CONFIGURATION,
)
from steps.naming import WORDS_FOR


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("Package not found: test-user/none", "test-user/none"),
        ("Unknown service: 'S3'", "S3"),
        ("Unknown service: ''", ""),
        ("Catalog URL must be a non-empty string", ""),
        ("Invalid URL 'catalog': no scheme", "catalog"),
        ("missing fields: region, registryUrl", "region"),
        ("missing fields: region, registryUrl", "registryUrl"),
        ("Invalid hash {'hash': 'yesterday'}", "yesterday"),
        ("Cannot query field 'shoeSize' on type 'Me'", "shoeSize"),
        ("HTTPConnectionPool(host='no-such-catalog.invalid', port=80)", "no-such-catalog.invalid"),
        ("Variable '$number' of type 'Int!'", "$number"),
    ],
)
def test_what_is_named(words: str, text: str) -> None:
    assert names(words, text)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("Backend error: get_catalog_config failed", "catalog"),
        ("Failed to read the catalog configuration", "catalog"),
        ("Could not create a client", ""),
        ("The S3Api failed", "S3"),
        ("Failed in every region", "region"),
        ("test-user/none-at-all", "test-user/non"),
    ],
)
def test_what_is_there_by_chance(words: str, text: str) -> None:
    assert not names(words, text)


@pytest.mark.parametrize(
    "message",
    [
        "Not authenticated. Please run 'quilt3 login' first",
        "Package not found: a/b. Check the name and try again",
        "Access denied: ask an administrator for access",
        "You must provide a catalog URL",
    ],
)
def test_advice(message: str) -> None:
    assert ADVICE.search(message)


@pytest.mark.parametrize(
    "message",
    [
        "Package update failed: the entry set is invalid",
        "Failed to run the query",
        "could not use or see test-user/check",
        "This must be wrong",
        "Failed to update: 'set' object has no attribute 'run'",
    ],
)
def test_no_advice(message: str) -> None:
    assert not ADVICE.search(message)


@pytest.mark.parametrize(
    "message",
    [
        "Permission denied: your role may not publish here",
        "You lack the permission to delete packages",
        "User: arn:aws:sts::1:assumed-role/user is not authorized to perform: s3:PutObject",
        "This operation requires admin rights",
        "403 Forbidden",
    ],
)
def test_what_says_that_permission_is_lacking(message: str) -> None:
    assert NOT_ALLOWED.search(message)


@pytest.mark.parametrize(
    "message",
    [
        "Package not found: a/permissions",
        "Invalid role: admin",
        "The service failed",
        "Checked permissions of the role",
    ],
)
def test_what_does_not_say_that_permission_is_lacking(message: str) -> None:
    assert not NOT_ALLOWED.search(message)


@pytest.mark.parametrize(
    ("words", "says", "says_not"),
    [
        (
            "that the service is unavailable",
            ["503 Server Error: Service Unavailable", "Could not connect to the endpoint URL", "the registry is down"],
            ["500 Server Error", "The download failed", "Quilt3 backend search failed"],
        ),
        (
            "that it does not exist",
            ["Package not found: a/b", "No such package", "the role does not exist", "There is no user Nora"],
            ["Invalid name: a", "The query found nothing wrong", "Permission denied"],
        ),
        (
            "that it already exists",
            ["Package a/b already exists", "The name is already taken", "a package of this name exists already"],
            ["Package not found", "Already signed in", "the package exists no more"],
        ),
    ],
)
def test_what_messages_say_of_things(words: str, says: list[str], says_not: list[str]) -> None:
    pattern = MEANINGS[words]
    assert [each for each in says if not pattern.search(each)] == []
    assert [each for each in says_not if pattern.search(each)] == []


def test_how_to_sign_in() -> None:
    assert HOW_TO_SIGN_IN.search("No active quilt3 session - please run 'quilt3 login'")
    assert HOW_TO_SIGN_IN.search("Authentication required: sign in to the catalog")
    assert not HOW_TO_SIGN_IN.search("The login failed")
    assert not HOW_TO_SIGN_IN.search("Failed to load login state")


def test_what_to_do_instead() -> None:
    assert UPDATE_INSTEAD.search("Package exists already. Use update_package_revision to add files")
    assert not UPDATE_INSTEAD.search("Package update failed")
    assert CREATE_INSTEAD.search("No such package; create it with create_package_revision")
    assert not CREATE_INSTEAD.search("Package creation failed with response type")


def test_what_is_wrong() -> None:
    assert WRONG_CONFIGURATION.search("Invalid configuration: schema: Required")
    assert not WRONG_CONFIGURATION.search("Failed to configure the backend from the catalog config")
    assert re.search(WORDS_FOR["name"], "A user named ada already exists.")
    assert not re.search(WORDS_FOR["name"], "Failed to create a user named ada: connection reset")

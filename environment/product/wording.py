"""What came of a call in words that a reader of scenarios knows; the names of methods and errors follow it."""

from __future__ import annotations

import re

# Source: the exceptions that QuiltOps documents for its callers (quilt-mcp 0.22, module quilt_mcp.ops.exceptions).
REASONS: dict[str, str] = {
    "invalid": "ValidationError",
    "not allowed": "PermissionError",
    "not found": "NotFoundError",
    "not signed in": "AuthenticationError",
    "the service failed": "BackendError",
}
"""Why somebody is refused, in words, and the error by which QuiltOps says so."""

_NOT_DONE = {
    "add_user_roles": "could not add roles to a user",
    "browse_content": "could not browse the package",
    "configure_catalog": "could not set the catalog",
    "create_package_revision": "could not publish the package",
    "create_tabulator_table": "could not create the table",
    "create_user": "could not create the user",
    "delete_package": "could not delete the package",
    "delete_tabulator_table": "could not delete the table",
    "delete_user": "could not delete the user",
    "diff_packages": "could not compare the packages",
    "download": "could not download the file",
    "execute_graphql_query": "got no answer to a GraphQL query",
    "get_auth_status": "did not learn who is signed in",
    "get_aws_client": "did not get an AWS client",
    "get_catalog_config": "did not get the catalog's configuration",
    "get_content_url": "did not get a link",
    "get_open_query_status": "did not learn whether open query is on",
    "get_package_info": "did not get the details of the package",
    "get_package_metadata": "did not get the metadata of the package",
    "get_sso_config": "did not get the SSO configuration",
    "get_tabulator_table": "could not look up the table",
    "get_user": "could not look up the user",
    "install": "could not install the package",
    "introduce_itself": "did not learn which server answers",
    "list_buckets": "could not list the buckets",
    "list_roles": "could not list the roles",
    "list_tabulator_tables": "could not list the tables",
    "list_tools": "could not list the tools",
    "list_users": "could not list the users",
    "publish_folder": "could not publish the folder",
    "remove_user_roles": "could not remove roles from a user",
    "rename_tabulator_table": "could not rename the table",
    "reset_user_password": "could not reset a password",
    "search_packages": "could not search for packages",
    "set_open_query": "could not switch open query",
    "set_sso_config": "could not store the SSO configuration",
    "set_user_active": "could not activate or deactivate a user",
    "set_user_admin": "could not change who is an administrator",
    "set_user_email": "could not change an e-mail address",
    "set_user_role": "could not change a role",
    "update_package_revision": "could not update the package",
    "update_tabulator_table": "could not change the table's configuration",
}


MOST_REASONS = 2
"""So many reasons for a refusal are named; of more, any will do."""

_MADE_BY_ONE = frozenset({"publish", "update"})
"""What the methods do by which sentences also copy, add, replace and remove."""

_NOT_DONE_IN_SENTENCE = {
    r"adds?|added": "could not add to the package",
    r"bring|brings|brought": "could not bring back the revision",
    r"cop(?:y|ies|ied)": "could not copy the package",
    r"removes?d?": "could not remove from the package",
    r"replaces?d?": "could not replace a file of the package",
}
"""By the verb of a sentence, what was not done where one of these methods did it."""

_UNNAMED = "could not do that"
_QUOTED = re.compile(r"\"[^\"]*\"")
_ONE = re.compile(r"\bthe (package|table|user|file|folder)\b(?!')")
_SEVERAL = re.compile(r"\bthe (?=(?:packages|tables|users|roles|buckets|tools)\b)")


def not_done(actor: str | None, operation: str) -> str:
    """What somebody did not get or could not do because a call failed; "" if there are no words for it."""
    return f"{actor} {_NOT_DONE[operation]}" if actor and operation in _NOT_DONE else ""


def not_done_in(sentence: str, words: str, actor: str | None, *, is_later: bool) -> str:
    """The same as a sentence says it: copying a package is no publishing, although one method does both.

    Args:
        sentence: the step that made the call, "" if it is not known.
        words: what `not_done` says of the call.
        actor: who made the call.
        is_later: a later sentence fails because of it.
    """
    if is_later and sentence:
        return f"after '{sentence}' failed"
    return _in_words_of(sentence, words, actor)


def no_tool(sentence: str, words: str, actor: str | None) -> str:
    """What people read where the MCP server has no tool for what somebody wants to do.

    Args:
        sentence: the step that made the call, "" if it is not known.
        words: what `not_done` says of the call.
        actor: who made the call.
    """
    told = _in_words_of(sentence, words, actor)
    for beginning in (f"{actor} could not ", f"{actor} did not "):
        if told.startswith(beginning) and not told.endswith(_UNNAMED):
            deed = _SEVERAL.sub("", _ONE.sub(r"\1s", told.removeprefix(beginning)))
            return f"the MCP server has no tool to {deed}"
    return "the MCP server has no tool for that"


def _in_words_of(sentence: str, words: str, actor: str | None) -> str:
    """What somebody could not do, by the verb of the sentence where the method does several things."""
    verb = words.removeprefix(f"{actor} could not ").split(" ")[0]
    is_another = words.startswith(f"{actor} could not ") and verb in _MADE_BY_ONE and verb not in sentence
    if not sentence or not is_another:
        return words
    said = _QUOTED.sub("", sentence)
    found = (told for verbs, told in _NOT_DONE_IN_SENTENCE.items() if re.search(rf"\b(?:{verbs})\b", said))
    return f"{actor} {next(found, _UNNAMED)}"


def wrongly_answered(actor: str | None, expected: tuple[type[Exception], ...], error: Exception | None) -> str:
    """How somebody was answered who was to be refused with one of these errors; "" if nobody is named.

    Which error was expected is said if there are one or two.
    """
    if not actor:
        return ""
    reasons = [reason for kind in expected if (reason := _reason(kind))]
    wanted = f": {' or '.join(reasons)}" if 0 < len(reasons) <= MOST_REASONS else ""
    if error is None:
        return f"{actor} was to be refused{wanted}, but was not"
    found = _reason(type(error))
    came = f"was refused: {found}" if found else "met an unexpected error"
    return f"{actor} was to be refused{wanted}, but {came}"


def _reason(kind: type[Exception]) -> str:
    words = {error: reason for reason, error in REASONS.items()}
    return next((words[each.__name__] for each in kind.__mro__ if each.__name__ in words), "")

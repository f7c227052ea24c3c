"""What people do through the MCP server: by which tools, and that nothing is made up that the server did not answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from environment.driving.refusals import refused_with
from environment.driving.server_verbs import ServerOperations, ServerVerbs
from environment.errors import SuiteError
from environment.modes import Mode
from environment.product.mcp_server.conversation import Answer
from environment.product.mcp_server.faults import LetInNobody, NotSpeakingMcp, ServerEnded, ToolMissing, ToolRefused
from environment.product.outcome import OperationFailed, Outcomes, attempt, registered_in
from environment.product.wording import REASONS

ANY_REASON = tuple(REASONS.values())


@dataclass
class Said:
    """A conversation with what each tool answers, or raises."""

    answers: Mapping[str, Any]
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def call(self, tool: str, **arguments: Any) -> Any:
        self.asked.append((tool, arguments))
        answer = self.answers[tool]
        if isinstance(answer, Exception):
            raise answer
        return Answer(tool, answer)


@dataclass
class Dana:
    said: Said
    name: str = "Dana"
    mode: Mode = Mode.LOCAL
    signed_in: bool = True

    def converse(self, servers: Any) -> Any:
        return self.said

    def start_server(self, servers: Any, changed: Mapping[str, str]) -> None:
        raise ServerEnded(f"cannot start with {sorted(changed)}")


def server(**answers: Any) -> Any:
    return ServerOperations(Dana(Said(answers)), None)  # type: ignore[arg-type]  # servers that nobody asks


FOUND = {"results": [{"name": "a/b", "bucket": "pack", "last_modified": "2026-11-28", "metadata": {}}]}


def test_what_the_server_answered_can_be_read() -> None:
    [found] = server(search_catalog=FOUND).search_packages("b", registry="s3://pack")

    assert (found.name, found.bucket, found.modified_date) == ("a/b", "pack", "2026-11-28")


def test_what_the_server_did_not_answer_breaks_the_scenario() -> None:
    [found] = server(search_catalog=FOUND).search_packages("b", registry="s3://pack")

    with pytest.raises(
        SuiteError, match=r"Read the top hash from the answer of the MCP tool search_catalog: it answers"
    ):
        found.top_hash  # noqa: B018


def test_an_answer_without_a_documented_field_is_the_products_failure() -> None:
    outcome = attempt(server(search_catalog={"found": []}).search_packages, "b", registry="s3://pack")

    assert isinstance(outcome.error, NotSpeakingMcp)


@pytest.mark.parametrize("verb", ["get_content_url", "execute_graphql_query", "set_sso_config"])
def test_a_verb_without_a_tool_breaks_the_scenario_in_one_line(verb: str) -> None:
    with pytest.raises(SuiteError, match=rf"^Called {verb} through the MCP server: .* has no tool for it") as broken:
        attempt(getattr(server(), verb))
    assert "\n" not in str(broken.value)


def test_a_part_of_a_verb_without_a_tool_is_no_failure_of_the_product() -> None:
    with registered_in(Outcomes()) as register, pytest.raises(SuiteError, match="package_browse takes no folder"):
        attempt(server().browse_content, "a/b", registry="s3://pack", path="data")
    assert register.all() == []


@pytest.mark.parametrize(
    ("options", "asked"),
    [
        ({}, {"flatten": False}),
        ({"auto_organize": False}, {"flatten": True}),
        (
            {"auto_organize": True, "copy": True, "metadata": {"a": 1}},
            {"flatten": False, "copy": True, "metadata": {"a": 1}},
        ),
    ],
)
def test_a_package_is_published_as_quilt_ops_would(options: Any, asked: Any) -> None:
    answer = dict.fromkeys(
        ("success", "package_name", "registry", "top_hash", "files_added", "package_url", "message"), 1
    )
    said = Said({"package_create": answer})

    made = ServerVerbs(said).create_package_revision("a/b", ("s3://x/y",), registry="s3://pack", **options)  # type: ignore[arg-type]

    assert said.asked == [
        ("package_create", {"package_name": "a/b", "s3_uris": ["s3://x/y"], "registry": "s3://pack", **asked})
    ]
    assert made.file_count == 1


@pytest.mark.parametrize(
    ("status", "signed_in", "url"),
    [
        ({"status": "authenticated", "catalog_url": "http://c", "user_info": {"username": "x"}}, True, "http://c"),
        ({"status": "not_authenticated", "catalog_url": "http://c"}, False, None),
        ({"status": "error", "error": "no route"}, False, None),
    ],
)
def test_the_status(status: Any, signed_in: bool, url: str | None) -> None:
    found = server(get_resource={"data": status}).get_auth_status()

    assert found.is_authenticated is signed_in
    assert found.logged_in_url == url


def test_only_what_looks_like_a_call_is_taken_for_an_advised_tool() -> None:
    status = {
        "status": "authenticated",
        "catalog_url": "c",
        "next": ["Try: packages_list() to (maybe) browse", "Go on"],
    }

    assert server(get_resource={"data": status}).get_auth_status().advised_tools == ["packages_list"]


@pytest.mark.parametrize("error", [ToolRefused("no such bucket", marked=False), LetInNobody("HTTP 401: sign in")])
def test_a_refusal_of_the_server_is_a_refusal(error: Exception) -> None:
    outcome = attempt(server(bucket_list=error).list_buckets)

    assert refused_with(outcome, ANY_REASON) is error
    assert outcome.asserted


@pytest.mark.parametrize(
    "error", [ToolMissing("bucket_list", ["a"]), ServerEnded("out of memory"), NotSpeakingMcp("x")]
)
def test_a_server_that_fails_does_not_refuse(error: Exception) -> None:
    outcome = attempt(server(bucket_list=error).list_buckets)

    with pytest.raises(AssertionError):
        refused_with(outcome, ANY_REASON)
    with pytest.raises(OperationFailed, match=type(error).__name__):
        outcome.value  # noqa: B018


def test_the_kind_of_a_refusal_cannot_be_judged() -> None:
    outcome = attempt(server(bucket_list=ToolRefused("no such bucket", marked=True)).list_buckets)

    with pytest.raises(SuiteError, match="a tool of the MCP server says why in words, and gives no kind"):
        refused_with(outcome, ("NotFoundError",))


def test_a_start_is_an_attempt_of_its_own() -> None:
    outcome = attempt(server().start_server, {"QUILT_DEPLOYMENT": "cloud"})

    assert isinstance(outcome.error, ServerEnded)
    assert (outcome.actor, outcome.operation) == ("Dana", "start_server")
    assert outcome.call is not None
    assert outcome.call.interface == "MCP"

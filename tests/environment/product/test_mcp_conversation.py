"""A conversation says what the server did, whatever that was, within its limit."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from environment_mcp_servers import BABBLES, BABBLES_LATER, DIES, DIES_WORDLESSLY, SILENT, STDIO, small

from environment.product.mcp_server.conversation import Conversation, over_stdio
from environment.product.mcp_server.faults import NoAnswer, NotSpeakingMcp, ServerEnded, ToolMissing, ToolRefused

LIMIT = 3.0


@pytest.fixture
def conversation(tmp_path: Path) -> Iterator[Conversation]:
    begun = over_stdio(small(STDIO, tmp_path), limit_seconds=10)
    yield begun
    begun.close()


@pytest.mark.slow
def test_a_tool_answers_fields(conversation: Conversation) -> None:
    answer = conversation.call("package_answer", word="barley")

    assert answer["word"] == "barley"
    assert conversation.server is not None
    assert conversation.server.version == "1.2.3"
    assert conversation.tools["package_answer"].description == "Gives a word back."


@pytest.mark.slow
def test_a_field_that_was_not_answered_cannot_be_read(conversation: Conversation) -> None:
    answer = conversation.call("package_answer", word="barley")

    with pytest.raises(NotSpeakingMcp, match=r"of package_answer lacks the field hash; it has success, word"):
        answer["hash"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("tool", "said", "marked"),
    [
        ("refuse", "^no such bucket: it was deleted$", False),
        ("fail_without_success", "^no such bucket$", False),
        ("fail", "^Error executing tool fail", True),
        ("package_answer", "word", True),  # an argument is missing
    ],
)
def test_a_tool_that_refuses(conversation: Conversation, tool: str, said: str, marked: bool) -> None:
    with pytest.raises(ToolRefused, match=said) as refused:
        conversation.call(tool)

    assert refused.value.marked is marked


@pytest.mark.slow
def test_a_tool_that_is_not_there_is_told_from_one_that_refuses(conversation: Conversation) -> None:
    with pytest.raises(ToolMissing, match=r"no tool package_delete, of its 7 tools the nearest are: package_answer$"):
        conversation.call("package_delete", package_name="a/b")


def test_an_answer_that_is_no_data_is_no_success(conversation: Conversation) -> None:
    with pytest.raises(NotSpeakingMcp, match=r"no fields: all went well"):
        conversation.call("say_nothing_of_success")


def test_a_server_that_ends_in_the_middle(conversation: Conversation) -> None:
    with pytest.raises(ServerEnded, match=r"out of memory"):
        conversation.call("end")


def test_a_server_that_writes_something_else_in_the_middle(tmp_path: Path) -> None:
    conversation = over_stdio(small(BABBLES_LATER, tmp_path))
    try:
        with pytest.raises(NotSpeakingMcp, match=r"no message of MCP: look what I found"):
            conversation.call("babble")
    finally:
        conversation.close()


@pytest.mark.slow
def test_a_tool_that_never_answers(tmp_path: Path) -> None:
    conversation = over_stdio(small(STDIO, tmp_path), limit_seconds=10)
    conversation._limit_seconds = LIMIT  # of the message alone: the library has its own
    try:
        began = time.monotonic()
        with pytest.raises(NoAnswer, match=r"did not answer hang within 3 s; the last .* is: started"):
            conversation.call("hang")
        assert time.monotonic() - began < 20
    finally:
        conversation.close()


def test_a_server_that_ends_at_once(tmp_path: Path) -> None:
    with pytest.raises(ServerEnded, match=r"^QUILT_CATALOG_URL is missing$"):
        over_stdio(small(DIES, tmp_path))


def test_a_server_that_ends_without_a_word(tmp_path: Path) -> None:
    with pytest.raises(ServerEnded) as ended:
        over_stdio(small(DIES_WORDLESSLY, tmp_path))

    assert str(ended.value) == ""


@pytest.mark.slow
def test_a_server_that_never_answers(tmp_path: Path) -> None:
    with pytest.raises(NoAnswer, match=r"did not answer within 3 s; the last .* is: still loading"):
        over_stdio(small(SILENT, tmp_path), LIMIT)


@pytest.mark.slow
def test_a_server_that_writes_something_else(tmp_path: Path) -> None:
    with pytest.raises(NotSpeakingMcp, match=r"no message of MCP: Welcome to the server!"):
        over_stdio(small(BABBLES, tmp_path), LIMIT)

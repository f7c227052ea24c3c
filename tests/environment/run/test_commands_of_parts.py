"""Only the part of the house whose command is asked for is loaded, which takes a second less."""

from __future__ import annotations

from importlib.metadata import EntryPoint

from environment.command.main import needed

PARTS = [EntryPoint(name, f"{name}:command", "acceptance.commands") for name in ("steps", "report")]


def test_the_part_that_is_asked_for_is_loaded_alone() -> None:
    assert [each.name for each in needed(["steps", "--for", "report"], PARTS)] == ["steps"]


def test_help_and_wrong_names_know_every_part() -> None:
    for arguments in ([], ["--help"], ["stpes"]):
        assert needed(arguments, PARTS) == PARTS


def test_a_run_needs_no_other_part() -> None:
    assert needed(["run", "steps"], PARTS) == []

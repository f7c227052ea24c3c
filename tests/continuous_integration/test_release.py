"""A release can be made at any time: one version, and a section of the changelog that says what is in it."""

from __future__ import annotations

import re
import tomllib

from environment.settings import ROOT

FORM = re.compile(r"\[(Unreleased|\d+\.\d+\.\d+)\]( - \d{4}-\d\d-\d\d)?")


def test_the_suite_and_the_stack_have_one_version() -> None:
    files = (ROOT / "pyproject.toml", ROOT / "quilt_stack" / "pyproject.toml")
    [version] = {tomllib.loads(path.read_text("utf-8"))["project"]["version"] for path in files}
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)


def test_the_changelog_has_sections_that_can_be_tagged() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    sections = re.findall(r"(?m)^## (.*)$", text)
    assert sections[0] == "[Unreleased]"
    for section in sections:
        form = FORM.fullmatch(section)
        assert form, section
        assert (form[1] == "Unreleased") is (form[2] is None), section
    kinds = set(re.findall(r"(?m)^### (.*)$", text))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}

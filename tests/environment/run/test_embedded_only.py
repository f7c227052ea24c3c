"""The tag @embedded_only says what a scenario takes; that is checked before a run."""

from __future__ import annotations

from pathlib import Path

import pytest
from acceptance_process import Workshop

FEATURE = """\
Feature: Tags that tell the truth
  Whoever runs on a live target relies on what the tags say.

  Rule: What a scenario takes, its tag says

    @SEC-3 @multiuser_mode @severity:normal
    Scenario: Take a token that ends soon, and do not say so
      Given Lee, a reviewer, is signed in with a token that is valid for 60 s
      When he asks the registry who is signed in
      Then the registry recognizes Lee

    @SEC-3 @multiuser_mode @severity:normal @embedded_only
    Scenario: Say so, and take nothing
      Given Lee, a reviewer, is signed in
      When he asks the registry who is signed in
      Then the registry recognizes Lee

    @SEC-3 @multiuser_mode @severity:normal @embedded_only
    Scenario: Take it and say so
      Given Lee, a reviewer, is signed in with a token that is valid for 60 s
      When he asks the registry who is signed in
      Then the registry recognizes Lee
"""


@pytest.mark.slow
def test_a_tag_that_is_missing_and_one_for_nothing_stop_the_run(standing_workshop: Workshop, features: Path) -> None:
    feature = features / "tags.feature"
    feature.write_text(FEATURE, encoding="utf-8")

    result = standing_workshop.pytest(str(feature), "-rA")

    assert result.exit_code == 4, result.text
    sentence = "Lee, a reviewer, is signed in with a token that is valid for 60 s"
    missing = f'only the embedded deployment can do "{sentence}"; tag the scenario @embedded_only'
    assert "2 problems in the features" in result.errors, "the third scenario is right"
    assert f"tags.feature:8: {missing}" in result.errors
    assert "tags.feature:13: nothing here needs the embedded deployment; remove @embedded_only" in result.errors

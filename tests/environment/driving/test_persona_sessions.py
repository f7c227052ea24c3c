"""Personas of one process act each as themselves, in both modes, on a real deployment."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from environment.driving import local
from environment.driving.process_state import cleaned_environment
from environment.driving.session import Session
from environment.driving.stage import Stage, open_stage
from environment.errors import SuiteError
from environment.modes import Mode
from environment.people.personas import CAST
from environment.targets.embedded import EmbeddedTarget

# The product's own session is closed by nobody; that is not judged here.
pytestmark = [
    pytest.mark.usefixtures("product", "clean_environment"),
    pytest.mark.filterwarnings("ignore:Unclosed:ResourceWarning"),
]

WHO = "query { me { name } }"


@pytest.fixture
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What the sessions' plugin does for a run."""
    cleaned = cleaned_environment(dict(os.environ))
    for name in set(os.environ) - set(cleaned):
        monkeypatch.delenv(name)
    for name, value in cleaned.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HOME", str(tmp_path / "nobody"))


@pytest.fixture(params=list(Mode), ids=str)
def stage(request: pytest.FixtureRequest, embedded: EmbeddedTarget, tmp_path: Path) -> Iterator[Stage]:
    with open_stage(embedded, request.param, tmp_path) as opened:
        yield opened


def name_at_registry(session: Session) -> str:
    return str(session.ops.execute_graphql_query(WHO)["data"]["me"]["name"])


@pytest.mark.slow
def test_each_acts_as_themselves_whoever_acted_before(stage: Stage, embedded: EmbeddedTarget) -> None:
    sessions = [stage.session(persona.name) for persona in CAST]
    for session in sessions:
        session.sign_in()

    for session in [*sessions, *reversed(sessions)]:
        assert name_at_registry(session) == session.user_name
    assert len({session.user_name for session in sessions}) == len(CAST)


def test_who_has_not_signed_in_is_nobody_beside_somebody_who_has(stage: Stage) -> None:
    stage.session("Ada").sign_in()
    assert name_at_registry(stage.session("Ada"))
    stage.session("Dana").introduce("a data scientist")

    with pytest.raises(Exception, match=r"(?i)auth|token|session|log|credential|401"):
        name_at_registry(stage.session("Dana"))


def test_who_is_not_introduced_is_signed_in(stage: Stage) -> None:
    assert name_at_registry(stage.session("Dana")) == stage.session("Dana").user_name


def test_nothing_of_a_session_outlives_its_stage(embedded: EmbeddedTarget, tmp_path: Path) -> None:
    for mode in Mode:
        environment = dict(os.environ)
        with open_stage(embedded, mode, tmp_path / mode / "first") as first:
            first.session("Ada").sign_in()
            assert name_at_registry(first.session("Ada"))
        assert dict(os.environ) == environment
        with (
            open_stage(embedded, mode, tmp_path / mode / "second") as second,
            pytest.raises(Exception, match=r"(?i)auth|token|session|log|credential|401"),
        ):
            second.session("Ada").introduce("an administrator")
            name_at_registry(second.session("Ada"))


def test_one_who_signs_in_anew_in_the_other_mode_does_not_disturb_the_first(stage: Stage) -> None:
    here, there = stage.session("Dana"), stage.session_in(stage.mode.other, "Lee")
    here.sign_in()
    there.sign_in()

    assert name_at_registry(there) == there.user_name
    assert name_at_registry(here) == here.user_name
    assert os.environ["QUILT_MULTIUSER_MODE"] == str(stage.mode is Mode.MULTIUSER).lower()


def test_a_pronoun_means_who_was_named_last(stage: Stage) -> None:
    dana, lee, ada = (stage.session(name) for name in ("Dana", "Lee", "Ada"))

    assert (stage.session("she"), stage.session("he")) == (ada, lee)
    assert stage.session("Dana") is dana
    assert stage.session("her") is dana


def test_a_pronoun_of_nobody_is_told(stage: Stage) -> None:
    with pytest.raises(SuiteError, match="'it' means: it can only mean Sam, who was not named before"):
        stage.session("it")


def test_somebody_described_as_somebody_else_is_told(stage: Stage) -> None:
    with pytest.raises(SuiteError, match="Dana is a data scientist"):
        stage.session("Dana").introduce("a reviewer")


def test_an_unknown_persona_is_told_with_the_nearest(stage: Stage) -> None:
    with pytest.raises(SuiteError, match=r'the persona "Danna": there is none\. Did you mean "Dana"\? known: Ada'):
        stage.session("Danna")


def test_a_sentence_that_names_nobody_means_who_was_named_last_also_by_a_pronoun(stage: Stage) -> None:
    with pytest.raises(SuiteError, match="nobody was named before"):
        _ = stage.last_named
    dana = stage.session("Dana")
    stage.session("Lee")
    assert stage.last_named.name == "Lee"
    stage.session("she")
    assert stage.last_named is dana


def test_one_and_the_same_in_both_modes_is_told_apart_by_name(stage: Stage) -> None:
    assert stage.session("Dana").name == "Dana"
    assert stage.session_in(stage.mode.other, "Dana").name == "Dana in the other mode"


def _left(home: Path) -> dict[str, tuple[int, bytes]]:
    """Mode and content of what lies below a home, with the home taken out."""
    files = [path for path in home.rglob("*") if path.is_file()]
    return {
        str(path.relative_to(home)): (path.stat().st_mode, path.read_bytes().replace(bytes(home), b"HOME"))
        for path in files
    }


def test_who_is_signed_in_has_what_signing_in_leaves_and_asks_nobody_for_it(
    embedded: EmbeddedTarget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_stage(embedded, Mode.LOCAL, tmp_path / "first") as first:
        first.session("Ada").be_signed_in()
        first.session("Dana").be_signed_in()
    before = len(embedded.control.journal()) if embedded.control else 0
    with open_stage(embedded, Mode.LOCAL, tmp_path / "second") as second:
        for name in ("Ada", "Dana"):
            second.session(name).be_signed_in()
        assert embedded.control and len(embedded.control.journal()) == before
        for name in ("Ada", "Dana"):
            session = second.session(name)
            assert name_at_registry(session) == session.user_name
            assert session.ops.list_buckets()
    homes = [sorted((tmp_path / each).rglob("auth.json")) for each in ("first", "second")]
    one, other = ([_left(path.parents[3]) for path in those] for those in homes)
    assert len(one) == 2 and one == other

    monkeypatch.setattr(local, "_KEPT_SECONDS", 0.0)
    with open_stage(embedded, Mode.LOCAL, tmp_path / "third") as third:
        third.session("Ada").be_signed_in()
    assert len(embedded.control.journal()) > before

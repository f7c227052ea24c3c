"""Workflows: what a bucket demands of the packages in it, and which of its workflows a package has passed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest
from pytest_bdd import given, then

from environment.arrangement.workflows import CONFIGURATION, WorkflowArranger
from environment.driving.packages import METADATA_TYPES, PackageRevision
from environment.gherkin.names import NounKind
from environment.gherkin.references import parse, register
from environment.gherkin.step_arguments import Rows, columns
from environment.gherkin.things import NAMED, ThingMention, World
from steps.kinds import TYPE

Workflows = Callable[[str], WorkflowArranger]
WORKFLOW = NounKind("Workflow", "workflow", lambda thing, request: thing.name)
NEW_WORKFLOW = NounKind("NewWorkflow", "workflow", lambda thing, request: thing.name, brings=True, names=r"[\w-]+")
_THAT = rf"has a(?:nother)? workflow {NAMED} that "


@dataclass(frozen=True)
class OfWorkflowMention:
    """The words of a sentence that say which of a bucket's workflows has a rule, or nothing."""

    text: str

    def _workflow(self) -> ThingMention | None:
        named = re.search(NAMED, self.text)
        return ThingMention(NEW_WORKFLOW, f"the workflow {named[0]}") if named else None

    def follow(self, world: World) -> None:
        """Bring the workflow in; raises MeaningError."""
        if mention := self._workflow():
            mention.follow(world)

    def resolve(self, request: pytest.FixtureRequest) -> str:
        """Return its name, "" for the default one."""
        mention = self._workflow()
        return str(mention.resolve(request)) if mention else ""

    def __repr__(self) -> str:
        return self.text


@dataclass(frozen=True)
class OfWorkflowKind:
    """Which of a bucket's workflows has a rule, in the words of `OfWorkflowMention`."""

    name: str = "OfWorkflow"

    @property
    def pattern(self) -> str:
        """The words that say it."""
        return f"(?:{_THAT})?"

    def convert(self, text: str) -> OfWorkflowMention:
        """Return the mention that the words make."""
        return OfWorkflowMention(text)

    def choices(self) -> Sequence[str]:
        """Return how it is said."""
        return ("", 'has a workflow "clinical" that ', 'has another workflow "draft" that ')


register(WORKFLOW, OfWorkflowKind())

# --- what a bucket demands --------------------------------------------------------------------------------------------


@given(parse("the {bucket:WritableBucket} bucket has a workflow that allows promotion within it"))
def promotion_is_allowed(bucket: str, workflows: Workflows) -> None:
    """A workflow with which files can be copied into the bucket: in multiuser mode that is a promotion within it."""
    workflows(bucket).allow_copies_within()


@given(parse("the {bucket:WritableBucket} bucket {workflow:OfWorkflow}requires this metadata of every package:"))
@columns("field", optional=("allowed values", "type"), cells={"type": TYPE})
def metadata_are_required(bucket: str, workflow: str, datatable: Rows, workflows: Workflows) -> None:
    """Every package needs these fields; separate allowed values by commas, or leave it empty to allow any value.

    A type holds for the value whatever values are allowed.

    The bucket's default workflow requires them. If workflows have names, that is the one named first.
    """
    fields = {row["field"]: row.get("allowed values", "") for row in datatable}
    types = {row["field"]: METADATA_TYPES[row["type"]] for row in datatable if row.get("type")}
    workflows(bucket).require_metadata(fields, workflow, types)


@given(parse('the {bucket:WritableBucket} bucket {workflow:OfWorkflow}requires a file "{name:Text}" in every package'))
def file_is_required(bucket: str, workflow: str, name: str, workflows: Workflows) -> None:
    """The workflow, or the bucket's default one, refuses packages without a file of this name at their top."""
    workflows(bucket).require_file(name, workflow)


@given(
    parse(
        "the {bucket:WritableBucket} bucket {workflow:OfWorkflow}"
        + 'requires that package names begin with "{start:Text}"'
    )
)
def names_are_required(bucket: str, workflow: str, start: str, workflows: Workflows) -> None:
    """The workflow, or the bucket's default one, refuses other names; what counts is the part after the namespace."""
    workflows(bucket).require_names(start, workflow)


# --- what a package has passed ----------------------------------------------------------------------------------------


@then(parse("{revision:Revision} has passed {workflow:Workflow}"))
def has_passed(revision: PackageRevision, workflow: str) -> None:
    """The revision's manifest in S3 records this workflow, of the bucket that the package is in."""
    recorded = revision.published().workflow or {}
    passed = f'the workflow "{recorded["id"]}"' if recorded.get("id") else "no workflow"
    assert recorded.get("id") == workflow, f'the {revision.package} has passed {passed}, not the workflow "{workflow}"'
    place, wanted = str(recorded.get("config")), f"s3://{revision.package.bucket}/{CONFIGURATION}"
    assert place.partition("?")[0] == wanted, f"the workflow is that of {place}, not of {wanted}"

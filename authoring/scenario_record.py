"""What one scenario did, as data: its steps, the product's calls in each, and what the suite itself made before.

`authoring.recording` writes it while the scenario runs; entries of the ledger and reproductions are made of it.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from environment.gherkin.records import ScenarioRecord, ScenarioStep
from environment.modes import Mode
from environment.record import Record
from reports.outcomes import Failure


class ProductCall(Record):
    """A call of the product. Arguments are plain data without secrets; what is none is its representation."""

    event: Literal["call"] = "call"
    actor: str
    interface: str
    mode: Mode
    signed_in: bool
    operation: str
    arguments: tuple[Any, ...]
    named_arguments: dict[str, Any]
    failure: Failure | None = None
    returned: str = ""


class StoredObject(Record):
    """An object that the suite put into S3; `whole` says whether the content is all of it. Content is Latin-1."""

    event: Literal["object"] = "object"
    bucket: str
    key: str
    content: str
    whole: bool


class RegistryRequest(Record):
    """A mutation that the suite sent to the registry as its administrator."""

    event: Literal["mutation"] = "mutation"
    query: str
    variables: dict[str, Any]


class OtherRequest(Record):
    """Anything else by which the suite changed something: faults, clocks, mail, AWS."""

    event: Literal["request"] = "request"
    method: str
    url: str
    operation: str | None


Event = Annotated[ProductCall | StoredObject | RegistryRequest | OtherRequest, Field(discriminator="event")]


class RecordedStep(Record):
    """A sentence and what happened in it. failure: why it does not hold; cause: the product's own error behind that."""

    sentence: ScenarioStep
    failure: Failure | None = None
    cause: Failure | None = None
    events: tuple[Event, ...] = ()

    @property
    def calls(self) -> tuple[ProductCall, ...]:
        """The product's calls in it."""
        return tuple(each for each in self.events if isinstance(each, ProductCall))


class RecordedScenario(Record):
    """A scenario that ran; nodeid: of pytest's item."""

    nodeid: str
    scenario: ScenarioRecord
    product_version: str
    steps: tuple[RecordedStep, ...]

    @property
    def failed(self) -> tuple[RecordedStep, ...]:
        """The sentences that do not hold."""
        return tuple(each for each in self.steps if each.failure is not None)

"""Rules that break answers on purpose: which requests they hit, what happens to them, how often.

The rules are data; `fault_middleware` carries them out on the wire. A request is compared with the rules in the order
in which they were set. Every latency that hits is waited for; the first rule of another kind decides the answer.
"""

from __future__ import annotations

import re
import threading
import uuid
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from quilt_stack.wire.client_process import has_connection


class Surface(StrEnum):
    """The three origins on which clients meet a deployment."""

    AWS = "aws"
    CATALOG = "catalog"
    REGISTRY = "registry"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Status(_Part):
    """Answer with a status instead of doing what was asked; without a body, with the usual one of the surface.

    ``after_work`` is how a gateway answers that loses what the service says: all is done, and nobody learns so.
    """

    kind: Literal["status"] = "status"
    code: int = Field(ge=200, le=599)
    after_work: bool = False
    headers: dict[str, str] = Field(default_factory=dict)
    body: str | None = None


class Latency(_Part):
    """Wait before doing what was asked; the wait ends early when the rule is taken out or the deployment stops."""

    kind: Literal["latency"] = "latency"
    seconds: float = Field(gt=0, le=600)


class Reset(_Part):
    """Close the TCP connection with RST: at once, or after so many bytes of the answer's body."""

    kind: Literal["reset"] = "reset"
    after_bytes: int | None = Field(default=None, ge=0)


class Truncate(_Part):
    """Do what was asked, promise the whole body, send so many bytes of it, then close the connection."""

    kind: Literal["truncate"] = "truncate"
    after_bytes: int = Field(default=0, ge=0)


class Malformed(_Part):
    """Answer 200 with a body that is not what the content type says, instead of doing what was asked."""

    kind: Literal["malformed"] = "malformed"
    body: str = '{"unfinished": ['


class Answer(_Part):
    """Answer a GraphQL operation with this data, of which only what the document asks for is sent; nothing is done."""

    kind: Literal["answer"] = "answer"
    data: dict[str, Any]


Action = Annotated[Status | Latency | Reset | Truncate | Malformed | Answer, Field(discriminator="kind")]


class FaultRule(_Part):
    """Which requests to break, and how.

    ``path`` is a regular expression searched in the path with its query; ``graphql_operation`` is the name of the
    GraphQL operation; ``client_process`` is the id of the process on this machine that sends the request (None: whoever
    sends it), ``its_children`` whether those that it started count, too; ``spared_user_agent`` is the User-Agent of a
    test's own observer, which is let through; ``count`` is how many requests are hit (None: all), after ``skip``
    fitting ones were let through.
    """

    surface: Surface
    action: Action
    method: str | None = None
    path: str = ""
    graphql_operation: str | None = None
    client_process: int | None = Field(default=None, ge=1)
    its_children: bool = False
    spared_user_agent: str | None = Field(default=None, min_length=1)
    count: int | None = Field(default=1, ge=1)
    skip: int = Field(default=0, ge=0)
    # Decision: requests with the operator's AWS keys are spared unless a rule says so: the registry's own calls and an
    # observer's would otherwise use up a rule that is counted for the client under test.
    operator_too: bool = False

    @field_validator("path")
    @classmethod
    def _compiles(cls, path: str) -> str:
        try:
            re.compile(path)
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from error
        return path

    @model_validator(mode="after")
    def _graphql_is_the_registrys(self) -> FaultRule:
        graphql = self.graphql_operation is not None or isinstance(self.action, Answer)
        if graphql and self.surface is not Surface.REGISTRY:
            raise ValueError("graphql_operation and answers are for rules on the registry")
        return self


class Request(_Part):
    """What rules are compared with."""

    surface: Surface
    method: str
    target: str
    graphql_operation: str | None = None
    client_port: int = 0
    server_port: int = 0
    user_agent: str = ""
    by_operator: bool = False


class SetFault(BaseModel):
    """A rule that is in force: ``matched`` counts the requests it fitted, ``applied`` the ones it broke."""

    id: str
    rule: FaultRule
    matched: int = 0
    applied: int = 0

    def fits(self, request: Request) -> bool:
        """Whether the rule speaks of this request."""
        rule = self.rule
        return (
            rule.surface is request.surface
            and (rule.operator_too or not request.by_operator)
            and rule.spared_user_agent != request.user_agent
            and (rule.method is None or rule.method.upper() == request.method)
            and (rule.graphql_operation is None or rule.graphql_operation == request.graphql_operation)
            and re.search(rule.path, request.target) is not None
            and (
                rule.client_process is None
                or has_connection(
                    rule.client_process, request.client_port, request.server_port, with_children=rule.its_children
                )
            )
        )

    def take(self) -> bool:
        """Count a fitting request; whether the rule breaks it."""
        self.matched += 1
        due = self.matched > self.rule.skip and (self.rule.count is None or self.applied < self.rule.count)
        self.applied += due
        return due


class Faults:
    """The rules in force; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Condition()
        self._closed = False
        self._set: list[SetFault] = []

    def set(self, rule: FaultRule) -> SetFault:
        """Put a rule in force, after the ones already there."""
        fault = SetFault(id=uuid.uuid4().hex[:12], rule=rule)
        with self._lock:
            self._set.append(fault)
            return fault.model_copy()

    def list(self) -> list[SetFault]:
        """The rules in force with their counts, spent ones included."""
        with self._lock:
            return [fault.model_copy() for fault in self._set]

    def remove(self, fault_id: str) -> None:
        """Take one rule out.

        Raises:
            KeyError: if no rule has this id.
        """
        with self._lock:
            remaining = [fault for fault in self._set if fault.id != fault_id]
            if len(remaining) == len(self._set):
                raise KeyError(fault_id)
            self._set = remaining
            self._lock.notify_all()

    def clear(self) -> None:
        """Take every rule out."""
        with self._lock:
            self._set = []
            self._lock.notify_all()

    def close(self) -> None:
        """End every latency, because the deployment stops."""
        with self._lock:
            self._closed = True
            self._lock.notify_all()

    def wait(self, latency: Latency) -> None:
        """Wait as long as a latency that `take` gave says, and no longer than its rule is in force."""
        with self._lock:
            self._lock.wait_for(lambda: self._closed or not self._has(latency), latency.seconds)

    def take(self, request: Request) -> tuple[Action, ...]:
        """What happens to this request: its latencies, then at most one action of another kind."""
        actions: list[Action] = []
        with self._lock:
            for fault in self._set:
                if fault.fits(request) and fault.take():
                    actions.append(fault.rule.action)
                    if not isinstance(fault.rule.action, Latency):
                        break
        return tuple(actions)

    def _has(self, action: Action) -> bool:
        return any(fault.rule.action is action for fault in self._set)

    def __bool__(self) -> bool:
        with self._lock:
            return bool(self._set)

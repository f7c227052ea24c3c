"""How a rule of the registry says no: typed refusals that the GraphQL layer turns into the published error shapes."""

from __future__ import annotations

from dataclasses import dataclass, field


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """Base of every refusal; a refused change is rolled back as a whole."""


@dataclass(frozen=True)
class InvalidValue:
    """One refused input: where it stood, the published name of the error, what is wrong (registry facts 3.1)."""

    path: str
    name: str
    message: str
    context: dict[str, object] | None = field(default=None)


class InvalidInputRefusal(Refusal):
    """Input that breaks a rule; answered as ``InvalidInput``."""

    def __init__(self, *values: InvalidValue) -> None:
        super().__init__("; ".join(f"{value.path}: {value.message}" for value in values))
        self.values = values

    @classmethod
    def at(cls, path: str, name: str, message: str, context: dict[str, object] | None = None) -> InvalidInputRefusal:
        """Refuse a single value."""
        return cls(InvalidValue(path, name, message, context))


class OperationRefusal(Refusal):
    """An operation that is not allowed as things stand; answered as ``OperationError``."""

    def __init__(self, name: str, message: str, context: dict[str, object] | None = None) -> None:
        super().__init__(message)
        self.name = name
        self.message = message
        self.context = context


class NamedRefusal(Refusal):
    """A refusal that the schema answers with a result member of its own, such as ``RoleNameExists``."""

    def __init__(self, member: str, message: str) -> None:
        super().__init__(message)
        self.member = member
        self.message = message

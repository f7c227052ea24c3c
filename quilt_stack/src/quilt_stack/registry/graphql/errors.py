"""Error types that mutations answer with, and the refusal of administrators' fields (registry facts 3.1).

Decision: some members of the published unions have no rule that leads to them: OperationError of creating and changing
policies, of the SSO configuration and, for administrators, of tables; InvalidInput where there is no input but a name
or a yes; RoleHasTooManyPoliciesToAttach of unmanaged roles, which have none (open: registry facts 3.3, 3.4, 3.5).
"""

from __future__ import annotations

import strawberry
from graphql import GraphQLError

from quilt_stack.registry.graphql.scalars import JsonRecord
from quilt_stack.registry.refusals import InvalidInputRefusal, OperationRefusal


@strawberry.type
class InputError:
    """One refused value of the input."""

    path: str | None
    message: str
    name: str
    context: JsonRecord | None = None


@strawberry.type
class InvalidInput:
    """The input breaks a rule; nothing was changed."""

    errors: list[InputError]

    @classmethod
    def of(cls, refusal: InvalidInputRefusal) -> InvalidInput:
        """Give a refusal its GraphQL shape."""
        return cls(
            errors=[
                InputError(
                    path=value.path,
                    message=value.message,
                    name=value.name,
                    context=None if value.context is None else JsonRecord(value.context),
                )
                for value in refusal.values
            ]
        )


@strawberry.type
class OperationError:
    """The operation is not allowed or not possible as things stand; nothing was changed."""

    message: str
    name: str
    context: JsonRecord | None = None

    @classmethod
    def of(cls, refusal: OperationRefusal) -> OperationError:
        """Give a refusal its GraphQL shape."""
        context = None if refusal.context is None else JsonRecord(refusal.context)
        return cls(message=refusal.message, name=refusal.name, context=context)


@strawberry.type
class Ok:
    """Done, nothing to report."""

    placeholder: bool | None = strawberry.field(name="_", default=None)


def refusal_result(refusal: InvalidInputRefusal | OperationRefusal) -> InvalidInput | OperationError:
    """The union member that answers a refusal."""
    return InvalidInput.of(refusal) if isinstance(refusal, InvalidInputRefusal) else OperationError.of(refusal)


class PermissionRefused(GraphQLError):  # noqa: N818 - a refusal, not a defect
    """A field that needs more rights than the caller has.

    Decision: HTTP 200, the error's message contains "permission" and its extensions carry the code FORBIDDEN; null
    propagation does the rest (open: registry facts 3.1, 10.2).
    """

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} needs administrator permission: sign in as an administrator or ask one to do it.",
            extensions={"code": "FORBIDDEN"},
        )


class UnknownIdentifier(GraphQLError):  # noqa: N818 - a refusal, not a defect
    """An id that does not exist, in a mutation whose result type has no member to say so."""

    def __init__(self, message: str) -> None:
        super().__init__(message, extensions={"code": "NOT_FOUND"})


@strawberry.type
class Marker:
    """A result that says all by its type."""

    placeholder: bool | None = strawberry.field(name="_", default=None)

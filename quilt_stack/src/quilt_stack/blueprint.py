"""What a deployment holds when it opens: buckets, policies, roles and users.

A blueprint is data (YAML or JSON). Without one a deployment is a fresh stack (registry facts 4):
the two reserved roles, no policies, one administrator.
"""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from quilt_stack.input_files import read_file, validate

FIRST_ADMINISTRATOR = "admin"
"""User name of the administrator whom a stack without users of its own begins with."""


class Permission(StrEnum):
    """Level of a managed policy on one bucket (registry facts 4)."""

    READ = "READ"
    READ_WRITE = "READ_WRITE"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class BucketBlueprint(_Part):
    """An S3 bucket; ``registered`` ones are also added to the registry."""

    name: str
    title: str = ""
    region: str = ""
    versioned: bool = True
    registered: bool = True
    browsable: bool = True
    relevance_score: int = 0
    tags: dict[str, str] = Field(default_factory=dict)


class PolicyBlueprint(_Part):
    """A managed policy: bucket name to permission level."""

    title: str
    permissions: dict[str, Permission]


class RoleBlueprint(_Part):
    """A managed role with the titles of its policies, or an unmanaged one with an ARN."""

    name: str
    policies: list[str] = Field(default_factory=list)
    arn: str | None = None


class UserBlueprint(_Part):
    """A user who exists from the start; a service user signs in with a token alone."""

    name: str
    email: str
    role: str
    extra_roles: list[str] = Field(default_factory=list)
    admin: bool = False
    service: bool = False
    password: SecretStr | None = None


class Blueprint(_Part):
    """The whole opening state."""

    buckets: list[BucketBlueprint] = Field(default_factory=list)
    policies: list[PolicyBlueprint] = Field(default_factory=list)
    roles: list[RoleBlueprint] = Field(default_factory=list)
    users: list[UserBlueprint] = Field(default_factory=list)
    default_role: str | None = None

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a blueprint file (YAML or JSON).

        Raises:
            UnusableFileError: if it cannot be read, a key is unknown or a value has the wrong shape.
        """
        return validate(cls, read_file(path), path)

    def with_passwords(self) -> str:
        """The blueprint as JSON, its passwords in clear: for a file that only its owner can read."""
        content = self.model_dump(mode="json")
        for user, source in zip(content["users"], self.users, strict=True):
            user["password"] = source.password.get_secret_value() if source.password else None
        return json.dumps(content)

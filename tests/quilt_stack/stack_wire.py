"""The deployment that the wire's tests share: what it holds and who its users are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import requests

from quilt_stack.blueprint import Blueprint
from quilt_stack.running import RunningDeployment

OPEN_BUCKET, CLOSED_BUCKET = "open-bucket", "closed-bucket"
ADMINISTRATOR, WRITER, READER, SERVICE = "ada", "dana", "lee", "sam"


@dataclass(frozen=True)
class WireDeployment:
    """A running deployment with the users of `wire_blueprint`; ``start_seconds`` is what its start took."""

    running: RunningDeployment
    passwords: dict[str, str] = field(repr=False)
    start_seconds: float

    def token(self, user: str) -> str:
        """A fresh token: by signing in, or from the control port for the service user."""
        if user not in self.passwords:
            return self.running.control.issue_token(user)
        body = {"username": user, "password": self.passwords[user]}
        answer = requests.post(f"{self.running.registry_url}/api/login", json=body, timeout=10)
        answer.raise_for_status()
        return str(answer.json()["token"])

    def headers(self, user: str) -> dict[str, str]:
        """The header that identifies a user, with a fresh token that cost no sign-in."""
        return {"Authorization": f"Bearer {self.running.control.issue_token(user)}"}

    def graphql(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data with which the registry answers an administrator."""
        answer = requests.post(
            f"{self.running.registry_url}/graphql",
            json={"query": query, "variables": variables},
            headers=self.headers(ADMINISTRATOR),
            timeout=30,
        ).json()
        assert "errors" not in answer, answer["errors"]
        return dict(answer["data"])


def wire_blueprint(passwords: dict[str, str]) -> Blueprint:
    """Two buckets, a role that writes to both and one that reads the open one, four users."""
    roles = {ADMINISTRATOR: "writer", WRITER: "writer", READER: "reader", SERVICE: "writer"}
    both = {OPEN_BUCKET: "READ_WRITE", CLOSED_BUCKET: "READ_WRITE"}
    content = {
        "buckets": [{"name": OPEN_BUCKET, "title": "Open"}, {"name": CLOSED_BUCKET, "title": "Closed"}],
        "policies": [
            {"title": "write both", "permissions": both},
            {"title": "read open", "permissions": {OPEN_BUCKET: "READ"}},
        ],
        "roles": [{"name": "writer", "policies": ["write both"]}, {"name": "reader", "policies": ["read open"]}],
        "users": [
            {
                "name": name,
                "email": f"{name}@example.org",
                "role": role,
                "admin": name == ADMINISTRATOR,
                "service": name == SERVICE,
                "password": passwords.get(name),
            }
            for name, role in roles.items()
        ],
        "default_role": "reader",
    }
    return Blueprint.model_validate(content)

"""What somebody does with their own account in a browser, over the registry's REST API (registry facts 1.3).

The password is chosen through the link of a mail, so an embedded deployment with its mailbox is needed.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import boto3
import requests

from environment.errors import SuiteError
from environment.people.names import Person
from environment.secrecy.redaction import register_secret
from environment.targets.target import Target
from quilt_stack import Mail

_ANSWER_LIMIT_SECONDS = 30


@dataclass(frozen=True)
class Answer:
    """An answer of the registry: its status, and its body if that is JSON."""

    status: int
    body: dict[str, Any]

    @property
    def accepted(self) -> bool:
        """Whether the registry did what was asked."""
        return self.status == HTTPStatus.OK

    @property
    def refused(self) -> bool:
        """Whether the registry does not let them in: 401, or 403 as its public ancestor said (registry facts 2.1)."""
        return self.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}


class AccountHolder:
    """A person with an account.

    Attributes:
        person: who that is; ``person.email`` is the address at which they read mails.
        user_name: the registry's name for them.
    """

    def __init__(self, target: Target, person: Person) -> None:
        self._target = target
        self._passwords: list[str] = []
        self._token: str | None = None
        self.person = person
        self.user_name = person.user_name

    def token(self) -> str:
        """Sign in, with a password chosen through the last mail if there is none yet.

        Raises:
            SuiteError: on a live deployment, whose mails nobody reads, or if the registry lets them not in.
        """
        self.have_password()
        answer = self.sign_in()
        if not answer.accepted:
            raise SuiteError(
                f"Signed in as {self.person.display_name}", f"the registry answered {answer.status}", str(answer.body)
            )
        return self.last_token

    def have_password(self) -> None:
        """Choose a password through the last mail, if there is none yet.

        Raises:
            SuiteError: on a live deployment, whose mails nobody reads; if no mail came, or the registry refuses it.
        """
        if not self._passwords:
            self.choose_password()

    @property
    def last_token(self) -> str:
        """The token of the last sign-in, whether it is still good or not.

        Raises:
            SuiteError: if they never signed in.
        """
        if self._token is None:
            raise SuiteError(
                f"Looked for the token of {self.person.display_name}", "they never signed in", "Sign them in first"
            )
        return self._token

    def mails(self, address: str | None = None) -> list[Mail]:
        """Mails at their address, or at another one of theirs, oldest first.

        Raises:
            SuiteError: on a live deployment, whose mails nobody reads.
        """
        control = self._target.require_control(f"Read the mails to {self.person.display_name}")
        return control.mails(address or self.person.email)

    def choose_password(self, address: str | None = None) -> None:
        """Choose a new password through the link of the last mail.

        Raises:
            SuiteError: on a live deployment; if there is no mail with a link, or the registry refuses the link.
        """
        links = [link for mail in self.mails(address) for link in mail.links]
        tried = f"Chose a password for {self.person.display_name}"
        if not links:
            raise SuiteError(tried, "no mail with a link came", "Look at the deployment's log")
        password = secrets.token_urlsafe(24)
        register_secret(password)
        link = links[-1].rsplit("/", 1)[1]
        register_secret(link)
        answer = self._call("POST", "change_password", {"link": link, "password": password})
        if not answer.accepted:
            raise SuiteError(tried, f"the registry answered {answer.status}", str(answer.body))
        self._passwords.append(password)

    def sign_in(self, user_name: str | None = None, *, first_password: bool = False) -> Answer:
        """Sign in with the last password, or the first; with an e-mail address for the user name if one is given.

        Raises:
            SuiteError: if no password was ever chosen, so that a refusal would mean nothing.
        """
        if not self._passwords:
            raise SuiteError(
                f"Signed in as {self.person.display_name}",
                "they have no password yet",
                "Let them sign in in an earlier step",
            )
        password = self._passwords[0 if first_password else -1]
        answer = self._call("POST", "login", {"username": user_name or self.user_name, "password": password})
        return self._keep_token(answer)

    def sign_in_through_sso(self, claims: Mapping[str, object]) -> Answer:
        """Sign in through an identity provider that vouches for the e-mail address and these claims.

        Raises:
            SuiteError: on a live deployment, whose provider nobody can sign in to.
        """
        control = self._target.require_control(f"Sign {self.person.display_name} in through single sign-on")
        provider = "okta"
        code = control.sso_code({"email": self.person.email, **claims}, provider)
        register_secret(code)
        return self._keep_token(self._call("POST", "login", {"provider": provider, "code": code}))

    def refresh(self) -> Answer:
        """Ask for a new token in exchange for the last one, which is worth nothing afterwards."""
        return self._keep_token(self._call("POST", "refresh", token=self.last_token))

    def aws_credentials(self) -> Answer:
        """Ask for AWS credentials with the last token."""
        answer = self._call("GET", "auth/get_credentials", token=self.last_token)
        for name in ("SecretAccessKey", "SessionToken"):
            if name in answer.body:
                register_secret(str(answer.body[name]))
        return answer

    def s3(self) -> Any:
        """An S3 client with AWS credentials fetched now.

        Raises:
            SuiteError: if the registry gives none.
        """
        answer = self.aws_credentials()
        if not answer.accepted:
            raise SuiteError(
                f"Fetched AWS credentials as {self.user_name}",
                f"the registry answered {answer.status}",
                str(answer.body),
            )
        session = boto3.Session(
            aws_access_key_id=answer.body["AccessKeyId"],
            aws_secret_access_key=answer.body["SecretAccessKey"],
            aws_session_token=answer.body["SessionToken"],
        )
        client: Any = session.client("s3", region_name=self._target.region, endpoint_url=self._target.aws_endpoint_url)
        return client

    def _keep_token(self, answer: Answer) -> Answer:
        if answer.accepted:
            self._token = str(answer.body["token"])
            register_secret(self._token)
        return answer

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None, token: str | None = None) -> Answer:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        url = f"{self._target.registry_url}/api/{path}"
        answer = requests.request(method, url, json=body, headers=headers, timeout=_ANSWER_LIMIT_SECONDS)
        is_json = answer.headers.get("content-type", "").startswith("application/json")
        return Answer(answer.status_code, dict(answer.json()) if is_json else {})

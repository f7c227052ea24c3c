"""Calls the control port of a deployment, from another process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import requests
from pydantic import TypeAdapter

from quilt_stack.registry.conditions import Conditions
from quilt_stack.registry.mailbox import Mail
from quilt_stack.snapshot.description import NAME, Snapshot
from quilt_stack.state_files import CONTROL_TOKEN_HEADER
from quilt_stack.wire.faults import Action, FaultRule, SetFault, Surface
from quilt_stack.wire.journal import JournalEntry

_ANSWER_LIMIT_SECONDS = 10.0
_STATE_LIMIT_SECONDS = 120.0
_FAULTS = TypeAdapter(list[SetFault])
_EXCHANGES = TypeAdapter(list[JournalEntry])
_MAILS = TypeAdapter(list[Mail])
_SNAPSHOTS = TypeAdapter(list[Snapshot])


class ControlError(Exception):
    """The control port refused or could not be reached; the message says what was tried and what came back."""


class ControlClient:
    """One deployment's control port. Every method raises `ControlError` if the port refuses or does not answer."""

    def __init__(self, url: str, token: str, ca_bundle: Path | None = None) -> None:
        """``ca_bundle``: authorities to trust, where the deployment serves over TLS."""
        self.url = url
        self._ca_bundle = ca_bundle
        self.token = token
        self._headers = {CONTROL_TOKEN_HEADER: token}

    def set_fault(
        self,
        surface: Surface | str,
        action: Action,
        *,
        method: str | None = None,
        path: str = "",
        graphql_operation: str | None = None,
        client_process: int | None = None,
        its_children: bool = False,
        spared_user_agent: str | None = None,
        count: int | None = 1,
        skip: int = 0,
        operator_too: bool = False,
    ) -> SetFault:
        """Put a fault rule in force; the arguments are those of `FaultRule`.

        Raises:
            pydantic.ValidationError: if the rule makes no sense.
        """
        rule = FaultRule(
            surface=Surface(surface),
            action=action,
            method=method,
            path=path,
            graphql_operation=graphql_operation,
            client_process=client_process,
            its_children=its_children,
            spared_user_agent=spared_user_agent,
            count=count,
            skip=skip,
            operator_too=operator_too,
        )
        return self.set_rule(rule)

    def set_rule(self, rule: FaultRule) -> SetFault:
        """Put a fault rule in force that is there already, such as one of a file."""
        return SetFault.model_validate(self._call("POST", "/faults", rule.model_dump(mode="json")))

    def faults(self) -> list[SetFault]:
        """The rules in force with their counts, spent ones included."""
        return _FAULTS.validate_python(self._call("GET", "/faults"))

    def remove_fault(self, fault_id: str) -> None:
        """Take one rule out."""
        self._call("DELETE", f"/faults/{fault_id}")

    def clear_faults(self) -> None:
        """Take every rule out."""
        self._call("DELETE", "/faults")

    def clock(self) -> float:
        """The deployment's time in seconds since the epoch."""
        return float(self._call("GET", "/clock")["seconds"])

    def advance_clock(self, seconds: float) -> float:
        """Move the deployment's clock; returns its new time in seconds since the epoch."""
        return float(self._call("POST", "/clock", {"advance_seconds": seconds})["seconds"])

    def reset_clock(self) -> float:
        """Set the deployment's clock to real time; returns it in seconds since the epoch."""
        return float(self._call("DELETE", "/clock")["seconds"])

    def conditions(self) -> Conditions:
        """What the stack depends on, as it stands."""
        return Conditions(**self._call("GET", "/conditions"))

    def set_conditions(
        self, *, subscription_valid: bool | None = None, mail_accepted: bool | None = None
    ) -> Conditions:
        """Change what the stack depends on; what is not given stays."""
        body = {"subscription_valid": subscription_valid, "mail_accepted": mail_accepted}
        return Conditions(**self._call("PUT", "/conditions", body))

    def mails(self, recipient: str | None = None) -> list[Mail]:
        """Mails that the deployment sent, to one address or to all, oldest first."""
        query = {} if recipient is None else {"recipient": recipient}
        return _MAILS.validate_python(self._call("GET", "/mails", query=query))

    def journal(
        self,
        *,
        surface: Surface | str | None = None,
        client_ports: Iterable[int] = (),
        since: float | None = None,
        until: float | None = None,
        after: int = 0,
        limit: int | None = None,
        all_answers: bool = False,
    ) -> list[JournalEntry]:
        """Exchanges in the order in which they ended; the filters are those of `Journal.exchanges`."""
        filters: dict[str, Any] = {
            "surface": None if surface is None else Surface(surface).value,
            "client_port": sorted(client_ports),
            "since": since,
            "until": until,
            "after": after,
            "limit": limit,
            "all_answers": all_answers or None,
        }
        query = {name: value for name, value in filters.items() if value is not None}
        return _EXCHANGES.validate_python(self._call("GET", "/journal", query=query))

    def indexing_delay(self) -> float:
        """Seconds between an S3 event and the moment search finds it."""
        return float(self._call("GET", "/indexing/delay")["seconds"])

    def set_indexing_delay(self, seconds: float) -> None:
        """Change the indexing delay for the events to come."""
        self._call("PUT", "/indexing/delay", {"seconds": seconds})

    def wait_until_indexed(self, timeout_seconds: float = 30.0) -> None:
        """Return when search has caught up with S3.

        Raises:
            ControlError: if it has not in time.
        """
        body = {"timeout_seconds": timeout_seconds}
        self._call("POST", "/indexing/wait", body, limit=timeout_seconds + _ANSWER_LIMIT_SECONDS)

    def expire_session_credentials(self) -> None:
        """End the AWS session credentials that were given out so far; the operator's keys stay good."""
        self._call("POST", "/credentials/expire")

    def purge_objects(self, bucket: str, prefix: str) -> None:
        """Delete every version of every object below a prefix, whatever IAM or a fault says."""
        self._call("POST", "/objects/purge", {"bucket": bucket, "prefix": prefix})

    def purge_package(self, bucket: str, package: str, words: str | None = None) -> None:
        """Remove a package as if it had never been: pointers, the objects under its name, and its own manifests.

        A manifest may be shared: those go whose message or metadata have the words; without words none does.
        """
        self._call("POST", "/packages/purge", {"bucket": bucket, "package": package, "words": words})

    def sso_code(self, claims: Mapping[str, object], provider: str = "okta") -> str:
        """A code of single use with which somebody of whom the claims are true signs in through a provider."""
        return str(self._call("POST", "/sso/codes", {"provider": provider, "claims": dict(claims)})["code"])

    def issue_token(self, user_name: str, lifetime_seconds: int | None = None) -> str:
        """A registry token without a sign-in; a negative lifetime gives one that is past its end."""
        body = {"user_name": user_name, "lifetime_seconds": lifetime_seconds}
        return str(self._call("POST", "/tokens", body)["token"])

    def revoke_tokens(self, user_name: str) -> None:
        """Revoke every registry token of a user."""
        self._call("POST", "/tokens/revoke", {"user_name": user_name})

    def expire_tokens(self, user_name: str) -> None:
        """Let every registry token of a user be past its end."""
        self._call("POST", "/tokens/expire", {"user_name": user_name})

    def snapshot(self, name: str) -> Snapshot:
        """Save the deployment's whole state by a name; a snapshot that has it already is replaced."""
        return Snapshot.model_validate(self._call("POST", "/snapshots", {"name": name}, limit=_STATE_LIMIT_SECONDS))

    def restore(self, snapshot: str | Path) -> Snapshot:
        """Put the state of a snapshot, by its name or from its file, in the place of the present one.

        Ports, the operator's keys and the control token stay as they are, fault rules and the journal too. Whatever is
        refused, the present state stays.
        """
        named = isinstance(snapshot, str) and NAME.fullmatch(snapshot)
        body = {"name": snapshot} if named else {"file": str(Path(snapshot).absolute())}
        return Snapshot.model_validate(self._call("POST", "/snapshots/restore", body, limit=_STATE_LIMIT_SECONDS))

    def snapshots(self) -> list[Snapshot]:
        """The snapshots that have names and can be restored here, by name."""
        return _SNAPSHOTS.validate_python(self._call("GET", "/snapshots"))

    def remove_snapshot(self, name: str) -> None:
        """Delete the snapshot of a name."""
        self._call("DELETE", f"/snapshots/{name}")

    def status(self) -> dict[str, Any]:
        """The deployment's ``pid`` and ``started_at`` (seconds since the epoch)."""
        return dict(self._call("GET", "/status"))

    def _call(
        self,
        method: str,
        path: str,
        body: Mapping[str, object] | None = None,
        *,
        query: Mapping[str, Any] | None = None,
        limit: float = _ANSWER_LIMIT_SECONDS,
    ) -> Any:
        tried = f"{method} {path} on the deployment's control port"
        try:
            # A session that ignores proxies of the environment: the port is on this machine.
            with requests.Session() as session:
                session.trust_env = False
                if self._ca_bundle is not None:
                    session.verify = str(self._ca_bundle)
                answer = session.request(
                    method, self.url + path, json=body, params=query, headers=self._headers, timeout=limit
                )
        except requests.RequestException as error:
            raise ControlError(
                f"{tried}: no answer ({type(error).__name__}). Is the deployment still running?"
            ) from error
        if not answer.ok:
            raise ControlError(f"{tried}: {answer.status_code} {_message(answer)}")
        return answer.json()


def _message(answer: requests.Response) -> str:
    try:
        return str(answer.json()["message"])
    except (ValueError, KeyError):
        return "without an explanation; the deployment's log has it"

"""The suite's own AWS access: the profile that the settings name, or what AWS's variables say."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ProfileNotFound
from typing_extensions import override

from environment.errors import SuiteError
from environment.secrecy.redaction import SHORTEST_SECRET, register_secret
from environment.settings import DESCRIBED_IN

_SET_IT = f"Set AWS_PROFILE to one of your AWS configuration; {DESCRIBED_IN} describes it"


class _RedactedSession(boto3.Session):
    """Registers the secrets with which its clients sign, also those that it gets later: a role's session is renewed.

    With the clients, not with the session: botocore's own, which fetch a role's credentials, would wait for themselves.
    """

    @override
    def client(self, *arguments: Any, **options: Any) -> Any:
        client: Any = super().client(*arguments, **options)
        client.meta.events.register("before-sign", lambda **_: self._register_secrets())
        return client

    def _register_secrets(self) -> None:
        credentials = self.get_credentials()
        if credentials is not None:
            now = credentials.get_frozen_credentials()
            found = (now.secret_key or "", now.token or "")
            register_secret(*(secret for secret in found if len(secret) >= SHORTEST_SECRET))


def open_profile(name: str | None, region: str) -> boto3.Session:
    """An AWS session of a profile; without a name, of whatever AWS's variables and configuration say.

    Raises:
        SuiteError: if there is no such profile, or the AWS configuration cannot be read.
    """
    try:
        return _RedactedSession(profile_name=name, region_name=region)
    except ProfileNotFound as error:
        # Without a name the one of the environment was looked for, which botocore's message has.
        which = "the AWS profile" if name is None else f"the AWS profile '{name}'"
        raise SuiteError(f"Opened {which}", "there is none" if name else str(error), _SET_IT) from error
    except BotoCoreError as error:
        raise SuiteError("Read the AWS configuration", str(error), _SET_IT) from error

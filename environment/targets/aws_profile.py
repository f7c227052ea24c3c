"""The suite's own AWS access: the profile that the settings name, or what AWS's variables say."""

from __future__ import annotations

import boto3
from botocore.exceptions import BotoCoreError, ProfileNotFound

from environment.errors import SuiteError
from environment.secrecy.redaction import register_secret
from environment.settings import DESCRIBED_IN

_SET_IT = f"Set AWS_PROFILE to one of your AWS configuration; {DESCRIBED_IN} describes it"


def open_profile(name: str | None, region: str) -> boto3.Session:
    """An AWS session of a profile; without a name, of whatever AWS's variables and configuration say.

    Its secrets are redacted, also those that it gets later: a session of a role is renewed.

    Raises:
        SuiteError: if there is no such profile, or the AWS configuration cannot be read.
    """
    try:
        session = boto3.Session(profile_name=name, region_name=region)
    except ProfileNotFound as error:
        # Without a name the one of the environment was looked for, which botocore's message has.
        which = "the AWS profile" if name is None else f"the AWS profile '{name}'"
        raise SuiteError(f"Opened {which}", "there is none" if name else str(error), _SET_IT) from error
    except BotoCoreError as error:
        raise SuiteError("Read the AWS configuration", str(error), _SET_IT) from error
    session.events.register("before-sign", lambda **_: _register_secrets(session))
    return session


def _register_secrets(session: boto3.Session) -> None:
    credentials = session.get_credentials()
    if credentials is not None:
        now = credentials.get_frozen_credentials()
        register_secret(*filter(None, (now.secret_key, now.token)))

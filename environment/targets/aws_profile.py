"""The suite's own AWS access: the profile that the settings name, or what AWS's variables say."""

from __future__ import annotations

import boto3
from botocore.exceptions import BotoCoreError, ProfileNotFound

from environment.errors import SuiteError
from environment.settings import DESCRIBED_IN

_SET_IT = f"Set AWS_PROFILE to one of your AWS configuration; {DESCRIBED_IN} describes it"


def open_profile(name: str | None, region: str) -> boto3.Session:
    """An AWS session of a profile; without a name, of whatever AWS's variables and configuration say.

    Raises:
        SuiteError: if there is no such profile, or the AWS configuration cannot be read.
    """
    try:
        return boto3.Session(profile_name=name, region_name=region)
    except ProfileNotFound as error:
        # Without a name the one of the environment was looked for, which botocore's message has.
        which = "the AWS profile" if name is None else f"the AWS profile '{name}'"
        raise SuiteError(f"Opened {which}", "there is none" if name else str(error), _SET_IT) from error
    except BotoCoreError as error:
        raise SuiteError("Read the AWS configuration", str(error), _SET_IT) from error

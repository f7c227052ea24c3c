"""The embedded deployment's settings as a run wants them: the defaults, or those of a file."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import ValidationError

from environment.errors import SuiteError
from quilt_stack import DeploymentSettings

_DESCRIBED_IN = "Look at quilt_stack/src/quilt_stack/settings.py, which describes them"


def deployment_settings(file: Path | None, state_directory: Path) -> DeploymentSettings:
    """The settings of a deployment with its state in that directory; ``file`` (YAML or JSON) says the rest.

    Raises:
        SuiteError: if the file cannot be read, or says something that is no setting; it names the setting.
    """
    if file is None:
        return DeploymentSettings(state_directory=state_directory)
    tried = f"Read the deployment's settings {file}"
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SuiteError(tried, error.strerror or type(error).__name__, "Give a file that can be read") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SuiteError(tried, "it is neither YAML nor JSON", _DESCRIBED_IN) from error
    if not isinstance(content, dict):
        raise SuiteError(tried, "it is no mapping of settings to values", _DESCRIBED_IN)
    try:
        return DeploymentSettings.model_validate({**content, "state_directory": state_directory})
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, part['loc']))}: {part['msg']}" for part in error.errors())
        raise SuiteError(tried, problems, _DESCRIBED_IN) from error

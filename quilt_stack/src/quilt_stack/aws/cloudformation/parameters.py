"""What a template says of its parameters holds before anything is made (AWS documentation, "Parameters")."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from moto.cloudformation.exceptions import ValidationError


def check_parameters(template: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    """Refuse values that the template does not allow, that it does not ask for, and that are missing.

    Raises:
        ValidationError: in CloudFormation's words.
    """
    declared: Mapping[str, Any] = template.get("Parameters") or {}
    if unknown := [name for name in given if name not in declared]:
        raise ValidationError(message=f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    if missing := [name for name, about in declared.items() if name not in given and "Default" not in about]:
        raise ValidationError(message=f"Parameters: [{', '.join(missing)}] must have values")
    for name, about in declared.items():
        for constraint in _broken(about, given.get(name, about.get("Default"))):
            raise ValidationError(message=_sentence(name, about, constraint))


def _sentence(name: str, about: Mapping[str, Any], constraint: str) -> str:
    if "ConstraintDescription" in about:
        return f"Parameter {name} failed to satisfy constraint: {about['ConstraintDescription']}"
    return f"Parameter '{name}' {constraint}"


def _broken(about: Mapping[str, Any], value: Any) -> Iterator[str]:
    text = str(value)
    if about["Type"] == "Number":
        if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)", text):
            yield "must be a number"
        elif float(text) < float(about.get("MinValue", "-inf")):
            yield f"must be a number not less than {about['MinValue']}"
        elif float(text) > float(about.get("MaxValue", "inf")):
            yield f"must be a number not greater than {about['MaxValue']}"
    if "AllowedValues" in about and text not in map(str, about["AllowedValues"]):
        yield f"must be one of AllowedValues: {', '.join(map(str, about['AllowedValues']))}"
    # The pattern has to match all of the value, whether or not it says so.
    if "AllowedPattern" in about and not re.fullmatch(about["AllowedPattern"], text):
        yield f"must match pattern {about['AllowedPattern']}"
    if len(text) < int(about.get("MinLength", 0)):
        yield f"must contain at least {about['MinLength']} characters"
    if "MaxLength" in about and len(text) > int(about["MaxLength"]):
        yield f"must contain at most {about['MaxLength']} characters"

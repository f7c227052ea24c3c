"""Configurations that administrators write as YAML: parsed and checked against a JSON schema, kept as sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import yaml
from jsonschema import Draft7Validator, SchemaError
from jsonschema.exceptions import ValidationError, best_match

from quilt_stack.registry.refusals import InvalidInputRefusal

# Decision: these names, and the path that does not lead into the configuration, are ours (recorded otherwise: registry
# facts 11).
INVALID_YAML = "InvalidYaml"
INVALID_CONFIGURATION = "InvalidConfig"

PATH = "config"

# What PyYAML lets through of wrong scalars: `!!bool ""`, `!!int ""`, `!!timestamp x`, 2024-13-01, endless nesting.
_LEAKED_BY_YAML = (AttributeError, LookupError, RecursionError, TypeError, ValueError)


def parse(text: str, schema: Mapping[str, Any]) -> Any:
    """Parse YAML (JSON is YAML too) and check it.

    Raises:
        InvalidInputRefusal: path ``config``; InvalidYaml, or InvalidConfig with a message that names the offending key.
    """
    value = _parse_yaml(text)
    error = best_match(Draft7Validator(schema).iter_errors(value))
    if error is not None:
        raise InvalidInputRefusal.at(PATH, INVALID_CONFIGURATION, f"{_location(error)}: {error.message}")
    return value


def require_json_schema(value: bool | Mapping[str, Any], location: str) -> None:
    """Check that a value is itself a JSON schema, draft 7.

    Raises:
        InvalidInputRefusal: path ``config``, name InvalidConfig.
    """
    try:
        Draft7Validator.check_schema(value)
    except SchemaError as error:
        message = f"{location}: not a JSON schema: {error.message}"
        raise InvalidInputRefusal.at(PATH, INVALID_CONFIGURATION, message) from None


def _parse_yaml(text: str) -> Any:
    try:
        value = yaml.safe_load(text)
        # YAML knows more than JSON (dates, keys that are no text); going through JSON finds what a schema cannot judge.
        json.dumps(value, allow_nan=False)
    except (yaml.YAMLError, *_LEAKED_BY_YAML) as error:
        message = f"Not the YAML of a configuration: {_one_line(error)}"
        raise InvalidInputRefusal.at(PATH, INVALID_YAML, message) from None
    return value


def _location(error: ValidationError) -> str:
    """The path of the offending key, also of one that is missing or must not be there."""
    return ".".join(str(part) for part in (*error.absolute_path, *_offending_key(error))) or "top level"


def _offending_key(error: ValidationError) -> list[str]:
    rule: Any = error.validator_value
    found: Any = error.instance
    schema: Any = error.schema
    if error.validator == "required":
        return [key for key in rule if key not in found][:1]
    if error.validator == "additionalProperties":
        return [str(key) for key in found if key not in schema["properties"]][:1]
    return []


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())

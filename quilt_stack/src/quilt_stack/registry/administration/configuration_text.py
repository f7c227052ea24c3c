"""Configurations that administrators write as YAML: parsed and checked against a JSON schema, kept as sent.

What a schema refuses is a ValidationError whose path leads into the configuration (registry facts 11).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml
from jsonschema import Draft7Validator, SchemaError
from jsonschema.exceptions import ValidationError

from quilt_stack.registry.refusals import InvalidInputRefusal, InvalidValue

# Decision: this name is ours (open: registry facts 5, 9.2).
INVALID_YAML = "InvalidYaml"

VALIDATION_ERROR = "ValidationError"
PATH = "config"

_ROOT = "__root__"
_TYPE_ERROR, _VALUE_ERROR = "type_error", "value_error"

# What PyYAML lets through of wrong scalars: `!!bool ""`, `!!int ""`, `!!timestamp x`, 2024-13-01, endless nesting.
_LEAKED_BY_YAML = (AttributeError, LookupError, RecursionError, TypeError, ValueError)


def parse(text: str, schema: Mapping[str, Any]) -> Any:
    """Parse YAML (JSON is YAML too) and check it.

    Raises:
        InvalidInputRefusal: InvalidYaml at ``config``; a ValidationError for each place that is wrong.
    """
    value = _parse_yaml(text)
    refused: dict[str, InvalidValue] = {}
    for error in Draft7Validator(schema).iter_errors(value):
        for found in _invalid_values(error):
            refused.setdefault(found.path, found)
    if refused:
        raise InvalidInputRefusal(*refused.values())
    return value


def require_json_schema(value: bool | Mapping[str, Any], *location: str | int) -> None:
    """Check that a value is itself a JSON schema, draft 7.

    Raises:
        InvalidInputRefusal: a ValidationError at the location.
    """
    try:
        Draft7Validator.check_schema(value)
    except SchemaError as error:
        raise refusal_at(location, f"not a JSON schema: {error.message}") from None


def refusal_at(location: Sequence[str | int], message: str) -> InvalidInputRefusal:
    """Refuse the value at one place of a configuration."""
    return InvalidInputRefusal(_invalid_value(location, message, _VALUE_ERROR))


def _parse_yaml(text: str) -> Any:
    try:
        value = yaml.safe_load(text)
        # YAML knows more than JSON (dates, keys that are no text); going through JSON finds what a schema cannot judge.
        json.dumps(value, allow_nan=False)
    except (yaml.YAMLError, *_LEAKED_BY_YAML) as error:
        message = f"Not the YAML of a configuration: {_one_line(error)}"
        raise InvalidInputRefusal.at(PATH, INVALID_YAML, message) from None
    return value


def _invalid_values(error: ValidationError) -> Iterator[InvalidValue]:
    """What one rule of a schema refuses: each key that is missing or must not be there, or the value itself."""
    rule: Any = error.validator_value
    found: Any = error.instance
    schema: Any = error.schema
    place = tuple(error.absolute_path)
    if error.validator == "required":
        for key in (key for key in rule if key not in found):
            yield _invalid_value((*place, key), "field required", _VALUE_ERROR)
    elif error.validator == "additionalProperties":
        for key in (str(key) for key in found if key not in schema["properties"]):
            yield _invalid_value((*place, key), "extra fields not permitted", _VALUE_ERROR)
    elif error.validator in ("const", "enum"):
        permitted = ", ".join(map(repr, [rule] if error.validator == "const" else rule))
        yield _invalid_value(place, f"unexpected value; permitted: {permitted}", _VALUE_ERROR)
    elif error.validator == "type" and not place:
        message = f"Config expected dict not {type(found).__name__}"
        yield _invalid_value((_ROOT,), message, _TYPE_ERROR)
    else:
        yield _invalid_value(place, error.message, _TYPE_ERROR if error.validator == "type" else _VALUE_ERROR)


def _invalid_value(location: Sequence[str | int], message: str, kind: str) -> InvalidValue:
    # Decision: what was recorded of one configuration holds for all; where no message was recorded it is ours, and the
    # type tells no more than wrong types from wrong values (open: registry facts 11).
    context: dict[str, object] = {"loc": list(location), "msg": message, "type": kind}
    return InvalidValue(".".join((PATH, *map(str, location))), VALIDATION_ERROR, message, context)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())

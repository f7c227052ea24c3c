"""Reads what people write for a deployment: its settings and its blueprint, as YAML or JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from quilt_stack.errors import UnusableFileError

_Model = TypeVar("_Model", bound=BaseModel)


def read_file(path: Path) -> dict[str, object]:
    """The mapping in a YAML or JSON file; an empty file is an empty mapping.

    Raises:
        UnusableFileError: the file cannot be read, or holds something else.
    """
    import yaml  # late, for those who read none

    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UnusableFileError(path, error.strerror or type(error).__name__) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        place = "" if mark is None else f" (line {mark.line + 1})"
        raise UnusableFileError(path, f"it is neither YAML nor JSON{place}") from None
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise UnusableFileError(path, "it is no mapping of names to values")
    return content


def validate(model: type[_Model], content: dict[str, object], path: Path) -> _Model:
    """The content of a file as a model.

    Raises:
        UnusableFileError: a name is unknown or a value has the wrong shape. Values are left out: they may be passwords.
    """
    try:
        return model.model_validate(content)
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, part['loc']))}: {part['msg']}" for part in error.errors())
        raise UnusableFileError(path, problems) from None

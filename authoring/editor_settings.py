"""What VS Code must know to recognize sentences: the words that each placeholder takes.

Its Cucumber extension takes `parse("a package in the {bucket:Bucket} bucket")` for a Cucumber Expression, with a
parameter type called `bucket:Bucket` (language service 1.7, tests/authoring/language_service).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from environment.errors import SuiteError
from environment.gherkin.references import KINDS
from environment.gherkin.vocabulary import StepDefinition

_PARAMETER_TYPES = "cucumber.parameterTypes"


def settings_of_editor(path: Path, definitions: Iterable[StepDefinition]) -> str:
    """Return the content of a settings.json of VS Code with the placeholders of these sentences; the rest stays.

    Raises:
        SuiteError: the file is no JSON (VS Code takes comments in it, this does not).
    """
    try:
        settings = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise SuiteError(f"Read {path}", f"it is no JSON: {error}", "Take comments and trailing commas out") from error
    placeholders = {(each.name, each.kind) for one in definitions for each in one.placeholders}
    settings[_PARAMETER_TYPES] = [
        {"name": f"{name}:{kind}", "regexp": KINDS[kind].pattern} for name, kind in sorted(placeholders)
    ]
    return json.dumps(settings, indent=2, ensure_ascii=False) + "\n"

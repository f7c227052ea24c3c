"""What editors must know to recognize sentences: where they lie, and the words that each placeholder takes.

VS Code's Cucumber extension and the language server of Cucumber, which PyCharm starts, are of one make: both take
`parse("a package in the {bucket:Bucket} bucket")` for a Cucumber Expression whose parameter type is called
`bucket:Bucket` (language service 1.7, tests/steps/language_service).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from environment.errors import SuiteError
from environment.gherkin.references import KINDS
from environment.gherkin.vocabulary import StepDefinition

_SECTION = "cucumber"
_PARAMETER_TYPES = f"{_SECTION}.parameterTypes"


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
    return _written(settings)


def settings_of_language_server(settings_of_vs_code: str) -> str:
    """Return the same for the language server, as PyCharm's plugin LSP4IJ imports it (settings.json of a template).

    It holds everything twice: LSP4IJ answers a question for the section `cucumber` with that key's value, but sends the
    whole when the server has started, which the server takes for the section (CucumberLanguageServer.js of 1.7.0).
    """
    settings = json.loads(settings_of_vs_code)
    prefix = f"{_SECTION}."
    section = {key.removeprefix(prefix): settings[key] for key in sorted(settings) if key.startswith(prefix)}
    return _written({**section, _SECTION: section})


def _written(settings: dict[str, Any]) -> str:
    return json.dumps(settings, indent=2, ensure_ascii=False) + "\n"

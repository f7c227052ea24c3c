"""In which order the parts of the suite are called in a run, asked of pytest's own plugin manager, for its document.

``python tests/environment/order/hook_order.py`` renews the table in docs/architecture.md.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
DOCUMENT = ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- hooks: begin -->", "<!-- hooks: end -->"
PHASES = {
    "pytest_sessionstart": "the session starts",
    "pytest_collection_modifyitems": "scenarios are collected",
    "pytest_collection_finish": "collection has ended",
    "pytest_runtestloop": "scenarios are about to run",
    "pytest_runtest_protocol": "a scenario runs, as a whole",
    "pytest_runtest_setup": "it is set up",
    "pytest_runtest_call": "its sentences run",
    "pytest_runtest_teardown": "it is undone",
    "pytest_runtest_makereport": "what came of it is put in words",
    "pytest_runtest_logreport": "it is noted in the main process",
    "pytest_sessionfinish": "the session ends",
    "pytest_terminal_summary": "the closing words",
}
OWN = ("environment", "reports", "steps")
# In a process of its own: plugins of the suite belong to a run of features, not to the one that asks.
_ASK = """
import json, sys
from _pytest.config import _prepareconfig
config = _prepareconfig(["--collect-only", "-q"])
config._do_configure()
found = {}
for hook in json.loads(sys.argv[1]):
    called = reversed(getattr(config.hook, hook).get_hookimpls())
    found[hook] = [(each.function.__module__, bool(each.wrapper or each.hookwrapper)) for each in called]
print("\\n" + json.dumps(found))
config._ensure_unconfigure()
"""


def called() -> dict[str, list[tuple[str, bool]]]:
    """For each hook the suite's modules in the order of their calls, and whether each goes around the rest."""
    command = [sys.executable, "-c", _ASK, json.dumps(list(PHASES))]
    printed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    found = json.loads(printed.splitlines()[-1])
    return {
        hook: [(module, around) for module, around in calls if module.partition(".")[0] in OWN]
        for hook, calls in found.items()
    }


def section() -> str:
    """The table for the document."""
    lines = ["| when | pytest's hook | what is called, outermost first |", "|---|---|---|"]
    for hook, calls in called().items():
        names = [f"{module} (around)" if around else module for module, around in calls]
        lines.append(f"| {PHASES[hook]} | `{hook}` | {', '.join(names)} |")
    return "\n".join([BEGIN, "", *lines, "", END])


def documented() -> str:
    """The table as the document has it."""
    text = DOCUMENT.read_text(encoding="utf-8")
    return text[text.index(BEGIN) : text.index(END) + len(END)]


if __name__ == "__main__":
    text = DOCUMENT.read_text(encoding="utf-8")
    DOCUMENT.write_text(text.replace(documented(), section()), encoding="utf-8")

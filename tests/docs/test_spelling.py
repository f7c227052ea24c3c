"""What people read is spelled in one way: British, with -ize, as the Oxford dictionaries have it."""

from __future__ import annotations

import re
import subprocess

from environment.settings import ROOT

READ = ("*.md", "*.feature", "reports/*.yaml", "*.py")
# Words that the dictionaries spell with -ize, and the American form that slips in most easily.
_STEMS = (
    "author|custom|final|general|initial|modern|normal|optim|organ|real|recogn|serial|special|standard|summar|synchron"
)
OTHERS = re.compile(rf"\b\w*(?:{_STEMS})is(?:e[ds]?|ing|ations?)\b|\bbehaviors?\b")
DATA = ("data/datasets/definitions/",)


def test_there_is_one_spelling() -> None:
    listed = subprocess.run(["git", "ls-files", *READ], cwd=ROOT, capture_output=True, text=True, check=True)
    found = [
        f"{name}:{number}: {match[0]}"
        for name in listed.stdout.split()
        if not name.startswith(DATA) and (ROOT / name).is_file()
        for number, line in enumerate((ROOT / name).read_text(encoding="utf-8").splitlines(), start=1)
        for match in OTHERS.finditer(line)
    ]
    assert found == []

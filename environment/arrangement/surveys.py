"""Many packages at once: a survey of plots that all have the same list of files."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from environment.arrangement.packages import Entry, PackageArranger
from environment.observers.storage import POINTERS
from environment.people.names import Names
from environment.targets.target import Target
from environment.undo.log import UndoLog
from environment.undo.scratch import arranged

# As many as boto3 keeps connections.
_THREADS = 8


@dataclass(frozen=True)
class Survey:
    """Packages that have a word in their names which no other package has."""

    word: str
    names: tuple[str, ...]


class SurveyArranger:
    """Makes surveys on one target, each in a namespace of its own that is undone in one go.

    The registry makes one revision. The other packages are pointers to it, which is what a package is in S3
    (registry facts 7.1): a hundred calls of the registry would take ten times as long.
    """

    def __init__(self, target: Target, packages: PackageArranger, undo: UndoLog) -> None:
        self._target = target
        self._packages = packages
        self._undo = undo

    def make(self, count: int, names: Names) -> Survey:
        """Packages of one small file; search may not know them yet.

        Raises:
            SuiteError: the registry refuses.
        """
        word = f"survey{secrets.token_hex(4)}"
        name = names.package_name(word)
        survey = Survey(word, tuple(f"{name}-{number}" for number in range(count)))
        packages = self._target.buckets.packages
        for prefix in (arranged(name), f"{POINTERS}{name}-"):
            self._undo.book("objects", f"the objects s3://{packages}/{prefix}", bucket=packages, prefix=prefix)
        # The one manifest goes with the package that it was made for.
        self._undo.book("package", f"the package {survey.names[0]}", bucket=packages, name=survey.names[0])
        s3 = self._target.client("s3")
        s3.put_object(Bucket=packages, Key=f"{arranged(name)}plot.csv", Body=word.encode())
        entry = Entry("plot.csv", f"s3://{packages}/{arranged(name)}plot.csv")
        top_hash = self._packages.construct(packages, survey.names[0], [entry])

        def point(key: str) -> None:
            s3.put_object(Bucket=packages, Key=key, Body=top_hash.encode())

        with ThreadPoolExecutor(_THREADS) as pool:
            list(pool.map(point, _pointers(survey.names[1:])))
        return survey


def _pointers(names: tuple[str, ...]) -> Iterator[str]:
    now = int(time.time())
    for name in names:
        yield f"{POINTERS}{name}/{now}"
        yield f"{POINTERS}{name}/latest"

"""Packages of measurements, over which a scenario makes a table: what is in them is known to the last row."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from environment.arrangement.packages import Entry, PackageArranger
from environment.people.names import Names
from environment.targets.target import Target
from environment.undo.log import UndoLog

Row = tuple[str, float]
"""Site and value."""


@dataclass(frozen=True)
class Measurements:
    """Packages of one file each: its name in the package, the bytes, and the package's top hash, by package name.

    ``continue_on_error`` is what the table over them is told, and ``value_may_be_missing`` whether its column for
    values is nullable.
    """

    series: str
    files: Mapping[str, tuple[str, bytes, str]]
    continue_on_error: bool = False
    value_may_be_missing: bool = False

    def rows(self) -> list[Row]:
        """What is in the files, read with Python's own CSV reader."""
        return [row for _, content, _ in self.files.values() for row in rows_of(content)]


class MeasurementArranger:
    """Makes packages of measurements for one scenario, all named after one series."""

    def __init__(self, target: Target, arranger: PackageArranger, undo: UndoLog, names: Names) -> None:
        self._target = target
        self._arranger = arranger
        self._undo = undo
        self.series = Path(names.package_name("test-user")).name

    def publish(self, contents: Iterable[bytes]) -> Measurements:
        """A package for each content; the files lie in the packages bucket."""
        found = {}
        for number, content in enumerate(contents):
            name = f"test-user/{self.series}-{number}"
            self._undo.book("package", f"the package {name}", bucket=self._target.buckets.packages, name=name)
            found[name] = self.revise(name, content)
        return Measurements(self.series, found)

    def revise(self, name: str, content: bytes) -> tuple[str, bytes, str]:
        """A revision of a package with this content alone."""
        bucket, logical_key = self._target.buckets.packages, "measurements.csv"
        self._target.client("s3").put_object(Bucket=bucket, Key=f"{name}/{logical_key}", Body=content)
        top_hash = self._arranger.construct(bucket, name, [Entry(logical_key, f"s3://{bucket}/{name}/{logical_key}")])
        return logical_key, content, top_hash


def rows_of(content: bytes) -> list[Row]:
    """The rows of a CSV file of measurements after its header."""
    lines = list(csv.reader(content.decode().splitlines()))[1:]
    return [(site, float(value)) for site, value in lines]

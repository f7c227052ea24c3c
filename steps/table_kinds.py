"""Which words placeholders take for Tabulator: tables, what they are over, and which bucket they are in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from environment.driving.packages import Package
from environment.driving.queries import Outsider
from environment.driving.tables import CONFIGURATIONS, Table, TableNames, configuration_over, configuration_over_names
from environment.evidence.noting import note
from environment.gherkin.mentions import SeveralKind, SeveralMention
from environment.gherkin.names import NameKind, NounKind
from environment.gherkin.references import ValueKind, register
from environment.gherkin.things import Thing, World
from environment.settings import Buckets
from steps.kinds import BUCKETS, PACKAGE

# --- tables -----------------------------------------------------------------------------------------------------------


def _table(thing: Thing, request: pytest.FixtureRequest) -> Table:
    """A table that a sentence only refers to."""
    names: TableNames = request.getfixturevalue("table_names")
    if thing.is_literal:
        return Table(thing.name, thing.name)
    table = Table(thing.name, names.new(thing.name if thing.has_own_name else ""))
    if thing.has_own_name:
        note([f"{thing} is {table.name}"])
    return table


def _new_table(thing: Thing, request: pytest.FixtureRequest) -> Table:
    """A table that a sentence may make, recorded for undoing."""
    names: TableNames = request.getfixturevalue("table_names")
    return Table(thing.name, names.booked(thing.name)) if thing.is_literal else _table(thing, request)


TABLE = NounKind("Table", "table", _table)
NEW_TABLE = NounKind("NewTable", "table", _new_table, brings=True)

# --- what they are over -----------------------------------------------------------------------------------------------

PACKAGES = SeveralKind("Packages", PACKAGE)
_MISSING = re.compile(r", where (\w+) may be missing")
_CONTINUING = ", continuing on errors"
_NAMED = re.compile(r'the packages whose names begin with "([\w.-]+)"')


@dataclass(frozen=True)
class TableSourceMention:
    """The words of a sentence that say what a table is over: a kind of files, or packages of the scenario."""

    text: str

    @property
    def _over(self) -> str:
        return _MISSING.sub("", self.text).removesuffix(_CONTINUING)

    def _packages(self) -> SeveralMention:
        return PACKAGES.convert(self._over)

    def follow(self, world: World) -> None:
        """Take note of the packages in the check before a run; raises MeaningError."""
        if self.text not in CONFIGURATIONS and not _NAMED.fullmatch(self._over):
            self._packages().follow(world)

    def resolve(self, request: pytest.FixtureRequest) -> str:
        """Return the configuration of such a table."""
        if self.text in CONFIGURATIONS:
            return CONFIGURATIONS[self.text]
        missing, continues = _MISSING.findall(self.text), self.text.endswith(_CONTINUING)
        if named := _NAMED.fullmatch(self._over):
            world, names = map(request.getfixturevalue, ("world", "names"))
            there = [each for word, each in world.named("package").items() if word.startswith(named[1])]
            ending = names.ending_pattern
            return configuration_over_names(named[1], ending, there, may_be_missing=missing, continues=continues)
        packages = [package for package in self._packages().resolve(request) if isinstance(package, Package)]
        return configuration_over(packages, may_be_missing=missing, continues=continues)

    def __repr__(self) -> str:
        return self.text


@dataclass(frozen=True)
class TableSourceKind:
    """What a table is over, in the words of `TableSourceMention`."""

    name: str = "TableSource"

    @property
    def pattern(self) -> str:
        """The words that say it."""
        named = _NAMED.pattern.replace("(", "(?:")
        ending = rf"(?:, where \w+ may be missing)?(?:{_CONTINUING})?"
        return rf"(?:{'|'.join(CONFIGURATIONS)}|(?:{named}|{PACKAGES.pattern}){ending})"

    def convert(self, text: str) -> TableSourceMention:
        """Return the mention that the words make."""
        return TableSourceMention(text)

    def choices(self) -> Sequence[str]:
        """Return how it is said."""
        packages = 'the packages "a" and "b"'
        named = 'the packages whose names begin with "field"'
        return [*CONFIGURATIONS, packages, named, f"{packages}, where grams may be missing", f"{packages}{_CONTINUING}"]


# --- where ------------------------------------------------------------------------------------------------------------

_SERVICE = " through QuiltOps' own query service"
_BUCKET = "|".join(BUCKETS)


@dataclass(frozen=True)
class BucketMeant:
    """A bucket: one of the test environment by its use, or one by its exact name, whether it exists or not."""

    use: str
    name: str

    def among(self, buckets: Buckets) -> str:
        """Return its name."""
        return self.name or str(getattr(buckets, self.use))


def _bucket_meant(text: str) -> BucketMeant:
    name = text.partition('called "')[2].removesuffix('"')
    return BucketMeant(next((use for use in BUCKETS if f" {use} bucket" in text), "packages"), name)


register(
    TABLE,
    NEW_TABLE,
    SeveralKind("Tables", TABLE),
    SeveralKind("NewTables", NEW_TABLE),
    NameKind("TableName", NEW_TABLE),
    TableSourceKind(),
    NounKind(
        "Outsider",
        "outside AWS identity",
        lambda _, request: Outsider(*map(request.getfixturevalue, ("target", "undo", "query_words"))),
        brings=True,
    ),
    ValueKind(
        "OfBucket",
        rf'(?: (?:of|in) the (?:(?:{_BUCKET}) bucket|bucket called "[^"]+"))?',
        _bucket_meant,
        ("", " of the data bucket", ' of the bucket called "any name"'),
    ),
    ValueKind("QueryService", f"(?:{_SERVICE})?", bool, ("", _SERVICE)),
    ValueKind("Switch", "on|off", lambda text: text == "on", ("on", "off")),
)

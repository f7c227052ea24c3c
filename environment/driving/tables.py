"""Tabulator tables as a scenario knows them: what administrators do with them in one word, and what each was given."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from environment.arrangement.packages import Entry, PackageArranger
from environment.driving.files import Storeroom
from environment.driving.packages import ARRANGED_METADATA, NAMESPACE, Package
from environment.driving.session import Session
from environment.errors import SuiteError, unknown
from environment.people.names import Names
from environment.product.outcome import Outcome, attempt
from environment.undo.log import UndoLog

AS_GIVEN = "as given"
"""In a table of the features: the configuration that somebody gave the table last, to the letter."""

CSV_WITH_HEADER = """\
# One row for each plot.
schema:
  - {name: plot, type: STRING, nullable: false}
  - {name: grams, type: DOUBLE, nullable: false}
source:
  type: quilt-packages
  package_name: ^test-user/(?<field>[^/]+)$
  logical_key: \\.csv$
parser: {format: csv, header: true}
"""
"""A configuration as somebody writes it: with a comment, in an order of their own."""

CONFIGURATIONS: Mapping[str, str] = {
    "CSV files with a header": CSV_WITH_HEADER,
    "CSV files without a header": CSV_WITH_HEADER.replace("header: true", "header: false"),
    "tab-separated files": CSV_WITH_HEADER.replace("header: true", 'delimiter: "\\t"').replace("csv$", "tsv$"),
    "Parquet files": CSV_WITH_HEADER.replace("csv, header: true", "parquet").replace("csv$", "parquet$"),
}
"""Configurations by what the table is over."""

MEASUREMENTS = "measurements.csv"
"""The name of the file in which a package has its measurements."""
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_UNIQUE = re.compile(r"((?:-[0-9a-f]{8}-\d+)?$)")
"""What makes a package's name unique (`environment.people.names`); nothing, in that of a package of the baseline."""


@dataclass(eq=False)
class Table:
    """A table of the packages bucket: its name, and the configuration that it was given last.

    ``word`` is what the scenario calls it. ``outcome`` is what came of the last act that was to give it a
    configuration; None if nobody of the scenario tried. ``before`` is the configuration that it had before that act,
    None if it had none. ``is_queried`` says that results of queries are booked.
    """

    word: str
    name: str
    given: str | None = None
    outcome: Outcome | None = None
    before: str | None = None
    is_queried: bool = False

    @property
    def configuration(self) -> str:
        """The configuration that it was given last.

        Raises:
            OperationFailed: it was to be given one, and the product refused.
            SuiteError: nobody gave it any.
        """
        if self.outcome is not None:
            self.outcome.value  # noqa: B018 - it raises if the call did
        if self.given is None:
            raise SuiteError(f"Looked for the configuration of {self.word}", "nobody gave it one", "Create it before")
        return self.given


class TableNames:
    """Names of tables of one scenario's own, each booked for undoing when it is given out."""

    def __init__(self, names: Names, undo: UndoLog, bucket: str) -> None:
        self._names = names
        self._undo = undo
        self._bucket = bucket

    def new(self, word: str = "") -> str:
        """A name that nobody used, which holds the word if one is given."""
        made = self._names.package_called(word, NAMESPACE) if word else self._names.package_name(NAMESPACE)
        return self.booked(re.sub(r"[^a-z0-9]+", "_", f"t {Path(made).name}".lower()))

    def booked(self, name: str) -> str:
        """The name of a table that is going to be made."""
        self._undo.book("Tabulator table", f"the table {name} of {self._bucket}", bucket=self._bucket, name=name)
        return name

    def are_own(self, name: str) -> bool:
        """Whether a table of this name can only be this scenario's: the run's token is in it."""
        return f"_{self._names.run}_" in name


# --- configurations ---------------------------------------------------------------------------------------------------


def configuration_of(words: str, table: Table) -> str:
    """The configuration that words in a table of the features mean.

    Raises:
        OperationFailed: the table was to be given one, and the product refused.
        SuiteError: the words mean nothing.
    """
    if words == AS_GIVEN:
        return table.configuration
    if words not in CONFIGURATIONS:
        raise unknown("configuration", words, [*CONFIGURATIONS, AS_GIVEN])
    return CONFIGURATIONS[words]


def setup_of(configuration: str) -> dict[str, Any]:
    """What a configuration sets, however it is written: columns with types, the source, and how files are read.

    Whether a column may be null is left out. What it does not say counts as said: no header, and commas in CSV files.
    """
    said = yaml.safe_load(configuration)
    parser = {"header": False, **said["parser"]}
    if parser["format"] == "csv":
        parser.setdefault("delimiter", ",")
    columns = {f"column {each['name']}": each["type"] for each in said["schema"]}
    return {"columns": [each["name"] for each in said["schema"]], **columns, **said["source"], **parser}


def configuration_over(packages: Sequence[Package], *, may_be_missing: Sequence[str] = (), continues: bool) -> str:
    """The configuration of a table over the CSV files of packages, with the columns of the first one's measurements.

    The column ``field`` has what the scenario calls the package, without what makes its real name unique.
    """
    parts = [_UNIQUE.split(Path(package.name).name, maxsplit=1)[:2] for package in packages]
    fields, endings = ("|".join(dict.fromkeys(map(re.escape, each))) for each in zip(*parts, strict=True))
    return _configuration(_columns(packages[0]), f"(?<field>{fields})(?:{endings})", may_be_missing, continues)


def configuration_over_names(
    start: str, ending: str, packages: Sequence[Package], *, may_be_missing: Sequence[str] = (), continues: bool
) -> str:
    """The configuration of a table over all packages whose names begin so, also those that come later.

    packages: those that there are; the columns are those of the first one's measurements, or a plot and its grams.
    ending: a pattern of what makes real names unique.
    """
    columns = _columns(packages[0]) if packages else {"plot": "STRING", "grams": "DOUBLE"}
    return _configuration(columns, f"(?<field>{re.escape(start)}[^/]*?)(?:{ending})", may_be_missing, continues)


def _columns(package: Package) -> dict[str, str]:
    """The type of each column of a package's measurements, by its name."""
    file = package.latest.named(MEASUREMENTS)
    header, *rows = csv.reader(io.StringIO(package.storage.bytes_of(file.physical_key).decode()))
    return {name: _type([row[place] for row in rows]) for place, name in enumerate(header)}


def _configuration(columns: Mapping[str, str], name: str, may_be_missing: Sequence[str], continues: bool) -> str:
    schema = "".join(
        f"  - {{name: {column}, type: {kind}, nullable: {_yaml(column in may_be_missing)}}}\n"
        for column, kind in columns.items()
    )
    return (
        f"# The fields of one scenario.\nschema:\n{schema}source:\n  type: quilt-packages\n"
        f"  package_name: ^{NAMESPACE}/{name}$\n  logical_key: \\.csv$\n"
        f"parser: {{format: csv, header: true}}\ncontinue_on_error: {_yaml(continues)}\n"
    )


def continuing(configuration: str) -> str:
    """The same configuration, except that the table continues where a file does not fit."""
    return re.sub(r"^continue_on_error:.*\n?", "", configuration, flags=re.MULTILINE) + "continue_on_error: true\n"


def _type(cells: Sequence[str]) -> str:
    return "DOUBLE" if all(_NUMBER.fullmatch(cell) for cell in cells) else "STRING"


def _yaml(value: bool) -> str:
    return str(value).lower()


def publish_measurements(
    package: Package, rows: Sequence[Mapping[str, str]], storeroom: Storeroom, arranger: PackageArranger
) -> None:
    """Make a revision of a package with one CSV file and a status as its metadata, as the administrator."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    folder = Path(package.name).name
    stored = storeroom.put(MEASUREMENTS, text.getvalue().encode(), package.bucket, folder=folder)
    metadata = dict(ARRANGED_METADATA)
    arranger.construct(package.bucket, package.name, [Entry(MEASUREMENTS, stored.physical_key)], metadata)
    package.note({MEASUREMENTS: stored}, metadata)


# --- what administrators do -------------------------------------------------------------------------------------------


def create_table(persona: Session, table: Table, bucket: str, configuration: str) -> Outcome:
    """Create a table; the configuration is noted with it."""
    table.given = configuration
    table.outcome = attempt(persona.ops.create_tabulator_table, bucket, table.name, configuration)
    return table.outcome


def update_table(persona: Session, table: Table, bucket: str, configuration: str) -> Outcome:
    """Replace the configuration of a table; the new one is noted with it."""
    if table.outcome is None or table.outcome.succeeded:
        table.before = table.given
    table.given = configuration
    table.outcome = attempt(persona.ops.update_tabulator_table, bucket, table.name, configuration)
    return table.outcome


def rename_table(persona: Session, table: Table, bucket: str, new: Table) -> Outcome:
    """Rename a table; its configuration is noted with the new one, unless that one is there already."""
    outcome = attempt(persona.ops.rename_tabulator_table, bucket, table.name, new.name)
    if new.given is None:
        new.given, new.outcome = table.given, outcome
    return outcome


def delete_table(persona: Session, table: Table, bucket: str) -> Outcome:
    """Delete a table."""
    return attempt(persona.ops.delete_tabulator_table, bucket, table.name)


def list_tables(persona: Session, bucket: str) -> Outcome:
    """Ask for the tables of a bucket."""
    return attempt(persona.ops.list_tabulator_tables, bucket)


def look_up_table(persona: Session, name: str, bucket: str) -> Outcome:
    """Ask for one table by its name."""
    return attempt(persona.ops.get_tabulator_table, bucket, name)

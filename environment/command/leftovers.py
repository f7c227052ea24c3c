"""What runs left behind, taken away: things that undo logs name, directories, and what the scratch rules describe."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory

from environment.arrangement.undoing import target_of
from environment.console import Say
from environment.errors import SuiteError
from environment.secrecy.redaction import redact
from environment.targets.aws_failures import aws_refusals_in_words
from environment.targets.live import LiveTarget
from environment.targets.target import Target
from environment.undo.clean_up import CleanUp, clean_up
from environment.undo.log import SUFFIX
from environment.undo.plugin import DIRECTORY
from environment.undo.process import is_alive
from environment.undo.records import TargetReference, read
from environment.undo.run_directory import remove_orphans
from environment.undo.scratch import Scratch, ScratchError, ScratchThing

# Decision: how old a scratch object must be unless clean-up is told otherwise: twice what a run may take.
SCRATCH_HOURS = 2.0


@dataclass
class Removal:
    """What was taken away, or with a dry run would be."""

    undo_logs: CleanUp
    scratch: list[ScratchThing] = field(default_factory=list)
    failed_scratch: list[tuple[ScratchThing, ScratchError]] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether everything that was to go went."""
        return self.undo_logs.complete and not self.failed_scratch


class Leftovers:
    """The leftovers that one state directory and one deployment know of.

    Args:
        state: directory with undo logs and the directories of runs.
        older_than: how old something must be; None: undo logs of any age, for a dead process undoes nothing itself, and
            scratch objects of `SCRATCH_HOURS`, for nobody knows whose they are.
        dry_run: only say it.
        say: gets a line for each thing.
    """

    def __init__(self, state: Path, *, older_than: timedelta | None, dry_run: bool, say: Say) -> None:
        now = datetime.now(UTC)
        self._state = state
        self._before = None if older_than is None else now - older_than
        self._scratch_before = now - (timedelta(hours=SCRATCH_HOURS) if older_than is None else older_than)
        self._dry_run = dry_run
        self._say = say
        self._had: set[str] = set()

    def remove_booked(self) -> Removal:
        """Undo what dead processes' undo logs name, and remove their directories."""
        # Opening a live target takes a dozen requests; a run books hundreds of things.
        opened = cache(target_of)
        directory = self._state / DIRECTORY
        self._had = {path.name for path in directory.glob(f"*{SUFFIX}")}
        done = clean_up(directory, opened, before=self._before, dry_run=self._dry_run, say=self._say)
        remove_orphans(self._state, before=self._before, dry_run=self._dry_run, say=self._say)
        return Removal(done)

    def remove_mirrored(self, target: LiveTarget, removal: Removal) -> None:
        """Undo what lost machines booked on a live target; after `remove_booked`, which knows this machine's bookings.

        Nothing of it as long as a run holds the lock there: a booking does not tell whether its machine lives.

        Raises:
            SuiteError: S3 refuses or does not answer.
        """
        mirror = target.undo_logs
        with aws_refusals_in_words(f"Looked for undo logs of lost machines in s3://{target.buckets.scratch}"):
            # Listed before the lock is looked at: whoever booked held it then.
            logs = mirror.of_others(self._state / DIRECTORY, self._had, dry_run=self._dry_run)
            if logs and target.is_held():
                self._say(f"{len(logs)} undo logs of other machines are left alone: a run holds the catalog")
                return
            with TemporaryDirectory() as folder:
                copies = {Path(folder) / log.name: log for log in logs}
                for copy, log in copies.items():
                    if (content := mirror.get(log)) is not None:
                        copy.write_bytes(content)
                done = clean_up(
                    Path(folder),
                    partial(_only_here, target),
                    before=self._before,
                    dry_run=self._dry_run,
                    say=self._say,
                    alive=lambda _process: False,
                )
                for copy, log in copies.items():
                    if copy.exists() and not self._dry_run:
                        mirror.put(log, copy.read_bytes())
                    elif not self._dry_run:
                        mirror.remove(log)
        removal.undo_logs.add(done)

    def remove_scratch(self, target: Target, removal: Removal) -> None:
        """Delete what the scratch rules describe in a target's scratch bucket.

        Raises:
            SuiteError: S3 refuses or does not answer.
        """
        bucket = target.buckets.scratch
        scratch = Scratch(target.client("s3"), bucket, self._scratch_before, self._spared(target))
        with aws_refusals_in_words(f"Looked for leftovers in s3://{bucket}"):
            things = scratch.things()
        for number, thing in enumerate(things, start=1):
            where = f"{thing} of s3://{bucket} [{number} of {len(things)}]"
            try:
                if not self._dry_run:
                    with aws_refusals_in_words(f"Deleted {where}"):
                        scratch.remove(thing)
            except ScratchError as error:
                removal.failed_scratch.append((thing, error))
                self._say(f"could not delete {where}: {redact(str(error))}")
                continue
            removal.scratch.append(thing)
            self._say(f"{'would delete' if self._dry_run else 'deleted'} {where}")

    def _spared(self, target: Target) -> list[str]:
        """Prefixes that living processes have booked: they will undo them themselves."""
        contents = [read(path) for path in sorted((self._state / DIRECTORY).glob(f"*{SUFFIX}"))]
        return [
            str(thing.parameters["prefix"])
            for each in contents
            if each.opened is not None and is_alive(each.opened.process)
            for thing in each.open_things
            if thing.kind == "objects" and thing.parameters["bucket"] == target.buckets.scratch
        ]


def _only_here(target: Target, reference: TargetReference) -> Target:
    """The target, if the reference is to it.

    Raises:
        SuiteError: if it is to another one, that uses the same scratch bucket.
    """
    if reference != target.reference:
        raise SuiteError(
            f"Undid what was made on {reference.url}",
            f"the settings name {target.catalog_url}",
            "Clean up with the settings of that one",
        )
    return target

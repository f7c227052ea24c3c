"""A whole measurement: what was recorded, the faults that are drawn, the verdicts, what they come to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from environment.console import console, say
from environment.errors import SuiteError, unknown
from environment.gherkin.sharding import Shard
from reports.documents import shown
from reports.product_coverage import RECORD_AGAIN
from strength.equivalents import Equivalent, equivalent_of, read_equivalents
from strength.faults import Fault
from strength.judging import Judge, verdict_on
from strength.lane import Lane
from strength.lanes import open_lanes, share
from strength.project import Project
from strength.reference import Recorded, Reference, missing, read_reference, record
from strength.sampling import part, sample
from strength.verdicts import Measurement, Plan, Result, VerdictFile

MEASUREMENT_NAME = "strength.json"


@dataclass(frozen=True)
class Wish:
    """What is asked for: so many faults of a seed, or those with these ids; a part of them; lanes at once."""

    seed: int
    faults: int
    ids: tuple[str, ...] = ()
    shard: Shard | None = None
    lanes: int = 2
    limit_seconds: float = 120.0
    fresh: bool = False


def measure(project: Project, folder: Path, wish: Wish) -> Measurement:
    """Judge the faults that are asked for, but for those that an earlier run of the same plan has judged.

    Raises:
        SuiteError: if something that was recorded is of another product, a fault cannot be planted, or a session ends.
    """
    folder.mkdir(parents=True, exist_ok=True)
    faults = project.faults()
    chosen = _named(faults, wish.ids) if wish.ids else part(sample(faults, wish.seed, wish.faults), wish.shard)
    recorded = read_reference(project, folder)
    plan = Plan(
        seed=wish.seed,
        faults=len(chosen) if wish.ids else wish.faults,
        product=project.settings.product,
        product_version=project.product.version,
        product_digest=project.product.digest,
        suite=project.suite_digest,
        limit_seconds=wish.limit_seconds,
    )
    file = folder / _file_name(wish)
    if wish.fresh or wish.ids:
        file.unlink(missing_ok=True)
    kept = VerdictFile(file, plan)
    known = {each.id for each in kept.verdicts or ()}
    left = [each for each in chosen if each.id not in known]
    equivalents = [] if wish.ids else read_equivalents(project.root)
    left = _without_equivalents(left, equivalents, kept)
    if known and left:
        say(f"{len(known)} of {len(chosen)} faults were judged before.")
    if left:
        with open_lanes(project, folder, min(wish.lanes, len(left))) as lanes:
            reference, coverage = _record(project, folder, lanes, recorded)
            if not reference.judges:
                raise SuiteError(
                    "Looked for scenarios that can judge a fault",
                    f"none of {len(reference.scenarios)} ends well on the unchanged product",
                    f"Run them: acceptance run; then {RECORD_AGAIN[0].lower()}{RECORD_AGAIN[1:]}",
                )
            judge = Judge(project, folder, reference, coverage, wish.limit_seconds)
            _must_never_run(chosen, equivalents, judge)
            with progress("judging", len(left)) as advance:
                share(lanes, left, lambda lane, fault: _judge(judge, fault, lane, kept, advance))
    ids = {each.id for each in chosen}
    verdicts = sorted((each for each in kept.verdicts or () if each.id in ids), key=lambda each: each.id)
    measured = Measurement(plan=plan, verdicts=tuple(verdicts), shard=None if wish.shard is None else str(wish.shard))
    (folder / MEASUREMENT_NAME).write_text(measured.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return measured


def record_anew(project: Project, folder: Path, lanes: int) -> Reference:
    """Record how the scenarios end on the unchanged product, and which lines they reach.

    Raises:
        SuiteError: if a session does not start, or ends.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with open_lanes(project, folder, lanes) as opened:
        return _record(project, folder, opened, None)[0]


def read_measurement(folder: Path) -> Measurement:
    """What was measured into that folder.

    Raises:
        SuiteError: if nothing was.
    """
    path = folder / MEASUREMENT_NAME
    try:
        return Measurement.model_validate_json(path.read_bytes())
    except (OSError, ValueError) as error:
        raise SuiteError(
            f"Read {shown(path)}", "there is no measurement", "Name a folder that acceptance strength wrote"
        ) from error


@contextmanager
def progress(what: str, total: int, *, every: int = 1) -> Iterator[Callable[[str], None]]:
    """A bar for people; where nobody looks, a line for each piece, or for every so many of them."""
    if not console.is_terminal:
        done = count(1)

        def line(text: str) -> None:
            number = next(done)
            if number % every == 0:
                say(f"{number}/{total} {text}")

        yield line
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, TextColumn("{task.fields[last]}", markup=False), console=console) as bar:
        task = bar.add_task(what, total=total, last="")

        def piece(text: str) -> None:
            bar.update(task, advance=1, last=text[:80])

        yield piece


def _record(project: Project, folder: Path, lanes: Sequence[Lane], known: Recorded | None) -> Recorded:
    """Record what is not known yet."""
    number = len(missing(known, lanes[0]))
    if number:
        say(f"Recording how {number} scenarios end on the unchanged product, and which lines of it they run.")
    with progress("recording", number, every=50) as advance:
        return record(project, folder, lanes, advance, known)


def _judge(judge: Judge, fault: Fault, lane: Lane, kept: VerdictFile, advance: Callable[[str], None]) -> None:
    verdict = judge.judge(fault, lane)
    kept.add(verdict)
    advance(f"{verdict.result.value} ({verdict.seconds:.0f} s): {verdict.text}")


def _without_equivalents(faults: Sequence[Fault], equivalents: Sequence[Equivalent], kept: VerdictFile) -> list[Fault]:
    """Those that are to be judged; the others get their verdict, which is why nobody could notice them."""
    left = []
    for fault in faults:
        equivalent = equivalent_of(fault.id, equivalents)
        if equivalent is None:
            left.append(fault)
        else:
            kept.add(verdict_on(fault, Result.EQUIVALENT, equivalent.reason))
    return left


def _must_never_run(faults: Sequence[Fault], equivalents: Sequence[Equivalent], judge: Judge) -> None:
    """Of what the list says that no scenario runs, none does."""
    for fault in faults:
        equivalent = equivalent_of(fault.id, equivalents)
        if equivalent is not None and equivalent.never_run and (reached := judge.reaching(fault)):
            raise SuiteError(
                f"Looked at who runs {fault.id}, which nobody is to",
                f"{reached[0]} does",
                "Take its entry off strength/equivalents.yaml",
            )


def _named(faults: Sequence[Fault], ids: Sequence[str]) -> list[Fault]:
    by_id = {each.id: each for each in faults}
    for each in ids:
        if each not in by_id:
            raise unknown("fault", each, by_id)
    return [by_id[each] for each in ids]


def _file_name(wish: Wish) -> str:
    if wish.ids:
        return "verdicts-named.jsonl"
    of = "" if wish.shard is None else f"-{wish.shard.number}-of-{wish.shard.count}"
    return f"verdicts-seed-{wish.seed}-{wish.faults}{of}.jsonl"

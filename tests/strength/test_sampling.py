"""Which faults are drawn, and how they are cut into parts."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from environment.errors import SuiteError
from environment.gherkin.sharding import Shard
from environment.settings import ROOT
from strength.faults import Fault
from strength.project import Project
from strength.sampling import part, sample


@cache
def faults() -> list[Fault]:
    return Project.read(ROOT).faults()


def test_a_seed_draws_the_same_faults_each_time_and_another_seed_others() -> None:
    drawn = sample(faults(), 11, 150)
    assert drawn == sample(list(reversed(faults())), 11, 150)
    assert len({each.id for each in drawn}) == 150
    assert drawn != sample(faults(), 12, 150)


def test_a_small_sample_is_the_beginning_of_a_large_one() -> None:
    assert sample(faults(), 11, 150)[:30] == sample(faults(), 11, 30)


def test_each_kind_is_drawn_as_often_as_every_other() -> None:
    counted = Counter(each.kind for each in sample(faults(), 11, 150))
    scarce = {"arithmetic"}
    assert len({number for kind, number in counted.items() if kind not in scarce}) <= 2, counted


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_the_parts_make_the_whole(count: int) -> None:
    whole = sample(faults(), 11, 50)
    parts = [part(whole, Shard(number, count)) for number in range(1, count + 1)]
    assert sorted(each.id for those in parts for each in those) == sorted(each.id for each in whole)


def test_more_faults_than_there_are_is_one_line() -> None:
    with pytest.raises(SuiteError, match=r"Drew 10 faults: there are 3\. Ask for fewer with --faults"):
        sample(faults()[:3], 11, 10)

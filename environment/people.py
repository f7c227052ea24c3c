"""Made-up names: the same seed and scenario give the same ones, a new run never meets another run's."""

from __future__ import annotations

import itertools
import secrets
from functools import cached_property
from typing import TYPE_CHECKING
from zlib import crc32

if TYPE_CHECKING:
    from faker import Faker


class Names:
    """Names for what one scenario makes.

    Args:
        seed: the run's seed.
        scenario: the scenario's node id; each scenario has a sequence of its own.
        run: token that keeps concurrent runs on one deployment apart.
    """

    def __init__(self, seed: int, scenario: str, run: str) -> None:
        self._seed = seed ^ crc32(scenario.encode())
        self._run = run
        self._count = itertools.count(1)

    @cached_property
    def _faker(self) -> Faker:
        from faker import Faker  # half a second, which not every process needs

        made = Faker("en_GB")
        made.seed_instance(self._seed)
        return made

    def package_name(self, namespace: str) -> str:
        """A package name ``namespace/words-run-number`` that nobody used."""
        words = "-".join(self._faker.words(2))
        return f"{namespace}/{words}-{self._run}-{next(self._count)}"

    def sentence(self) -> str:
        """A short sentence."""
        return self._faker.sentence(nb_words=6)


def new_run_token() -> str:
    """Eight characters that tell this process's things from another's; not seeded, on purpose."""
    return secrets.token_hex(4)

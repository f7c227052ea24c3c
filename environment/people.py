"""Made-up names: the same seed and scenario give the same ones, a new run never meets another run's."""

from __future__ import annotations

import itertools
import secrets
from zlib import crc32

from faker import Faker


class Names:
    """Names for what one scenario makes.

    Args:
        seed: the run's seed.
        scenario: the scenario's node id; each scenario has a sequence of its own.
        run: token that keeps concurrent runs on one deployment apart.
    """

    def __init__(self, seed: int, scenario: str, run: str) -> None:
        self._faker = Faker(["en_GB", "de_DE", "fr_FR"])
        self._faker.seed_instance(seed ^ crc32(scenario.encode()))
        self._run = run
        self._count = itertools.count(1)

    def package_name(self, namespace: str) -> str:
        """A package name ``namespace/words-run-number`` that nobody used."""
        words = "-".join(self._faker["en_GB"].words(2))
        return f"{namespace}/{words}-{self._run}-{next(self._count)}"

    def sentence(self) -> str:
        """A short sentence."""
        return str(self._faker["en_GB"].sentence(nb_words=6))

    def word(self) -> str:
        """A word that nobody used."""
        return f"{self._faker['en_GB'].word()}{self._run}{next(self._count)}"


def new_run_token() -> str:
    """Eight characters that tell this process's things from another's; not seeded, on purpose."""
    return secrets.token_hex(4)

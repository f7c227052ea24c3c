"""Made-up names: repeatable by seed and scenario, never the same twice, never another run's."""

from __future__ import annotations

import re

from environment.people.names import Names, new_run_token, run_of

SCENARIO = "features/packages/creation.feature::A published dataset is complete and can be found[local]"


def words(names: Names) -> list[str]:
    return [*(names.package_name("dana") for _ in range(3)), names.sentence()]


def test_the_same_seed_and_scenario_give_the_same_names() -> None:
    assert words(Names(7, SCENARIO, "run")) == words(Names(7, SCENARIO, "run"))


def test_another_seed_or_scenario_gives_others() -> None:
    ours = Names(7, SCENARIO, "run").sentence()

    assert ours != Names(8, SCENARIO, "run").sentence()
    assert ours != Names(7, SCENARIO.replace("local", "multiuser"), "run").sentence()


def test_names_of_one_scenario_differ_and_are_package_names() -> None:
    names = Names(7, SCENARIO, "run")
    made = [names.package_name("dana") for _ in range(50)]

    assert len(set(made)) == len(made)
    assert all(re.fullmatch(r"dana/[a-z0-9-]+", name) for name in made)


def test_another_run_of_the_same_seed_makes_other_names() -> None:
    ours, others = new_run_token(), new_run_token()

    assert ours != others
    assert Names(7, SCENARIO, ours).package_name("dana") != Names(7, SCENARIO, others).package_name("dana")


def test_a_package_name_tells_its_run() -> None:
    token = new_run_token()

    assert run_of(Names(7, SCENARIO, token).package_name("dana")) == token
    assert run_of(f"dana/copy-of-words-{token}-12-further") == token
    assert run_of("quilt-mcp-test/simple-csv") is None

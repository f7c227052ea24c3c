"""The sample run and its ledger."""

from __future__ import annotations

import pytest
from sample_runs import SAMPLE, SampleRun, run_sample

from reports.known_defects import Ledger, load_ledger
from reports.outcomes import RunRecord


@pytest.fixture(scope="session")
def sample_run(tmp_path_factory: pytest.TempPathFactory) -> SampleRun:
    """One run of all sample features in both modes."""
    return run_sample(tmp_path_factory.mktemp("sample"))


@pytest.fixture(scope="session")
def sample_ledger() -> Ledger:
    return load_ledger(SAMPLE / "known_defects.yaml")


@pytest.fixture(scope="session")
def run_record(sample_run: SampleRun) -> RunRecord:
    """The record of the sample run."""
    return sample_run.record

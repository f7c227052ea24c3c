"""Unmodified quilt3 pushes, pushes again and copies a 20 MB file, which stock moto does not survive (foundations 4)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quilt_stack.aws.cloud import Cloud

SCRIPT = Path(__file__).with_name("push_large_packages.py")


@pytest.mark.slow
def test_large_files_are_pushed_copied_and_not_pushed_twice(
    cloud: Cloud, s3: Any, new_bucket: Callable[..., str], tmp_path: Path
) -> None:
    source, target = new_bucket(), new_bucket()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment |= {
        "AWS_ENDPOINT_URL": cloud.url,
        "AWS_ACCESS_KEY_ID": cloud.operator_access_key_id,
        "AWS_SECRET_ACCESS_KEY": cloud.operator_secret_access_key,
        "AWS_DEFAULT_REGION": "us-east-1",
        "QUILT_DISABLE_USAGE_METRICS": "true",
        "QUILT_MINIMIZE_STDOUT": "true",
        "NO_PROXY": "127.0.0.1",
        "HOME": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }
    work = tmp_path / "work"
    work.mkdir()
    done = subprocess.run(
        [sys.executable, str(SCRIPT), source, target, str(work)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["same_bytes"] is True
    assert found["verified"] is True
    assert found["copied_to"] == target
    assert len(set(found["top_hashes"])) == 1
    versions = s3.list_object_versions(Bucket=source, Prefix="team/large/")["Versions"]
    assert sorted(version["Key"] for version in versions) == ["team/large/a+b c.txt", "team/large/large.bin"]

"""Publishing with history, against a real git repository that stands for the project's."""

from __future__ import annotations

import base64
import http.server
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from environment.settings import ROOT

SCRIPTS = ROOT / ".github" / "scripts"
NOBODY = {
    "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@b.c",
    "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@b.c",
}


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env={**os.environ, **NOBODY}, capture_output=True, text=True, check=True
    )
    return done.stdout


def run_script(folder: Path, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([SCRIPTS / name, *arguments], cwd=folder, capture_output=True, text=True, check=False)


def script(folder: Path, name: str, *arguments: str) -> str:
    done = run_script(folder, name, *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    bare, first = tmp_path / "origin.git", tmp_path / "first"
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch", "main", str(bare))
    git(tmp_path, "init", "--quiet", "--initial-branch", "main", str(first))
    git(first, "commit", "--quiet", "--allow-empty", "--message", "First")
    git(first, "push", "--quiet", str(bare), "main")
    return bare


def ci_run(folder: Path, origin: Path, name: str, line: str) -> str:
    """What a job does about its report: clone, take the history, report, publish. Returns the history it ends with."""
    git(folder.parent, "clone", "--quiet", str(origin), str(folder))
    script(folder, "take-history.sh", name)
    history = folder / "build" / "history" / "allure.jsonl"
    with history.open("a") as file:
        file.write(f"{line}\n")
    report = folder / "build" / "report"
    report.mkdir()
    (report / "index.html").write_text(line)
    script(folder, "publish-report.sh", name)
    return history.read_text()


def test_each_run_continues_the_history_of_its_name(tmp_path: Path, origin: Path) -> None:
    assert ci_run(tmp_path / "one", origin, "embedded", "1") == "1\n"
    assert ci_run(tmp_path / "two", origin, "live", "2") == "2\n"
    assert ci_run(tmp_path / "three", origin, "embedded", "3") == "1\n3\n"
    published = git(origin, "ls-tree", "-r", "--name-only", "gh-pages").split()
    assert set(published) == {
        ".nojekyll",
        "index.html",
        *(f"{name}/{file}" for name in ("embedded", "live") for file in ("index.html", "history/allure.jsonl")),
    }
    assert git(origin, "show", "gh-pages:embedded/index.html") == "3"
    assert 'href="live/index.html"' in git(origin, "show", "gh-pages:index.html")


def test_the_branch_of_the_pages_does_not_grow(tmp_path: Path, origin: Path) -> None:
    for number in range(3):
        ci_run(tmp_path / str(number), origin, "embedded", str(number))
    assert git(origin, "rev-list", "--count", "gh-pages").strip() == "1"


@pytest.mark.slow
def test_five_that_publish_at_once_are_all_published(
    tmp_path: Path, origin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUBLISH_PAUSE_SECONDS", "4")
    for number in range(5):
        folder = tmp_path / str(number)
        git(tmp_path, "clone", "--quiet", str(origin), str(folder))
        for name in ("report", "history"):
            (folder / "build" / name).mkdir(parents=True)
            (folder / "build" / name / "index.html").write_text(str(number))
    with ThreadPoolExecutor(5) as all_of_them:
        done = list(all_of_them.map(lambda n: run_script(tmp_path / str(n), "publish-report.sh", f"w{n}"), range(5)))
    assert [each.returncode for each in done] == [0] * 5
    published = git(origin, "ls-tree", "--name-only", "gh-pages").split()
    assert {f"w{number}" for number in range(5)} <= set(published)


@pytest.mark.slow
def test_half_a_report_is_not_published(tmp_path: Path, origin: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ci_run(tmp_path / "one", origin, "embedded", "1")
    before = git(origin, "rev-parse", "gh-pages")
    (tmp_path / "one" / "build" / "history" / "allure.jsonl").unlink()
    (tmp_path / "one" / "build" / "history").rmdir()
    monkeypatch.setenv("PUBLISH_PAUSE_SECONDS", "1")
    done = run_script(tmp_path / "one", "publish-report.sh", "embedded")
    assert done.returncode != 0
    assert "build/history" in done.stderr
    assert git(origin, "rev-parse", "gh-pages") == before


def test_the_credentials_of_the_clone_are_used_also_from_a_file_that_it_includes(
    tmp_path: Path, origin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """actions/checkout keeps them so since its version 6 (its README, "Checkout v6")."""
    real, told = shutil.which("git"), tmp_path / "told"
    noting = tmp_path / "bin" / "git"
    noting.parent.mkdir()
    noting.write_text(f'#!/bin/bash\nprintf "%s\\n" "$*" >> {told}\nexec {real} "$@"\n')
    noting.chmod(0o755)
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", str(origin), str(clone))
    header = "http.https://example.org/.extraheader"
    git(clone, "config", "--file", str(tmp_path / "credentials.config"), header, "AUTHORIZATION: basic eDp5")
    git(clone, "config", f"includeIf.gitdir:{clone / '.git'}.path", str(tmp_path / "credentials.config"))
    for name in ("report", "history"):
        (clone / "build" / name).mkdir(parents=True)
        (clone / "build" / name / "index.html").write_text(name)
    monkeypatch.setenv("PATH", f"{noting.parent}{os.pathsep}{os.environ['PATH']}")
    script(clone, "publish-report.sh", "embedded")
    assert f"config {header} AUTHORIZATION: basic eDp5" in told.read_text()


def test_an_origin_that_cannot_be_asked_does_not_begin_the_history_anew(tmp_path: Path, origin: Path) -> None:
    ci_run(tmp_path / "one", origin, "embedded", "1")
    origin.rename(tmp_path / "elsewhere.git")
    done = run_script(tmp_path / "one", "take-history.sh", "embedded")
    assert done.returncode != 0
    assert "begins with this run" not in done.stdout


@pytest.fixture
def private(tmp_path: Path, origin: Path) -> Iterator[str]:
    """The address of the repository on a server that shows it to the job's token alone."""
    allowed = "basic " + base64.b64encode(b"x-access-token:of-the-job").decode()

    class Handler(http.server.SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.headers["Authorization"] == allowed:
                super().do_GET()
            else:
                self.send_error(401)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(tmp_path))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(("token", "is_taken"), [("of-the-job", True), ("of-another", False), ("", False)])
def test_the_history_of_a_private_repository_is_taken_with_the_token_of_the_job(
    token: str, is_taken: bool, tmp_path: Path, origin: Path, private: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python's server can say which branches there are, no more: none has a report yet."""
    git(origin, "update-server-info")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", str(origin), str(clone))
    git(clone, "remote", "set-url", "origin", f"{private}/{origin.name}")
    for name, value in {"GH_TOKEN": token, "GITHUB_SERVER_URL": private, "GIT_TERMINAL_PROMPT": "0"}.items():
        monkeypatch.setenv(name, value)
    done = run_script(clone, "take-history.sh", "embedded")
    assert (done.returncode == 0) is is_taken, done.stderr
    assert ("begins with this run" in done.stdout) is is_taken


@pytest.mark.parametrize("proposed", [False, True])
def test_durations_are_proposed_once_and_only_if_they_changed(origin: Path, tmp_path: Path, proposed: bool) -> None:
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", str(origin), str(clone))
    (clone / ".github").mkdir()
    durations = clone / ".github" / "scenario-seconds.json"
    durations.write_text("{}\n")
    git(clone, "add", "--all")
    git(clone, "commit", "--quiet", "--message", "Durations")
    asked = tmp_path / "asked"
    (tmp_path / "bin").mkdir()
    gh = tmp_path / "bin" / "gh"
    gh.write_text(f'#!/bin/bash\n[ "$2" = list ] && echo {int(proposed)}; echo "$1 $2 $4" >> {asked}\n')
    gh.chmod(0o755)
    variables = {**os.environ, **NOBODY, "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"}

    def propose() -> str:
        program = [SCRIPTS / "propose-durations.sh"]
        done = subprocess.run(program, cwd=clone, env=variables, capture_output=True, text=True, check=True)
        return done.stdout

    assert propose() == "Nothing took another time.\n"
    assert not asked.exists()
    durations.write_text('{"one": 2.5}\n')
    propose()
    assert git(origin, "show", "recorded-durations:.github/scenario-seconds.json") == '{"one": 2.5}\n'
    assert asked.read_text().splitlines() == [
        "pr list recorded-durations",
        *(["pr create main"] if not proposed else []),
    ]

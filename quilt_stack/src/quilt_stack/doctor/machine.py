"""Whether a stack can start on this machine: libraries, memory, ports, certificates, pages, and what others left."""

from __future__ import annotations

import platform
import shutil
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import psutil
from packaging.requirements import Requirement
from pydantic import ValidationError

from quilt_stack import bundle
from quilt_stack.doctor.diagnosis import Diagnosis, fine, note, wrong
from quilt_stack.errors import DeploymentError
from quilt_stack.lifecycle import START_LIMIT_SECONDS
from quilt_stack.patches import ChangedLibraryError
from quilt_stack.patches_command import DECLARING, declared
from quilt_stack.settings import DeploymentSettings
from quilt_stack.state_files import DEPLOYMENT_FILE, DeploymentRecord
from quilt_stack.wire.certificates import make_certificates
from quilt_stack.wire.ports import PORT_SETTINGS, listen

DISTRIBUTION = "quilt-stack"
NEEDED_BYTES = 300_000_000
"""Memory of a stack that holds little, with what starting one takes."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")

_MODULE = "quilt_stack.stack"
_BROWSER_LIMIT_SECONDS = 20


def versions() -> Iterator[Diagnosis]:
    """Python, and the libraries that the stack needs, which must be those that it was written for."""
    about = f"Python {platform.python_version()}, {DISTRIBUTION} {version(DISTRIBUTION)}"
    unfit = list(filter(None, map(_unfit, map(Requirement, requires(DISTRIBUTION) or ()))))
    if unfit:
        yield wrong("versions", "; ".join(unfit), "install quilt-stack anew, with pip, into an environment of its own")
        return
    try:
        for patch in declared(DECLARING):
            patch.check()
    except ChangedLibraryError as error:
        yield wrong("versions", str(error), "install the version before that one, or a newer quilt-stack")
        return
    yield fine("versions", f"{about}, and all libraries as it needs them")


def _unfit(requirement: Requirement) -> str | None:
    if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
        return None
    try:
        found = version(requirement.name)
    except PackageNotFoundError:
        return f"{requirement.name} is not installed"
    if requirement.specifier.contains(found, prereleases=True):
        return None
    return f"{requirement.name} {found} is installed, and {requirement.specifier} is needed"


def memory() -> Iterator[Diagnosis]:
    """Whether there is memory for a stack more."""
    free = psutil.virtual_memory().available
    if free < NEEDED_BYTES:
        yield wrong("memory", f"{_megabytes(free)} are free, a stack takes {_megabytes(NEEDED_BYTES)}", "end something")
    else:
        yield fine("memory", f"{_megabytes(free)} are free, a stack takes {_megabytes(NEEDED_BYTES)} and what it holds")


def ports(settings: DeploymentSettings) -> Iterator[Diagnosis]:
    """Whether those that the settings name are free, and who has them if not."""
    named = {name: getattr(settings, name) for name in PORT_SETTINGS}
    for name, port in named.items():
        try:
            listen(name, settings.host, port).close()
        except DeploymentError as error:
            holder = _holder(port)
            yield (
                wrong("ports", f"{holder} has {name} {port}", "stop it, or name another port")
                if holder
                else wrong("ports", str(error).partition(". ")[0], "name another address or port")
            )
            return
    fixed = ", ".join(str(port) for port in named.values() if port)
    yield fine("ports", f"{fixed} are free" if fixed else f"any free ones of {settings.host} will be taken")


def certificate(settings: DeploymentSettings) -> Iterator[Diagnosis]:
    """Whether one for TLS can be made that OpenSSL takes."""
    try:
        with tempfile.TemporaryDirectory() as name:
            made = make_certificates(Path(name) / "served.pem", Path(name) / "bundle.pem", settings.host)
            ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(made.served)
            ssl.create_default_context(cafile=str(made.bundle))
    except (DeploymentError, OSError) as error:
        yield wrong("certificate", str(error), "serve without TLS until that is mended")
    else:
        yield fine("certificate", f"one for {settings.host} can be made, for 'quilt-stack up --tls'")


def pages() -> Iterator[Diagnosis]:
    """Whether the web catalog is there, and a browser that shows it without a screen."""
    install = "'quilt-stack catalog --install' puts them there"
    try:
        place = bundle.installed_catalog()
    except bundle.BundleError as error:
        yield wrong("web catalog", str(error), install)
    else:
        if place is None:
            yield note("web catalog", "its pages are not there, links lead to a placeholder", install)
        else:
            yield fine("web catalog", f"{bundle.title(place)} in {place}")
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        yield note("Chromium", "it is not there", "install it for tests that look at pages; people may use any browser")
        return
    try:
        command = [browser, "--version"]
        said = subprocess.run(command, capture_output=True, text=True, timeout=_BROWSER_LIMIT_SECONDS, check=True)
        yield fine("Chromium", said.stdout.strip())
    except (OSError, subprocess.SubprocessError) as error:
        yield wrong("Chromium", f"{browser} does not start ({error})", "install it anew")


def others(state_directory: Path) -> Iterator[Diagnosis]:
    """Processes of stacks that nobody will find again, and stacks in other directories."""
    for process in psutil.process_iter(["cmdline", "create_time", "pid"]):
        command = process.info["cmdline"] or []
        if _MODULE not in command or "--settings" not in command:
            continue
        place = Path(command[command.index("--settings") + 1]).parent
        pid = process.info["pid"]
        record = _record(place)
        if record is None and time.time() - process.info["create_time"] < START_LIMIT_SECONDS:
            continue  # it may be about to write it
        if record is None or record.pid != pid:
            yield wrong("leftovers", f"process {pid} is a stack that {place} does not know", f"'kill {pid}'")
        elif place != state_directory.resolve():
            end = "it ends with its owner" if record.owned else f"'quilt-stack down --state-directory {place}' ends it"
            yield note("other stacks", f"process {pid} is one, in {place}", end)


def _record(place: Path) -> DeploymentRecord | None:
    """What a state directory says of its stack; None, too, if it is of another version, or another user's."""
    try:
        return DeploymentRecord.read(place / DEPLOYMENT_FILE)
    except (ValidationError, OSError):
        return None


def _holder(port: int) -> str | None:
    """Who listens on a port, as far as this user may know."""
    try:
        found = [each for each in psutil.net_connections("tcp") if each.status == psutil.CONN_LISTEN]
        pid = next((each.pid for each in found if each.laddr and each.laddr.port == port), None)
        return None if pid is None else f"process {pid} ({psutil.Process(pid).name()})"
    except psutil.Error:
        return None


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:,.0f} MB"

"""How a stack fares that stands, and whether clients of this shell would find it."""

from __future__ import annotations

import os
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import requests
from pydantic import ValidationError

from quilt_stack.control_client import ControlError
from quilt_stack.doctor.diagnosis import Diagnosis, fine, note, wrong
from quilt_stack.running import RunningDeployment, attach
from quilt_stack.state_files import DEPLOYMENT_FILE, LOG_FILE, DeploymentRecord

_ANSWER_LIMIT_SECONDS = 10.0
_DAY_SECONDS = 24 * 3600
_CLOCK_TOLERANCE_SECONDS = 5


def find(state_directory: Path) -> tuple[RunningDeployment | None, list[Diagnosis]]:
    """The stack of this state directory, and what is to be said of it before anything is asked of it."""
    try:
        record = DeploymentRecord.read(state_directory / DEPLOYMENT_FILE)
    except ValidationError:
        damaged = f"{state_directory / DEPLOYMENT_FILE} is damaged, or of another version"
        return None, [wrong("stack", damaged, "delete it; 'quilt-stack up' writes it anew")]
    running = attach(state_directory)
    if running is not None:
        used = psutil.Process(running.pid).memory_info().rss
        return running, [fine("stack", f"process {running.pid} stands and takes {used / 1_000_000:,.0f} MB")]
    if record is None:
        return None, [note("stack", f"none stands in {state_directory}", "'quilt-stack up' starts one")]
    if not psutil.pid_exists(record.pid):
        gone = f"process {record.pid} in {state_directory} was killed, what it held is gone"
        return None, [note("stack", gone, "'quilt-stack up' clears up, and starts another one")]
    silent = f"process {record.pid} of {state_directory} does not answer"
    log = state_directory / LOG_FILE
    return None, [wrong("stack", silent, f"look into {log}; if it is a stack still, 'kill {record.pid}'")]


def answers(stack: RunningDeployment) -> Iterator[Diagnosis]:
    """Whether each origin answers."""
    asked = {"catalog": "/config.json", "registry": "/healthcheck", "aws": "/"}
    for name, path in asked.items():
        url = getattr(stack, f"{name}_url")
        try:
            with requests.Session() as session:
                session.trust_env = False
                session.verify = True if stack.ca_bundle is None else str(stack.ca_bundle)
                status = session.get(url + path, timeout=_ANSWER_LIMIT_SECONDS).status_code
        except requests.RequestException as error:
            yield wrong(name, f"{url} does not answer ({type(error).__name__})", "'quilt-stack reset', and tell us")
            continue
        if status >= 500:
            yield wrong(name, f"{url} answers {status}", f"look into {stack.state_directory / LOG_FILE}")
        else:
            yield fine(name, f"{url} answers")


def trust(stack: RunningDeployment) -> Iterator[Diagnosis]:
    """With TLS: whether its certificate is good, and for how long."""
    if stack.ca_bundle is None:
        return
    address = urlsplit(stack.registry_url)
    assert address.hostname is not None
    try:
        context = ssl.create_default_context(cafile=str(stack.ca_bundle))
        with (
            socket.create_connection((address.hostname, address.port), timeout=_ANSWER_LIMIT_SECONDS) as plain,
            context.wrap_socket(plain, server_hostname=address.hostname) as wrapped,
        ):
            until = ssl.cert_time_to_seconds(str((wrapped.getpeercert() or {})["notAfter"]))
    except OSError as error:
        yield wrong("certificate", f"{error}", "'quilt-stack reset' makes a new one")
    else:
        yield fine(
            "certificate", f"good for {(until - time.time()) / _DAY_SECONDS:,.0f} days, trusted by {stack.ca_bundle}"
        )


def surroundings(stack: RunningDeployment | None, environment: Mapping[str, str] = os.environ) -> Iterator[Diagnosis]:
    """Whether the variables of this shell lead clients to the stack."""
    if requests.utils.get_environ_proxies("http://127.0.0.1"):
        yield wrong("proxy", "clients of this shell ask a proxy for 127.0.0.1", "'export NO_PROXY=127.0.0.1,localhost'")
    if stack is None:
        return
    wanted = stack.client_environment
    other = {name: value for name, value in wanted.items() if environment.get(name) != value}
    if not other:
        yield fine("this shell", "its clients find the stack")
        return
    said = ", ".join(
        f"{name} is {environment[name]}" if name in environment else f"{name} is not set" for name in other
    )
    advice = "'export " + " ".join(f"{name}={value}" for name, value in other.items()) + "'"
    yield note("this shell", said, advice)


def arranged(stack: RunningDeployment) -> Iterator[Diagnosis]:
    """What somebody arranged that lets it behave otherwise than usual, and forgot perhaps."""
    control = stack.control
    try:
        faults = [each for each in control.faults() if each.rule.count is None or each.applied < each.rule.count]
        ahead = control.clock() - time.time()
        conditions = control.conditions()
    except ControlError as error:
        yield wrong("control", str(error), f"look into {stack.state_directory / LOG_FILE}")
        return
    if faults:
        yield note("faults", f"{len(faults)} in force, requests fail on purpose", "'quilt-stack faults --clear'")
    if abs(ahead) > _CLOCK_TOLERANCE_SECONDS:
        yield note("clock", f"its clock is moved by {ahead:,.0f} s", "control.reset_clock() takes that back")
    if not conditions.subscription_valid:
        yield note("licence", "it has ended, on purpose", "control.set_conditions(subscription_valid=True)")
    if not conditions.mail_accepted:
        yield note("mail", "its mail server takes none, on purpose", "control.set_conditions(mail_accepted=True)")
    log = stack.state_directory / LOG_FILE
    if log.exists() and log.stat().st_size:
        lines = len(log.read_text(encoding="utf-8", errors="replace").splitlines())
        yield note("log", f"{lines} lines", f"look into {log}")

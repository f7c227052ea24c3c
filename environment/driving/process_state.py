"""The state that quilt3, quilt-mcp and boto3 keep per process: taken down and put back (foundations 9).

Both libraries decide at import where their files are and keep sessions, caches and modes in module attributes.
A scenario must neither see what an earlier one left nor leave anything itself.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from quilt_stack.patches import Patch

# module, attribute: put back as it was
ATTRIBUTES: tuple[tuple[str, str], ...] = (
    ("quilt3.util", "BASE_PATH"),
    ("quilt3.util", "BASE_DIR"),
    ("quilt3.util", "CACHE_PATH"),
    ("quilt3.util", "TEMPFILE_DIR_PATH"),
    ("quilt3.util", "CONFIG_PATH"),
    ("quilt3.util", "CONFIG_TEMPLATE"),
    ("quilt3.session", "BASE_PATH"),
    ("quilt3.session", "AUTH_PATH"),
    ("quilt3.session", "CREDENTIALS_PATH"),
    ("quilt3.session", "_session"),
    ("quilt3.session", "_api_key"),
    ("quilt3.packages", "CACHE_PATH"),
    ("quilt3.packages", "APP_DIR_TEMPFILE_DIR"),
    ("quilt3.api", "CONFIG_PATH"),
    ("quilt3.api", "CONFIG_TEMPLATE"),
    ("quilt3.hooks", "_build_client_hook"),
    ("boto3", "DEFAULT_SESSION"),
    ("quilt_mcp.config", "_mode_config_instance"),
    ("quilt_mcp.context.runtime_context", "_default_state"),
    ("quilt_mcp.search.tools.search_suggest", "_suggestion_engine"),
    ("quilt_mcp.search.tools.search_explain", "_explainer"),
)

# module, class or None, attribute: emptied before and after, because entries outlive their user
CACHES: tuple[tuple[str, str | None, str], ...] = (
    ("quilt_mcp.services.browsing_session_client", "BrowsingSessionClient", "_cache"),
    ("quilt_mcp.services.athena_service", "AthenaQueryService", "_workgroup_cache"),
    ("quilt_mcp.services.auth_metrics", None, "_COUNTERS"),
)

# No key of these can do anything: quilt-mcp falls back to ambient keys when a token is refused,
# and with real ones there a scenario would pass falsely (foundations 9).
DENY_ALL_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "AKIADENYALLDENYALL00",
    "AWS_SECRET_ACCESS_KEY": "deny-all",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_CONFIG_FILE": os.devnull,
}
QUIET_ENVIRONMENT = {
    "QUILT_DISABLE_USAGE_METRICS": "true",
    "QUILT_MINIMIZE_STDOUT": "true",
    "MCP_TELEMETRY_ENABLED": "false",
    "MCP_TELEMETRY_LOCAL_ONLY": "true",
}
SERVER_ENVIRONMENT = {
    **DENY_ALL_ENVIRONMENT,
    **{name: value for name, value in QUIET_ENVIRONMENT.items() if name != "QUILT_MINIMIZE_STDOUT"},
}
"""For a server of the product: what it prints is judged, so nothing makes quilt3 print less."""
_FOREIGN_PREFIXES = ("AWS_", "QUILT_")
PATCH = Patch(
    __name__,
    "quilt3",
    reason="quilt3 keeps sign-in, sessions and places of files for a process; each scenario needs its own.",
    bodies={
        "quilt3.session:clear_session": "d48894a2ecaf",
        "quilt3.session:clear_api_key": "ebed62301425",
        "quilt3.session:get_session": "102bb943c701",
        "quilt3.hooks:set_build_s3_client_hook": "8dd02de983f4",
    },
    fence="tests/environment/driving/test_process_state.py::test_each_attribute_is_put_back",
    until="quilt3 keeps them in an object",
)


def cleaned_environment(environment: dict[str, str]) -> dict[str, str]:
    """The environment without anybody's AWS and Quilt settings but with deny-all keys and no telemetry."""
    kept = {
        name: value
        for name, value in environment.items()
        if not name.startswith(_FOREIGN_PREFIXES) or name in {"AWS_CA_BUNDLE"} or name.startswith("QUILT_ACCEPTANCE_")
    }
    return {**kept, **DENY_ALL_ENVIRONMENT, **QUIET_ENVIRONMENT}


def changed_settings(settings: Mapping[str, str], changed: Mapping[str, str]) -> dict[str, str]:
    """Environment variables with some of them changed; those that are changed to nothing are not there."""
    return {name: value for name, value in {**settings, **changed}.items() if value or name not in changed}


@contextmanager
def isolated() -> Iterator[None]:
    """Fresh process state for the product while the context is open; everything is put back afterwards."""
    environment = dict(os.environ)
    before = [(importlib.import_module(module), name) for module, name in ATTRIBUTES]
    values = [getattr(module, name) for module, name in before]
    runtime = importlib.import_module("quilt_mcp.context.runtime_context")
    runtime_state = runtime.get_runtime_state()
    forget_sessions()
    try:
        yield
    finally:
        try:
            forget_sessions()
        finally:
            runtime._runtime_context_var.set(runtime_state)
            for (module, name), value in zip(before, values, strict=True):
                setattr(module, name, value)
            os.environ.clear()
            os.environ.update(environment)


def forget_sessions() -> None:
    """Drop what the product keeps for a process in memory: sessions, modes, caches. Files stay."""
    import boto3
    import quilt3.hooks
    import quilt3.session
    from quilt_mcp.config import reset_mode_config

    quilt3.session.clear_session()
    quilt3.session.clear_api_key()
    quilt3.hooks.set_build_s3_client_hook(None)
    boto3.DEFAULT_SESSION = None
    reset_mode_config()
    for module, owner, name in CACHES:
        container: Any = importlib.import_module(module)
        if owner is not None:
            container = getattr(container, owner)
        getattr(container, name).clear()


def relocate_quilt3(home: Path) -> None:
    """Let quilt3 keep its configuration, sign-in, credentials and caches under ``home``, as for a user of their own.

    quilt3 fixes these paths at import; a new process with other XDG directories would have the same effect.
    """
    import quilt3.api
    import quilt3.packages
    import quilt3.session
    import quilt3.util

    data = home / ".local" / "share" / "Quilt"
    cache = home / ".cache" / "Quilt" / "v0"
    template = quilt3.util.CONFIG_TEMPLATE.replace(quilt3.util.BASE_PATH.as_uri(), data.as_uri())
    quilt3.util.BASE_PATH = quilt3.session.BASE_PATH = data
    quilt3.util.BASE_DIR = str(data)
    quilt3.util.CONFIG_TEMPLATE = quilt3.api.CONFIG_TEMPLATE = template
    quilt3.util.CONFIG_PATH = quilt3.api.CONFIG_PATH = data / "config.yml"
    quilt3.util.CACHE_PATH = quilt3.packages.CACHE_PATH = cache
    quilt3.util.TEMPFILE_DIR_PATH = quilt3.packages.APP_DIR_TEMPFILE_DIR = data / "tempfiles"
    quilt3.session.AUTH_PATH = data / "auth.json"
    quilt3.session.CREDENTIALS_PATH = data / "credentials.json"
    for folder in (data, cache, data / "tempfiles"):
        folder.mkdir(parents=True, exist_ok=True)
    quilt3.session.clear_session()
    os.environ["HOME"] = str(home)

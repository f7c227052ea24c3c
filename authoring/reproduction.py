"""A stand-alone Python script that shows a defect: quilt-mcp and a URL, nothing of this suite.

It holds the calls that a scenario made to the product up to the one that shows the defect, and what the suite itself
had made before (objects in S3, mutations of the registry). What cannot be made by a script is said in a comment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pprint import pformat
from textwrap import indent, wrap

from authoring.scenario_record import (
    OtherRequest,
    ProductCall,
    RecordedScenario,
    RecordedStep,
    RegistryRequest,
    StoredObject,
)
from environment.driving.server_verbs import INTERFACE as MCP
from environment.errors import SuiteError
from environment.modes import Mode
from environment.people.personas import CAST
from reports.known_defects import KnownDefect

CATALOG = "QUILT_CATALOG_URL"
REGISTRY = "QUILT_REGISTRY_URL"
ADMINISTRATOR = "QUILT_TOKEN_ADMINISTRATOR"
_WIDTH = 110


def token_variable(person: str) -> str:
    """The environment variable with a person's token."""
    return "QUILT_TOKEN_" + re.sub(r"\W+", "_", person).upper()


def reproduction(entry: KnownDefect, scenario: RecordedScenario, sentence: RecordedStep | None = None) -> str:
    """The script for a sentence of a scenario that did not hold; for the first such one unless it is given.

    Raises:
        SuiteError: if every sentence held, the product was not called before, or was called through its MCP server.
    """
    shown = sentence or next(iter(scenario.failed), None)
    tried = f"Made a reproduction of {entry.id} from {scenario.nodeid}"
    if shown is None:
        raise SuiteError(tried, "every sentence of it holds", f"If it is fixed: acceptance defect remove {entry.id}")
    steps = scenario.steps[: scenario.steps.index(shown) + 1]
    calls = [call for step in steps for call in step.calls]
    if not calls:
        raise SuiteError(
            tried, "it does not call QuiltOps or AdminOps", "Describe in the entry's evidence how to see it"
        )
    if any(call.interface == MCP for call in calls):
        raise SuiteError(
            tried,
            "it works through the MCP server, not with QuiltOps",
            "Call the tools that the entry's evidence names",
        )
    last = _showing(calls, shown)
    body = "\n".join(_body(steps, last))
    return "\n".join([_head(entry, scenario, shown), _preparation(calls, body), "", "", body, ""])


def _showing(calls: Sequence[ProductCall], shown: RecordedStep) -> ProductCall:
    """The call that shows it: the one that raised what the sentence failed for, else the last one."""
    if shown.cause is not None:
        for call in calls:
            if call.failure == shown.cause:
                return call
    return calls[-1]


def _head(entry: KnownDefect, scenario: RecordedScenario, shown: RecordedStep) -> str:
    facts = {
        "Promised": f"{entry.promised.text} ({entry.promised.source})",
        "Observed": entry.observed,
        "Evidence": entry.evidence,
    }
    judged = f"quilt-mcp {scenario.product_version}, {scenario.scenario.mode} mode ({entry.id})"
    lines = [f"{entry.title}.", "", judged, ""]
    for name, text in facts.items():
        lines += wrap(f"{name}: {' '.join(text.split())}", _WIDTH)
    lines += ["", f"In words, the last of which does not hold ({scenario.scenario.name}):", ""]
    steps = scenario.steps[: scenario.steps.index(shown) + 1]
    lines += [f"  {line}".rstrip() for each in steps for line in each.sentence.lines]
    text = "\n".join(lines).replace("\\", "\\\\").replace('"""', "'''")
    return f'"""{text}\n"""'


def _preparation(calls: Sequence[ProductCall], body: str) -> str:
    modes = {call.mode for call in calls}
    signed_in = dict.fromkeys(call.actor for call in calls if call.signed_in)
    imports = ["import os", "import tempfile", "import traceback", "", *_foreign_imports(body)]
    tokens = [f'    "{person}": os.environ["{token_variable(person)}"],  # of {_who(person)}' for person in signed_in]
    lines = [
        *imports,
        f'CATALOG = os.environ["{CATALOG}"]  # https://your-catalog.example.com',
        "TOKENS = {",
        *tokens,
        "}",
        "# quilt3 keeps its sign-in here, and not where yours is",
        'os.environ["XDG_DATA_HOME"] = os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp()',
    ]
    if "s3." in body:
        lines += ["", 's3 = boto3.client("s3")  # with keys that may write into the buckets below']
    if "mutate(" in body:
        lines += [_MUTATE.format(registry=REGISTRY, administrator=ADMINISTRATOR)]
    if Mode.LOCAL in modes:
        lines += ["", "", _LOCAL]
    if Mode.MULTIUSER in modes:
        lines += ["", "", _MULTIUSER]
    return "\n".join(lines)


def _foreign_imports(body: str) -> list[str]:
    needed = [name for name, mark in (("boto3", "s3."), ("requests", "mutate(")) if mark in body]
    return [*(f"import {name}" for name in needed), ""] if needed else []


_MUTATE = """
def mutate(query, variables):
    \"\"\"Ask the registry as an administrator.\"\"\"
    answer = requests.post(
        os.environ[{registry!r}] + "/graphql",
        json={{"query": query, "variables": variables}},
        headers={{"Authorization": "Bearer " + os.environ[{administrator!r}]}},
        timeout=60,
    )
    answer.raise_for_status()
    print(answer.json())"""

_LOCAL = '''def local_quilt_ops(person):
    """QuiltOps in local mode, signed in as that person; as nobody if they have no token."""
    import quilt3.session
    from quilt_mcp.config import reset_mode_config
    from quilt_mcp.context.runtime_context import set_default_environment
    from quilt_mcp.ops.factory import QuiltOpsFactory

    os.environ["QUILT_MULTIUSER_MODE"] = "false"
    reset_mode_config()
    set_default_environment("desktop")
    if person in TOKENS:
        quilt3.config(CATALOG)
        quilt3.session.login_with_token(TOKENS[person])
    return QuiltOpsFactory.create()'''

_MULTIUSER = '''def multiuser_quilt_ops(person):
    """QuiltOps in multiuser mode, with that person's token in the context; without one if they have none."""
    from quilt_mcp.config import reset_mode_config
    from quilt_mcp.context.runtime_context import RuntimeAuthState, push_runtime_context, set_default_environment
    from quilt_mcp.ops.factory import QuiltOpsFactory

    os.environ["QUILT_MULTIUSER_MODE"] = "true"
    os.environ["QUILT_CATALOG_URL"] = CATALOG
    reset_mode_config()
    set_default_environment("web")
    token = TOKENS.get(person)
    auth = RuntimeAuthState(scheme="Bearer", access_token=token) if token else None
    push_runtime_context(environment="web", auth=auth)
    return QuiltOpsFactory.create()'''


def _who(person: str) -> str:
    return next((each.description for each in CAST if each.name == person), "a user made for this")


def _body(steps: Sequence[RecordedStep], last: ProductCall) -> Iterator[str]:
    """The events of the steps as code, each step under a comment that quotes it."""
    for step in steps:
        yield "\n".join(f"# {line}".rstrip() for line in step.sentence.lines)
        made = False
        for event in step.events:
            if event is last:
                yield _shown(event)
                return
            made = made or not isinstance(event, OtherRequest)
            yield from _code(event)
        if step.sentence.type == "given" and not made and "signed in" not in step.sentence.text:
            yield "# (see to it that this is so; no call of the product makes it)"


def _code(event: object) -> Iterator[str]:
    if isinstance(event, ProductCall):
        yield _attempt(event)
    elif isinstance(event, StoredObject):
        content = repr(event.content.encode("latin-1"))
        yield f"s3.put_object(Bucket={event.bucket!r}, Key={event.key!r}, Body={content})"
    elif isinstance(event, RegistryRequest):
        yield f'mutate(\n    """{event.query.strip()}""",\n{indent(_literal(event.variables), "    ")},\n)'
    elif isinstance(event, OtherRequest):
        place = event.url.rpartition("://")[2].partition("/")[2]
        yield f"# (the suite sent {event.method} /{place} to its own deployment: see to it that this is so)"


def _shown(call: ProductCall) -> str:
    """The call that shows the defect, and what was seen when it was recorded."""
    seen = f"{call.failure.kind}: {call.failure.message}" if call.failure else call.returned
    said = indent("\n".join(wrap(f"Seen: {seen}", _WIDTH)), "# ")
    return f"{said}\n{_attempt(call)}"


def _attempt(call: ProductCall) -> str:
    """The call, with what comes of it printed: a product that raises must not end the script before its end."""
    arguments = [*map(_literal, call.arguments)]
    arguments += [f"{name}={_literal(value)}" for name, value in call.named_arguments.items()]
    interface = ".admin" if call.interface == "AdminOps" else ""
    written = "".join(f"\n{indent(each, ' ' * 8)}," for each in arguments)
    end = "\n    " if written else ""
    whole = f'{call.mode}_quilt_ops("{call.actor}"){interface}.{call.operation}({written}{end})'
    return f"try:\n    result = {whole}\n    print(repr(result))\nexcept Exception:\n    traceback.print_exc()"


def _literal(value: object) -> str:
    return pformat(value, width=_WIDTH, sort_dicts=False)

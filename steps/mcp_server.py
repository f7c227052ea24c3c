"""The MCP server: working through its tools, which ones there are, and how it starts."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256

from pytest_bdd import given, then, when

from environment.checking.comparing import must_be_empty, must_not_be_empty
from environment.driving.files import ScenarioFile, Storeroom, contents_in
from environment.driving.packages import Options, Package
from environment.driving.server_verbs import ServerStart, ServerVerbs
from environment.driving.session import Session
from environment.driving.stage import Stage
from environment.driving.work import publish_folder
from environment.gherkin.confined import confines, frees
from environment.gherkin.parts import puts
from environment.gherkin.references import ValueKind, parse, register
from environment.gherkin.step_arguments import Rows, columns
from environment.product.judged import judged_product
from environment.product.mcp_server.faults import ServerEnded, ToolRefused
from environment.product.mcp_server.servers import Servers
from environment.product.outcome import attempt
from steps.kinds import CONTENT

A_TAKEN_PORT = "(a port that is taken)"
# Sources: the product's README, "Core Package Tools"; the docstring of quilt_mcp.tools, "packages: Package browsing,
# creation, update, deletion", "buckets: S3 bucket operations", "search: Unified search"; the README's "Admin Tools" and
# "Tabulator"; the list of resources, "List all users in the Quilt registry".
TASKS = {
    "search for packages": "search_catalog",
    "browse a package": "package_browse",
    "publish a package": "package_create",
    "add to a package": "package_update",
    "delete a package": "package_delete",
    "compare packages": "package_diff",
    "publish a folder": "package_create_from_s3",
    "list the buckets": "bucket_list",
    "list the tables": "tabulator_tables_list",
    "create a table": "tabulator_table_create",
    "delete a table": "tabulator_table_delete",
    "query a table": "tabulator_bucket_query",
    "look up a user": "admin_user_get",
    "create a user": "admin_user_create",
    "deactivate a user": "admin_user_set_active",
    "delete a user": "admin_user_delete",
}
_WAYS = {"as text": "text", "as bytes": "content", "through a link": "link"}
_VERSIONS = {"as it was at first": 0, "as it is now": -1}
_BY_DEFAULT = " with its default settings"
register(
    ValueKind("Task", "|".join(TASKS), lambda words: TASKS[words], tuple(TASKS)),
    ValueKind("Way", "|".join(_WAYS), lambda words: _WAYS[words], tuple(_WAYS)),
    ValueKind("Version", "|".join(_VERSIONS), lambda words: _VERSIONS[words], tuple(_VERSIONS)),
    ValueKind("ByDefault", f"(?:{_BY_DEFAULT})?", bool, ("", _BY_DEFAULT)),
)


@given(parse("{persona:Persona} works through the MCP server{by_default:ByDefault}"))
@when(parse("{persona:Persona} works through the MCP server{by_default:ByDefault}"))
@confines(
    (name for verbs in (ServerVerbs, ServerStart) for name in dir(verbs) if not name.startswith("_")),
    "this suite knows no tool of the MCP server for it; leave it to somebody who does not work through the server",
)
def work_through_server(persona: Session, by_default: bool, mcp_servers: Servers) -> None:
    """From now on, tools of the product's own server process do what QuiltOps did before.

    In local mode the persona starts it and talks to it over its standard input and output, in multiuser mode a shared
    one over HTTP with the persona's token. What no tool does breaks the scenario, and a line says so.
    With its default settings (local mode only) the server takes quilt3's token and asks the registry's GraphQL.
    """
    persona.work_through(mcp_servers, by_default=by_default)


@given(parse("{persona:Persona} no longer works through the MCP server"))
@when(parse("{persona:Persona} no longer works through the MCP server"))
@frees
def work_without_server(persona: Session) -> None:
    """From now on, the persona acts without an assistant; what the server did before stays."""
    persona.work_directly()


@given(parse("{persona:Persona} has asked the MCP server what it can do"))
@when(parse("{persona:Persona} asks the MCP server what it can do"))
def ask_for_tools(persona: Session) -> None:
    """Ask for its version and for the list of its tools."""
    attempt(persona.server.introduce_itself)
    attempt(persona.server.list_tools)


@given(parse("{persona:Persona} has published {package:NewPackage} from a folder with these files:"))
@when(parse("{persona:Persona} publishes {package:NewPackage} from a folder with these files:"))
@columns("file", optional=("content",), cells={"content": CONTENT})
@puts("package", column="file")
def publish_from_folder(persona: Session, package: Package, datatable: Rows, storeroom: Storeroom) -> None:
    """Put files into one folder in S3 and make a package of all that is in it; only the MCP server can.

    Each package has its own folder.
    """
    folder = package.name.rpartition("/")[2]
    contents = contents_in(datatable)
    files = [storeroom.put(name, content, package.bucket, folder=folder) for name, content in contents.items()]
    publish_folder(persona, package, files, Options(keeps_folders=True))


@given(parse("{persona:Persona} has read {file:File} in S3 {version:Version}, {way:Way}"))
@when(parse("{persona:Persona} reads {file:File} in S3 {version:Version}, {way:Way}"))
def read_in_s3(persona: Session, file: ScenarioFile, version: int, way: str) -> None:
    """Read a file that no package need hold; only the MCP server can. A link is followed without signing in."""
    attempt(persona.server.read_object, file.versions[version].physical_key, way)


@then(parse("{persona:Persona} is given {file:File} {version:Version}, byte for byte"))
def is_given(persona: Session, file: ScenarioFile, version: int) -> None:
    """What was read last has the bytes of that version."""
    read: bytes = persona.last_outcome("read_object").value
    assert sha256(read).hexdigest() == file.versions[version].sha256, f"these are other bytes: {read[:40]!r}…"


@when(parse("{persona:Persona} starts the MCP server with these settings:"))
@columns("setting", optional=("value",))
def start_with_settings(persona: Session, datatable: Rows) -> None:
    """Environment variables that differ from the usual ones; without a value, the variable is not set.

    `(a port that is taken)` is one on which another program of this machine listens.
    """
    with _taken_port() as port:
        changed = {row["setting"]: row.get("value", "").replace(A_TAKEN_PORT, port) for row in datatable}
        attempt(persona.server.start_server, changed)


@then(parse("{persona:Persona} is offered a tool to {task:Task}"))
def is_offered(persona: Session, task: str) -> None:
    """The server's list of tools has the one that the product documents for this."""
    offered = persona.last_outcome("list_tools").value
    assert task in offered, f"none of the {len(offered)} tools is {task}"


@then(parse("every tool says what it does"))
def tools_are_described(stage: Stage) -> None:
    """Each tool that the server lists has a description, which assistants choose by."""
    offered = stage.last_named.last_outcome("list_tools").value
    names = must_not_be_empty(list(offered), "tools")
    must_be_empty([name for name in names if not offered[name]], "tools without a description")


@then(parse("the MCP server reports the product's version"))
def version_is_right(stage: Stage) -> None:
    """The version with which it introduces itself is the one of the installed distribution."""
    given_version = stage.last_named.last_outcome("introduce_itself").value
    installed = judged_product().version
    assert installed in given_version.split(), f"the server says that it is version {given_version}, not {installed}"


@then(parse("{persona:Persona} is advised to use only tools that the MCP server has"))
def advice_can_be_followed(persona: Session) -> None:
    """Each tool that the sign-in status names as a next step is in the server's list."""
    advised = must_not_be_empty(persona.last_outcome("get_auth_status").value.advised_tools, "tools advised")
    offered = attempt(persona.server.list_tools).value
    must_be_empty([name for name in advised if name not in offered], "tools advised that there are not")


@then(parse("the status shows {persona:Persona}'s user name"))
def status_names(persona: Session) -> None:
    """The user whom the last status names is the persona's."""
    shown = persona.last_outcome("get_auth_status").value.user_name
    assert shown == persona.user_name, f"the status shows the user name {shown}, not {persona.user_name}"


@then(parse("the refusal is marked as an error"))
def refusal_is_marked(stage: Stage) -> None:
    """The result has MCP's mark of an error (isError): assistants need not understand its text."""
    refusal = stage.last_named.last_outcome().error_raised
    assert isinstance(refusal, ToolRefused), f"it is no refusal of a tool: {refusal}"
    assert refusal.marked, f"the tool refused, and its result is marked as a success: {refusal}"


@then(parse("the MCP server does not start, and says why"))
def does_not_start(stage: Stage) -> None:
    """The process ended by itself, and wrote something to its standard error."""
    stage.last_named.last_outcome("start_server").refusal(ServerEnded)


@contextmanager
def _taken_port() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield str(listening.getsockname()[1])

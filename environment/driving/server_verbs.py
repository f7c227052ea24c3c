"""What people do, done by the tools of the MCP server: QuiltOps's operations as the server offers them.

Answers keep the server's words under the names that QuiltOps has for the same. What a tool does not answer cannot be
read: nothing is filled in.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from environment.clients.downloads import fetch
from environment.driving.operations import CallingSession, Operation
from environment.driving.server_administration import AdministrationVerbs
from environment.driving.server_answers import Answered
from environment.errors import SuiteError
from environment.product.judged import judged_product
from environment.product.mcp_server.conversation import Conversation
from environment.product.mcp_server.servers import Servers

INTERFACE = "MCP"
"""How calls through the server are told from those of QuiltOps and AdminOps."""
_TOOL_IN_ADVICE = re.compile(r"\b([a-z]\w*)\(")


class ServerVerbs(AdministrationVerbs):
    """The operations; each raises `ServerFault` if the server lacks the tool, or the tool refuses."""

    def search_packages(self, query: str, registry: str) -> list[Answered]:
        """Packages that a search of one bucket finds."""
        tool = "search_catalog"
        answer = self._said.call(tool, query=query, scope="package", bucket=_bucket(registry))
        return [
            Answered(tool, name=each["name"], bucket=each["bucket"], modified_date=each["last_modified"])
            for each in answer["results"]
        ]

    def browse_content(self, package_name: str, registry: str, path: str = "") -> list[Answered]:
        """What lies at the top of a package."""
        tool = "package_browse"
        if path:
            raise SuiteError(f"Opened {path} through the MCP server", f"{tool} takes no folder", "Browse the package")
        answer = self._said.call(tool, package_name=package_name, registry=registry, recursive=False)
        return [
            Answered(
                tool,
                path=each["logical_key"],
                size=each["size"],
                type="directory" if each["is_directory"] else "file",
            )
            for each in answer["entries"]
        ]

    def create_package_revision(
        self, package_name: str, s3_uris: Sequence[str], *, auto_organize: bool = True, **how: Any
    ) -> Answered:
        """Make a package; files keep their folders unless told otherwise, as with QuiltOps."""
        return self._publish("package_create", package_name, s3_uris, flatten=not auto_organize, **how)

    def update_package_revision(
        self, package_name: str, s3_uris: Sequence[str], *, auto_organize: bool = False, copy: str = "none", **how: Any
    ) -> Answered:
        """Add to a package; files lie side by side unless told otherwise, as with QuiltOps."""
        how = {"flatten": not auto_organize, "copy": copy == "all", **how}
        return self._publish("package_update", package_name, s3_uris, **how)

    def _publish(self, tool: str, package_name: str, s3_uris: Sequence[str], **how: Any) -> Answered:
        answer = self._said.call(tool, package_name=package_name, s3_uris=list(s3_uris), **how)
        return Answered(
            tool,
            success=answer["success"],
            package_name=answer["package_name"],
            registry=answer["registry"],
            top_hash=answer["top_hash"],
            file_count=answer["files_added"],
            catalog_url=answer["package_url"],
            message=answer["message"],
        )

    def publish_folder(self, package_name: str, bucket: str, prefix: str, registry: str) -> Answered:
        """Make a package of everything below a prefix of a bucket, without a README of the server's own."""
        tool = "package_create_from_s3"
        answer = self._said.call(
            tool,
            package_name=package_name,
            source_bucket=bucket,
            source_prefix=prefix,
            target_registry=registry,
            generate_readme=False,
            confirm_structure=False,
        )
        return Answered(tool, package_name=answer["package_name"], registry=answer["registry"])

    def read_object(self, physical_key: str, way: str) -> bytes:
        """The bytes of one version of an object: its text, its content in Base64, or what a link to it gives.

        Raises:
            DownloadRefused: the link does not give the object.
        """
        if way == "text":
            return str(self._said.call("bucket_object_text", s3_uri=physical_key)["text"]).encode()
        if way == "content":
            return b64decode(self._said.call("bucket_object_fetch", s3_uri=physical_key)["data"])
        return fetch(self._said.call("bucket_object_link", s3_uri=physical_key)["signed_url"])

    def delete_package(self, bucket: str, name: str) -> bool:
        """Delete a package; the answer is True, or a refusal."""
        answer = self._said.call("package_delete", package_name=name, registry=f"s3://{bucket}")
        return bool(answer["success"])

    def diff_packages(self, package1_name: str, package2_name: str, registry: str, **hashes: str) -> Any:
        """Compare two packages."""
        names = {"package1_name": package1_name, "package2_name": package2_name}
        return self._said.call("package_diff", **names, registry=registry, **hashes)["diff"]

    def list_buckets(self) -> list[Answered]:
        """The buckets that the user sees."""
        tool = "bucket_list"
        return [Answered(tool, name=each["name"]) for each in self._said.call(tool)["buckets"]]

    def get_auth_status(self) -> Answered:
        """Whether the user is signed in, as whom, and what the server advises to do next."""
        tool = "get_resource"
        status: Mapping[str, Any] = self._said.call(tool, uri="auth://status")["data"]
        signed_in = status["status"] == "authenticated"
        said = {"is_authenticated": signed_in, "logged_in_url": status.get("catalog_url") if signed_in else None}
        if "user_info" in status:
            said["user_name"] = status["user_info"]["username"]
        return Answered(tool, **said, advised_tools=sorted(set(_TOOL_IN_ADVICE.findall(str(status)))))

    def list_tools(self) -> dict[str, str]:
        """The description of each tool by its name."""
        return {name: (tool.description or "").strip() for name, tool in self._said.tools.items()}

    def introduce_itself(self) -> str:
        """The version that the server gives of itself, "" if it gives none."""
        return self._said.server.version if self._said.server is not None else ""


class Served(CallingSession, Protocol):
    """A persona's session as the server's operations need it; the session says what its methods raise."""

    name: str

    def converse(self, servers: Servers) -> Conversation:
        """A conversation with a server, as this persona."""

    def start_server(self, servers: Servers, changed: Mapping[str, str]) -> None:
        """Start a server with some settings changed, and end it."""


@dataclass(frozen=True)
class ServerStart:
    """What can be tried before there is a conversation."""

    served: Served
    servers: Servers

    def start_server(self, changed: Mapping[str, str]) -> None:
        """Start a server with these settings changed, an empty one taken away, and end it."""
        self.served.start_server(self.servers, changed)


class ServerOperations:
    """The server's operations of one persona; a server is started, and spoken to, when one of them is called."""

    def __init__(self, served: Served, servers: Servers) -> None:
        self._served = served
        self._servers = servers

    def __getattr__(self, name: str) -> Operation:
        """The operation of that name.

        Raises:
            SuiteError: the server has no tool for it.
        """
        if name.startswith("_"):
            raise AttributeError(name)
        if hasattr(ServerStart, name):
            return Operation(self._starting, name, self._served.name, INTERFACE, self._served)
        if not hasattr(ServerVerbs, name):
            raise SuiteError(
                f"Called {name} through the MCP server",
                f"{judged_product()} has no tool for it that this suite knows",
                "Act without the MCP server",
            )
        return Operation(self._speaking, name, self._served.name, INTERFACE, self._served)

    def _starting(self) -> ServerStart:
        return ServerStart(self._served, self._servers)

    def _speaking(self) -> ServerVerbs:
        return ServerVerbs(self._served.converse(self._servers))

    def __repr__(self) -> str:
        return f"the MCP server of {self._served.name}"


def _bucket(registry: str) -> str:
    return registry.removeprefix("s3://")

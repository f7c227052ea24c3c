"""Servers to speak with, made with the library's own server side, or of a few lines that are no server at all."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from environment.product.mcp_server.launch import Launch

TOOLS = """
import os, sys, time
from typing import Any
from mcp.server.mcpserver import MCPServer

server = MCPServer("small", version="1.2.3")

@server.tool()
def package_answer(word: str) -> dict[str, Any]:
    "Gives a word back."
    return {"success": True, "word": word}

@server.tool()
def refuse() -> dict[str, Any]:
    return {"success": False, "error": "no such bucket", "cause": "it was deleted"}

@server.tool()
def fail_without_success() -> dict[str, Any]:
    return {"error": "no such bucket", "bucket": "b"}

@server.tool()
def fail() -> dict[str, Any]:
    raise RuntimeError("something broke")

@server.tool()
def say_nothing_of_success() -> str:
    return "all went well, I think"

@server.tool()
def end() -> str:
    print("out of memory", file=sys.stderr, flush=True)
    os._exit(3)

@server.tool()
def hang() -> str:
    time.sleep(120)
    return ""
"""
STDIO = f'{TOOLS}\nprint("started", file=sys.stderr, flush=True)\nserver.run("stdio")\n'
HTTP = f'{TOOLS}\nserver.run("streamable-http", host=os.environ["FASTMCP_HOST"], port=0)\n'
# The library's own server cannot be made to write something else to its standard output.
BABBLES_LATER = """
import json, sys

answers = {
    "initialize": {
        "protocolVersion": "2025-06-18",
        "capabilities": {"tools": {}},
        "serverInfo": {"name": "by hand", "version": "1"},
    },
    "tools/list": {"tools": [{"name": "babble", "inputSchema": {"type": "object"}}]},
    "tools/call": {"content": [{"type": "text", "text": "{}"}]},
}
for line in sys.stdin:
    asked = json.loads(line)
    if asked["method"] == "tools/call":
        print("look what I found")
    if "id" in asked:
        print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": answers[asked["method"]]}), flush=True)
"""
DIES = 'import sys; print("QUILT_CATALOG_URL is missing", file=sys.stderr); sys.exit(3)'
DIES_WORDLESSLY = "raise SystemExit(3)"
SILENT = 'import sys, time; print("still loading", file=sys.stderr, flush=True); time.sleep(120)'
BABBLES = 'import time; print("Welcome to the server!", flush=True); time.sleep(120)'


def small(code: str, folder: Path, **variables: str) -> Launch:
    """A Python program as a server."""
    return Launch((sys.executable, "-c", code), {"PATH": os.environ["PATH"], "HOME": str(folder), **variables}, folder)

"""A real client of the protocol, connected over either transport."""

import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult, ImageContent, TextContent

from tests.api.server import Server

PROGRAM = "from spark_interpreter.cli.main import main; main()"


class Caller:
    """Calls tools and looks at what comes back."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def __call__(self, tool: str, **arguments: Any) -> Any:
        """The structured reply; the text beside it says the same."""
        result = await self.raw(tool, **arguments)
        assert not result.is_error, result.content
        return result.structured_content

    async def error(self, tool: str, **arguments: Any) -> Any:
        result = await self.raw(tool, **arguments)
        assert result.is_error
        found = result.structured_content["error"]
        (content,) = result.content
        assert isinstance(content, TextContent)
        assert content.text == f"{found['message']} {found['remedy']}".strip()
        assert "Traceback" not in content.text
        return found

    async def raw(self, tool: str, **arguments: Any) -> CallToolResult:
        return await self.client.call_tool(tool, arguments)

    async def picture(self, **arguments: Any) -> ImageContent:
        result = await self.raw("chart", **arguments)
        first = result.content[0]
        assert isinstance(first, ImageContent)
        return first

    async def answer(self, question: str, *sources: Path | str, **more: Any) -> Any:
        """The result of a question."""
        words = [str(source) for source in sources]
        begun = await self("ask", question=question, sources=words, **more)
        return await self.until_finished(begun["turn_id"])

    async def until_finished(self, turn_id: str) -> Any:
        waited = {"finished": False}
        while not waited["finished"]:
            waited = await self("wait", turn_id=turn_id, seconds=20)
        return waited["result"]


@asynccontextmanager
async def over_stdio(home: Path, *arguments: str, mode: str = "auto") -> AsyncIterator[Caller]:
    """A server that this client starts and ends."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("SPARK_")}
    parameters = StdioServerParameters(
        command=sys.executable,
        args=["-c", PROGRAM, "mcp", *arguments],
        env=inherited
        | {
            "SPARK_INTERPRETER_DATA_DIR": str(home / "data"),
            "SPARK_INTERPRETER_CACHE_DIR": str(home / "cache"),
            "SPARK_INTERPRETER_CACHE_MAX_MB": "0",
        },
    )
    async with Client(parameters, mode=mode) as client:
        yield Caller(client)


@asynccontextmanager
async def over_http(url: str, mode: str = "auto", **headers: str) -> AsyncIterator[Caller]:
    async with (
        httpx2.AsyncClient(headers=headers, timeout=60) as http,
        Client(streamable_http_client(url, http_client=http), mode=mode) as client,
    ):
        yield Caller(client)


class McpServer(Server):
    """`spark-interpreter mcp --http` on a free port."""

    def __init__(self, home: Path, arguments: Sequence[str], **settings: object) -> None:
        super().__init__(home, None, **settings)
        self.command = ("mcp", "--http", *arguments)

"""Many clients over HTTP, under the access control of the service."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from mcp.server import ServerRequestContext
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from spark_interpreter.__about__ import __version__
from spark_interpreter.agents.mcp.allowed import with_roots
from spark_interpreter.agents.mcp.desk import Desk
from spark_interpreter.agents.mcp.server import make_server
from spark_interpreter.agents.mcp.tools import Offer, tools_of
from spark_interpreter.api import access, problems
from spark_interpreter.api.access import Caller, Permission
from spark_interpreter.api.app import life
from spark_interpreter.api.metrics import Metrics
from spark_interpreter.api.problems import problem_of
from spark_interpreter.api.requests import Requests
from spark_interpreter.api.routes import operations
from spark_interpreter.errors import AccessError
from spark_interpreter.settings import Settings

PATH = "/mcp"
_IDLE_SECONDS = 1800.0
"""Clients that are silent for so long have to begin again."""
_SESSION = "mcp-session-id"


def create_mcp_app(settings: Settings, roots: Sequence[Path], offer: Offer) -> FastAPI:
    """The server as an ASGI application."""
    settings = with_roots(settings, roots)
    metrics = Metrics()
    door = _Door()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with life(app):
            desk = Desk(app.state.service, app.state.access, roots)
            server = make_server(tools_of(desk, offer), _caller_of)
            door.manager = StreamableHTTPSessionManager(server, session_idle_timeout=_IDLE_SECONDS)
            async with door.manager.run():
                yield

    app = FastAPI(
        title="Spark Code Interpreter (MCP)", version=__version__, lifespan=lifespan,
        docs_url=None, redoc_url=None, openapi_url=None,
    )  # fmt: skip
    app.state.settings = settings
    app.state.metrics = metrics
    app.include_router(operations.router)
    app.router.routes.append(Route(PATH, endpoint=door))
    problems.install(app)
    access.install(app, settings)
    app.add_middleware(Requests, metrics=metrics)
    return app


class _Door:
    """Lets callers who may ask through to the protocol, whatever the method of their request."""

    manager: StreamableHTTPSessionManager

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await access.require(Permission.ASK)(Request(scope))
        except AccessError as error:
            await problem_of(error)(scope, receive, send)
        else:
            await self.manager.handle_request(scope, receive, send)


def _caller_of(context: ServerRequestContext[Any]) -> tuple[Caller, str | None]:
    request = context.request
    assert isinstance(request, Request)
    return request.scope["state"]["caller"], request.headers.get(_SESSION)

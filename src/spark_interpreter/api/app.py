"""The application."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool

from spark_interpreter.__about__ import __version__
from spark_interpreter.api import access, problems
from spark_interpreter.api.metrics import Metrics
from spark_interpreter.api.problems import responses
from spark_interpreter.api.requests import Requests
from spark_interpreter.api.routes import (
    catalogs,
    connections,
    costs,
    events,
    examples,
    operations,
    platforms,
    results,
    sessions,
    shared,
    sources,
    turns,
)
from spark_interpreter.api.tracing import Tracing
from spark_interpreter.model import Event, Turn
from spark_interpreter.settings import Settings
from spark_interpreter.supervisor.service import Service

_log = logging.getLogger(__name__)


class _App(FastAPI):
    """FastAPI with our errors in its OpenAPI document."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            schema = super().openapi()
            schemas = schema["components"]["schemas"]
            problem = problems.Problem.model_json_schema(
                ref_template="#/components/schemas/{model}"
            )
            schemas |= problem.pop("$defs", {}) | {"Problem": problem}
        return super().openapi()


def create_app(settings: Settings) -> FastAPI:
    """The service as an ASGI application; its life begins and ends with the application's."""
    metrics = Metrics()
    app = _App(
        title="Spark Code Interpreter",
        version=__version__,
        description="Ask questions of data in plain language over HTTP.",
        lifespan=life,
        docs_url=None,
        redoc_url=None,
        responses=responses(400, 401, 403, 413, 429, 500),
    )
    app.state.settings = settings
    app.state.metrics = metrics
    for family in (
        turns,
        results,
        events,
        sessions,
        shared,
        sources,
        platforms,
        connections,
        catalogs,
        costs,
        examples,
        operations,
    ):
        app.include_router(family.router)
    problems.install(app)
    access.install(app, settings)
    app.add_middleware(Requests, metrics=metrics)
    return app


@asynccontextmanager
async def life(app: FastAPI) -> AsyncIterator[None]:
    """The life of an application: carries turns from its start to its end.

    Its state has `settings`, `metrics` and `access`, and gets `service`.
    """
    metrics: Metrics = app.state.metrics

    def hear(turn: Turn, event: Event) -> None:
        if event.kind != "progress":
            _log.info("turn", extra=_step(turn, event))

    def ended(owner: str, turn: Turn) -> None:
        metrics.turn(turn)
        if tracing is not None:
            tracing.turn(turn)
        control.turn_ended(owner, turn)

    control: access.Access = app.state.access
    endpoint = app.state.settings.service.otlp_endpoint
    tracing = Tracing(endpoint) if endpoint else None
    service = await run_in_threadpool(Service, app.state.settings, on_step=hear, on_end=ended)
    app.state.service = service
    await run_in_threadpool(service.start)
    try:
        yield
    finally:
        await run_in_threadpool(service.stop)
        control.close()
        if tracing is not None:
            await run_in_threadpool(tracing.close)


def _step(turn: Turn, event: Event) -> dict[str, Any]:
    """A step of a turn without what was asked or found."""
    code = event.data.get("error", {}).get("code") if event.kind == "error" else None
    return {
        "session_id": event.session_id,
        "turn": event.turn,
        "request_id": turn.wishes.request_id,
        "sequence": event.sequence,
        "kind": event.kind,
        "state": event.state,
    } | ({"code": code} if code else {})

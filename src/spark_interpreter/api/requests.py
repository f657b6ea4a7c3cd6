"""Gives every request an id, and keeps a line of the log and the metrics of it."""

import logging
import re
import time
import uuid
from collections.abc import Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from spark_interpreter.api.logs import request_id
from spark_interpreter.api.metrics import Metrics

_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_LOGGED = {
    "session_id": "session_id", "turn": "turn", "upload_id": "upload_id",
    "name": "connection", "database": "database", "table": "table",
}  # fmt: skip
"""The fields of a log line for parameters of a path; `name` is taken by every `LogRecord`."""
_log = logging.getLogger(__name__)


class Requests:
    """Middleware around everything else."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = dict(scope["headers"]).get(b"x-request-id", b"")
        own = given.decode() if _ID.fullmatch(given) else uuid.uuid4().hex
        request_id.set(own)
        started = time.perf_counter()
        status = 500

        async def named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", own.encode())]
            await send(message)

        try:
            await self._app(scope, receive, named)
        finally:
            self._note(scope, status, time.perf_counter() - started)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "none")
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self._metrics.request(method, route, status, seconds)
        caller = scope.get("state", {}).get("caller")
        _log.info(
            "request",
            extra={
                "method": method,
                "route": route,
                "status": status,
                "seconds": round(seconds, 4),
                "owner": caller.owner if caller else None,
                **_named(scope.get("path_params", {})),
            },
        )


def _named(parameters: Mapping[str, object]) -> dict[str, str]:
    """What a path names; never the token of a shared link."""
    return {
        field: str(parameters[name])[:64] for name, field in _LOGGED.items() if name in parameters
    }

"""The middleware in front of every route: who comes in, with what, and what is recorded."""

from collections.abc import MutableMapping
from typing import Any

from anyio import CapacityLimiter, to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from spark_interpreter.api.access.access import Access
from spark_interpreter.api.access.caller import Caller
from spark_interpreter.api.access.require import unrecognised
from spark_interpreter.api.access.sites import SAFE_METHODS
from spark_interpreter.api.logs import request_id
from spark_interpreter.api.problems import problem_of
from spark_interpreter.errors import AccessError, RequestTooLarge, StoreError

UPLOAD_PATH = "/spark/upload"

_KIB = 1024
_FORM_KB = 64
"""What a form adds to the file in it."""

_HEADERS = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cache-control": "no-store",
}
_REFUSALS = frozenset({401, 403, 413, 429})
_STRANGERS_A_MINUTE = 120
"""Refusals of unrecognised callers that are recorded; more would let anybody fill the disk."""

_LONGEST_ID = 128
_MOST_PATH = 300


class _BodyTooLarge(RequestTooLarge, HTTPException):
    """FastAPI lets an `HTTPException` out of the reading of a body, and nothing else."""

    def __init__(self, most: int) -> None:
        message = f"The request has more than {most // _KIB:,} KiB."
        HTTPException.__init__(self, 413, message)
        RequestTooLarge.__init__(
            self, message, remedy="Send less, or ask the operator to raise the limit."
        )


class Guard:
    """Recognises the caller and turns away what may not come in, before a body is read."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access
        self._checks = CapacityLimiter(8)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; there are no web sockets."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = _Exchange(scope, receive, send)
        try:
            await self._admit(exchange)
        except (AccessError, StoreError) as error:
            await problem_of(error)(scope, receive, exchange.send)
        else:
            await self._app(scope, exchange.receive, exchange.send)
        finally:
            await self._settle(exchange)

    async def _admit(self, exchange: "_Exchange") -> None:
        access, scope, headers = self._access, exchange.scope, exchange.headers
        access.sites.check(scope["method"], headers)
        address = exchange.address
        exchange.caller = caller = await to_thread.run_sync(
            access.callers.recognise, headers, address, limiter=self._checks
        )
        scope.setdefault("state", {})["caller"] = caller
        if caller is not None:
            access.rates.admit(caller)
        elif scope["method"] not in SAFE_METHODS:
            raise unrecognised()
        exchange.most = self._most(scope["path"])
        if exchange.announced > exchange.most:
            raise _BodyTooLarge(exchange.most)
        if caller is not None and scope["path"] == UPLOAD_PATH:
            await to_thread.run_sync(access.admit_upload, caller, exchange.announced)

    def _most(self, path: str) -> int:
        service = self._access.settings.service
        if path == UPLOAD_PATH:
            return (service.upload_mb * _KIB + _FORM_KB) * _KIB
        return service.access.request_kb * _KIB

    async def _settle(self, exchange: "_Exchange") -> None:
        """Record what changes something, and what was refused."""
        scope, caller = exchange.scope, exchange.caller
        unannounced = exchange.received - exchange.announced
        if caller and scope["path"] == UPLOAD_PATH and unannounced > 0:
            await to_thread.run_sync(self._access.add_upload, caller.owner, unannounced)
        if scope["method"] in SAFE_METHODS and exchange.status not in _REFUSALS:
            return
        if caller is None and self._access.rates.take("", _STRANGERS_A_MINUTE):
            return
        entry = {
            "request_id": request_id.get(),
            "owner": caller.owner if caller else None,
            "role": caller.role if caller else None,
            "via": caller.via if caller else None,
            "key": caller.credential if caller else None,
            "address": exchange.address,
            "method": scope["method"],
            "path": _path(scope["path"]),
            "status": exchange.status,
        }
        await to_thread.run_sync(lambda: self._access.audit.record("request", **entry))


class _Exchange:
    """One request and its response, as they pass."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope = scope
        self.headers = Headers(scope=scope)
        self.caller: Caller | None = None
        self.address: str = (scope.get("client") or ("",))[0]
        length = self.headers.get("content-length", "")
        self.announced = int(length) if length.isascii() and length.isdigit() else 0
        self.received = 0
        self.most = 0
        self.status = 499
        self._receive = receive
        self._send = send

    async def receive(self) -> Message:
        message = await self._receive()
        self.received += len(message.get("body", b""))
        if self.received > self.most:
            raise _BodyTooLarge(self.most)
        return message

    async def send(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            if self.scope.get("scheme") == "https":
                headers.setdefault("strict-transport-security", "max-age=31536000")
        await self._send(message)


def _path(path: str) -> str:
    """The path without what is longer than any id: the token of a shared link."""
    parts = (part if len(part) <= _LONGEST_ID else "…" for part in path.split("/"))
    return "/".join(parts)[:_MOST_PATH]

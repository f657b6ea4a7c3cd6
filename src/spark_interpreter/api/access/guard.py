"""The middleware in front of every route: who comes in, with what, and what is recorded."""

from collections.abc import MutableMapping
from typing import Any

from anyio import CapacityLimiter, to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from spark_interpreter.api.access.access import Access
from spark_interpreter.api.access.caller import Caller, Permission
from spark_interpreter.api.access.require import beyond_role, unrecognised
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
            await self._serve(_Exchange(self._access, scope, receive, send))
        else:
            await self._app(scope, receive, send)

    async def _serve(self, exchange: "_Exchange") -> None:
        try:
            await exchange.admit(self._checks)
        except (AccessError, StoreError) as error:
            await problem_of(error)(exchange.scope, exchange.receive, exchange.send)
        else:
            await self._app(exchange.scope, exchange.receive, exchange.send)
        finally:
            await exchange.finish()


class _Exchange:
    """One request and its response, as they pass."""

    def __init__(self, access: Access, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope = scope
        self._access = access
        self._headers = Headers(scope=scope)
        self._address: str = (scope.get("client") or ("",))[0]
        self._method: str = scope["method"]
        self._is_upload = scope["path"] == UPLOAD_PATH
        self._caller: Caller | None = None
        length = self._headers.get("content-length", "")
        self._counted = int(length) if length.isascii() and length.isdigit() else 0
        self._received = 0
        self._answered = False
        self._receive = receive
        self._send = send

    async def admit(self, checks: CapacityLimiter) -> None:
        """See that the request may come in.

        Raises:
            AccessError: it may not.
            StoreError: nobody can say.
        """
        access = self._access
        access.sites.check(self._method, self._headers)
        caller = await to_thread.run_sync(
            access.callers.recognise, self._headers, self._address, limiter=checks
        )
        self._caller = self.scope.setdefault("state", {})["caller"] = caller
        if caller is not None:
            access.rates.admit(caller)
        if self._method not in SAFE_METHODS:
            _require_asker(caller)
        if self._counted > self._most:
            raise _BodyTooLarge(self._most)
        if caller is not None and self._is_upload:
            await to_thread.run_sync(access.admit_upload, caller, self._counted)

    async def receive(self) -> Message:
        message = await self._receive()
        self._received += len(message.get("body", b""))
        if self._received > self._most:
            raise _BodyTooLarge(self._most)
        if not message.get("more_body"):
            await self._count()
        return message

    async def send(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            await self._record(message["status"])
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            if self.scope.get("scheme") == "https":
                headers.setdefault("strict-transport-security", "max-age=31536000")
        await self._send(message)

    async def finish(self) -> None:
        """What has to be done even if nothing was answered."""
        await self._count()
        if not self._answered:
            await self._record(500)

    @property
    def _most(self) -> int:
        """Bytes that are read."""
        service = self._access.settings.service
        if self._is_upload:
            return (service.upload_mb * _KIB + _FORM_KB) * _KIB
        return service.access.request_kb * _KIB

    async def _count(self) -> None:
        """Count the bytes of an upload that came beyond what was announced."""
        size = max(0, self._received - self._counted)
        self._counted += size
        if size and self._caller and self._is_upload:
            await to_thread.run_sync(self._access.add_upload, self._caller.owner, size)

    async def _record(self, status: int) -> None:
        """Record what changes something, and what was refused, before it is answered."""
        self._answered = True
        caller = self._caller
        if self._method in SAFE_METHODS and status not in _REFUSALS:
            return
        if caller is None and self._access.rates.take("", _STRANGERS_A_MINUTE):
            return
        entry = {
            "request_id": request_id.get(),
            "owner": caller.owner if caller else None,
            "role": caller.role if caller else None,
            "via": caller.via if caller else None,
            "key": caller.credential if caller else None,
            "address": self._address,
            "method": self._method,
            "path": _path(self.scope["path"]),
            "status": status,
        }
        await to_thread.run_sync(lambda: self._access.audit.record("request", **entry))


def _require_asker(caller: Caller | None) -> None:
    """What changes something is refused before its body is read, whatever route it is for."""
    if caller is None:
        raise unrecognised()
    if not caller.may(Permission.ASK):
        raise beyond_role(caller)


def _path(path: str) -> str:
    """The path without what is longer than any id: the token of a shared link."""
    parts = (part if len(part) <= _LONGEST_ID else "…" for part in path.split("/"))
    return "/".join(parts)[:_MOST_PATH]

"""Puts access control in front of an application."""

from fastapi import FastAPI, Request
from starlette.middleware.cors import CORSMiddleware

from spark_interpreter.api.access.access import Access
from spark_interpreter.api.access.guard import Guard
from spark_interpreter.settings import Settings

_EXPOSED = ("Location", "Retry-After", "X-Request-ID", "Content-Disposition", "ETag", "Link")

_READ = ("Authorization", "X-API-Key", "Content-Type", "Idempotency-Key", "Last-Event-ID")


def install(app: FastAPI, settings: Settings) -> Access:
    """Add the middleware that recognises callers and turns away what may not come in.

    Middleware that gives requests their ids is added after it, so that refusals have one.

    Raises:
        SettingsError: the address needs authentication, and none is configured.
    """
    access = Access(settings)
    app.state.access = access
    app.add_middleware(Guard, access=access)
    if origins := settings.service.access.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=origins,
            allow_methods=["GET", "POST", "PATCH", "PUT", "DELETE"],
            allow_headers=_READ,
            expose_headers=_EXPOSED,
        )
    return access


def access_of(request: Request) -> Access:
    """The access control of the application that serves the request; a dependency."""
    access: Access = request.app.state.access
    return access

"""The one shape of an error over HTTP (RFC 9457), and the one place that makes it."""

import logging
import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import Field
from starlette.exceptions import HTTPException

from spark_interpreter import errors
from spark_interpreter.api.logs import request_id
from spark_interpreter.model import Model

Responses = dict[int | str, dict[str, Any]]
MEDIA_TYPE = "application/problem+json"

_STATUS: dict[type[errors.InterpreterError], int] = {
    errors.UsageError: 422,
    errors.SettingsError: 503,
    errors.Conflict: 409,
    errors.Busy: 429,
    errors.Stopping: 503,
    errors.NotAuthenticated: 401,
    errors.Forbidden: 403,
    errors.LimitExceeded: 429,
    errors.RequestTooLarge: 413,
    errors.ProviderUnavailable: 503,
    errors.NotFound: 404,
    errors.SourceNotFound: 404,
    errors.SourceUnavailable: 503,
    errors.SourceError: 422,
    errors.ModelUnavailable: 503,
    errors.ModelDenied: 503,
    errors.ModelUnknown: 503,
    errors.BudgetExceeded: 429,
    errors.GenerationError: 422,
    errors.AgentUnavailable: 503,
    errors.ValidationError: 422,
    errors.PlacementError: 422,
    errors.ResultError: 409,
    errors.EngineUnavailable: 503,
    errors.StoreError: 503,
}

_log = logging.getLogger(__name__)


class FieldProblem(Model):
    """What is wrong with one field of a request; `at` is its path ("body.prompt")."""

    at: str
    message: str


class Problem(Model):
    """An error, whoever produced it (RFC 9457).

    Attributes:
        type: names the kind of error; stable.
        title: the kind of error in words.
        status: the HTTP status.
        detail: one sentence that names the thing that is wrong.
        code: the stable code of `docs/errors.md`.
        remedy: what to do about it.
        request_id: what the logs of the service know the request by.
        fields: what is wrong with the fields of a request.
    """

    type: str = Field(examples=["urn:spark-interpreter:problem:not_found"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["There is no session 123."])
    code: str = Field(examples=["not_found"])
    remedy: str = ""
    request_id: str = ""
    fields: tuple[FieldProblem, ...] = ()


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    remedy: str = "",
    fields: tuple[FieldProblem, ...] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """The response to a request that went wrong; every error leaves the service through it."""
    body = Problem(
        type=f"urn:spark-interpreter:problem:{code}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        code=code,
        remedy=remedy,
        request_id=request_id.get(),
        fields=fields,
    )
    return JSONResponse(
        body.model_dump(mode="json"), status, headers=dict(headers or {}), media_type=MEDIA_TYPE
    )


def problem_of(error: errors.InterpreterError) -> JSONResponse:
    """The response for an error of ours."""
    headers = {}
    if isinstance(error, errors.Busy | errors.LimitExceeded):
        headers["Retry-After"] = str(math.ceil(error.retry_after))
    if isinstance(error, errors.NotAuthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    return problem(
        status_of(error), error.code, error.message, remedy=error.remedy, headers=headers
    )


def status_of(error: errors.InterpreterError) -> int:
    """The status of the nearest class that has one."""
    return next((_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS), 500)


def install(app: FastAPI) -> None:
    """Turn whatever is raised into a problem."""

    @app.exception_handler(errors.InterpreterError)
    async def ours(_: Request, error: errors.InterpreterError) -> JSONResponse:
        return problem_of(error)

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        fields = tuple(_field(found) for found in error.errors())
        named = "; ".join(f"{f.at}: {f.message}" for f in fields[:3])
        return problem(
            422, errors.UsageError.code, f"The request is wrong: {named}.", fields=fields
        )

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        phrase = HTTPStatus(error.status_code).phrase
        detail = f"{request.method} {request.url.path}: {error.detail or phrase}."
        code = phrase.lower().replace(" ", "_").replace("-", "_")
        return problem(error.status_code, code, detail, headers=error.headers)

    @app.exception_handler(Exception)
    async def defect(_: Request, error: Exception) -> JSONResponse:
        _log.error("defect", exc_info=error)
        return problem(
            500,
            errors.InterpreterError.code,
            f"Something went wrong inside the service ({type(error).__name__}).",
            remedy="This is a defect of ours; please report it with the request's id.",
        )


def responses(*statuses: int) -> Responses:
    """What OpenAPI says of the errors a route may answer with."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": content}
        for status in statuses
    }


def _field(found: Mapping[str, Any]) -> FieldProblem:
    at = ".".join(str(part) for part in found["loc"])
    return FieldProblem(at=at, message=str(found["msg"]))

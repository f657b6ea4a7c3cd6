"""For those who operate the service: life signs, metrics, versions."""

import platform
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from spark_interpreter.__about__ import __version__
from spark_interpreter.api.access import Caller, Permission, require
from spark_interpreter.api.metrics import Metrics
from spark_interpreter.api.parameters import Core, Operator
from spark_interpreter.api.schemas import Live, Readiness, Version
from spark_interpreter.errors import InterpreterError
from spark_interpreter.supervisor.service import Service

router = APIRouter(tags=["operations"])

Anybody = Annotated[Caller | None, Depends(require(Permission.PUBLIC))]


@router.get("/health")
async def health(caller: Anybody) -> Live:  # noqa: ARG001
    """The process lives."""
    return Live()


@router.get("/ready", responses={503: {"model": Readiness, "description": "Not ready."}})
def ready(service: Core, response: Response, caller: Anybody) -> Readiness:  # noqa: ARG001
    """Turns can be carried: the store and the artifact folder are writable, the engine forks."""
    checks = _checks(service)
    waiting, running = service.sizes()
    everything = all(found == "ok" for found in checks.values())
    response.status_code = 200 if everything else 503
    return Readiness(ready=everything, checks=checks, waiting=waiting, running=running)


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def metrics(request: Request, service: Core, caller: Operator) -> Response:  # noqa: ARG001
    """Counts and times in the text format of Prometheus."""
    kept: Metrics = request.app.state.metrics
    return Response(kept.text(*service.sizes()), media_type="text/plain; version=0.0.4")


@router.get("/version")
async def version(service: Core, caller: Anybody) -> Version:  # noqa: ARG001
    """Which versions are at work."""
    return Version(
        version=__version__,
        engine=service.platform.health().detail,
        python=platform.python_version(),
    )


def _checks(service: Service) -> dict[str, str]:
    found = {"accepting": "the service is being stopped" if service.stopping else "ok"}
    for name, check in (
        ("store", service.store.check),
        ("artifacts", service.artifacts.check),
        ("engine", service.platform.probe),
    ):
        try:
            check()
        except InterpreterError as error:
            found[name] = error.message
        else:
            found[name] = "ok"
    return found

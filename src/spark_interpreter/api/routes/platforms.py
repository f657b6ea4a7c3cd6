"""Where scripts can run."""

from fastapi import APIRouter

from spark_interpreter.api.parameters import Core, Reader
from spark_interpreter.model import Platforms
from spark_interpreter.platforms.overview import overview

router = APIRouter(tags=["platforms"])


@router.get("/platforms")
def platforms(service: Core, caller: Reader) -> Platforms:  # noqa: ARG001
    """Where scripts can run, what is missing where they cannot, limits and prices."""
    return overview(service.platforms, service.settings)

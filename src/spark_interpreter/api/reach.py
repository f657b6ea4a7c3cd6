"""Which data a caller may ask of."""

from collections.abc import Sequence

from spark_interpreter.api.access import Caller
from spark_interpreter.model import Source
from spark_interpreter.supervisor.service import Service


def require_allowed(caller: Caller, sources: Sequence[Source]) -> None:
    """See that the caller may ask of all of these."""


def read_roots(service: Service, caller: Caller) -> tuple[str, ...] | None:
    """The local files and folders the caller may read; None for all."""
    if caller.via == "open":
        return None
    return (str(service.uploads.folder(caller.owner)),)

"""Which data clients may ask of, from how the server was started."""

from collections.abc import Sequence
from pathlib import Path

from spark_interpreter.model.access import Allowed
from spark_interpreter.settings import Settings

_TABLES_AND_BUCKETS = Allowed(buckets=("*",), connections=("*",))


def with_roots(settings: Settings, roots: Sequence[Path]) -> Settings:
    """The settings with the folders among what everybody who may ask may read.

    Without allow-lists a client reads no other local file, and all buckets and connections that
    the person reads who starts the server.
    """
    allow = settings.service.access.allow or {"*": _TABLES_AND_BUCKETS}
    everybody = allow.get("*", Allowed())
    paths = (*everybody.paths, *(str(root.resolve()) for root in roots))
    allow = {**allow, "*": everybody.model_copy(update={"paths": paths})}
    return _with_service(
        settings, access=settings.service.access.model_copy(update={"allow": allow})
    )


def of_one_client(settings: Settings, roots: Sequence[Path]) -> Settings:
    """The same for a client that starts its own server, and wants nothing of it when it leaves."""
    access = settings.service.access.model_copy(update={"authentication": "auto"})
    return with_roots(
        _with_service(settings, host="127.0.0.1", access=access, grace_seconds=0.0), roots
    )


def _with_service(settings: Settings, **changes: object) -> Settings:
    service = settings.service.model_copy(update=changes)
    return settings.model_copy(update={"service": service})

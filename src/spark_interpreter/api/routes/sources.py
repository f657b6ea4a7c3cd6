"""Data to ask of: uploads, profiles."""

from typing import Annotated

from fastapi import APIRouter, File, Query, UploadFile

from spark_interpreter.api.parameters import Asker, Core, Reader
from spark_interpreter.api.problems import responses
from spark_interpreter.api.reach import Reaching
from spark_interpreter.api.schemas import (
    ProfileView,
    SourceList,
    Uploaded,
    UploadView,
)
from spark_interpreter.errors import SourceError
from spark_interpreter.model import FileSource
from spark_interpreter.model.source import Location
from spark_interpreter.supervisor.carry import source_named

router = APIRouter(tags=["sources"])


@router.post("/spark/upload", status_code=201, responses=responses(413, 422, 503))
def upload(
    service: Core,
    caller: Asker,
    file: Annotated[UploadFile, File(description="CSV, JSON, Parquet or Excel, plain or packed.")],
) -> Uploaded:
    """Keep a file of data and say what is in it; its kind is found by looking at it."""
    kept = service.uploads.add(
        caller.owner,
        file.filename or "data",
        file.file,
        max_bytes=service.settings.service.upload_mb * 1024 * 1024,
    )
    try:
        source = service.uploads.resolve(caller.owner, FileSource(uri=kept.uri))
        (profile,) = service.sources.profile([source])
    except SourceError:
        service.uploads.delete(caller.owner, kept.id)
        raise
    return Uploaded(upload=UploadView(**kept.model_dump()), profile=ProfileView.of(profile))


@router.get("/sources")
def sources(service: Core, caller: Reader) -> SourceList:
    """The caller's uploads, latest first."""
    kept = service.uploads.list(caller.owner)
    return SourceList(uploads=tuple(UploadView(**each.model_dump()) for each in kept))


@router.get("/sources/profile", responses=responses(403, 404, 422, 503))
def profile(
    service: Core,
    caller: Reader,
    reach: Reaching,
    uri: Annotated[Location, Query(description="A file, or a table in one word.")],
) -> ProfileView:
    """What is known of a file or table: columns, types, sizes, what had to be repaired."""
    source = reach.one(caller, source_named(uri))
    (found,) = service.sources.profile([source])
    return ProfileView.of(found)


@router.delete("/sources/{upload_id}", status_code=204, responses=responses(404, 422))
def delete(service: Core, caller: Asker, upload_id: str) -> None:
    """Remove an upload."""
    service.uploads.delete(caller.owner, upload_id)

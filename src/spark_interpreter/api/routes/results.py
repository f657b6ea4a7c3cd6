"""What a turn came to: the answer, its rows, chart, script, logs and downloads."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, BinaryIO, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse, PlainTextResponse, StreamingResponse

from spark_interpreter.api import schemas
from spark_interpreter.api.finding import chart_of, output_of, result_of
from spark_interpreter.api.parameters import Core, ReadOwner, ReadTurn, SessionId
from spark_interpreter.api.problems import Responses, responses
from spark_interpreter.api.schemas import (
    RowsPage,
    SessionResult,
    TurnView,
)
from spark_interpreter.errors import NotFound
from spark_interpreter.model import ExecutionLogs
from spark_interpreter.results import export, page, render_png, render_svg
from spark_interpreter.supervisor.logs import extract_logs

router = APIRouter(prefix="/spark/result", tags=["results"])

_CHUNK = 256 * 1024
_MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "jsonl": "application/x-ndjson",
}
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_CHARTS: Responses = {
    200: {
        "description": "The Vega-Lite specification, or a picture of it.",
        "content": {
            "application/json": {"schema": {"type": "object"}},
            "image/png": _BINARY,
            "image/svg+xml": {"schema": {"type": "string"}},
        },
    }
}
_DOWNLOADS: Responses = {
    200: {
        "description": "Every row.",
        "content": {media.split(";")[0]: _BINARY for media in _MEDIA.values()}
        | {"application/json": {"schema": {"type": "array", "items": {"type": "object"}}}},
        "headers": {"X-Row-Count": {"schema": {"type": "integer"}}},
    }
}
_SCRIPT: Responses = {200: {"content": {"text/x-python": {"schema": {"type": "string"}}}}}


@router.get("/{session_id}", responses=responses(404, 422))
def session_result(service: Core, owner: ReadOwner, session_id: SessionId) -> SessionResult:
    """A session's latest turn, and the list of its turns."""
    session, turns = service.session(owner, session_id)
    position = service.position(owner, turns[-1]) if turns else None
    return SessionResult.of(session, turns, position)


@router.get("/{session_id}/{turn}", responses=responses(404, 422))
def turn_result(service: Core, owner: ReadOwner, turn: ReadTurn) -> TurnView:
    """A turn as it is now; polling it shows what the event stream tells."""
    return TurnView.of(turn, service.position(owner, turn))


@router.get("/{session_id}/{turn}/rows", responses=responses(404, 409, 422))
def rows(
    service: Core,
    turn: ReadTurn,
    offset: Annotated[int, Query(ge=0, le=2**53)] = 0,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 100,
    sort: Annotated[str | None, Query(max_length=1000)] = None,
    descending: bool = False,
) -> RowsPage:
    """A page of all rows, in the result's order or sorted by a column."""
    result = result_of(turn)
    found = page(
        output_of(service, turn), offset=offset, limit=limit, sort=sort, descending=descending
    )
    total = result.manifest.row_count
    following = {"offset": offset + limit, "limit": limit, "descending": descending}
    query = urlencode(following | ({"sort": sort} if sort else {}))
    return RowsPage(
        columns=result.manifest.columns,
        rows=tuple(found),
        offset=offset,
        row_count=total,
        next=f"{schemas.turn_path(turn.session_id, turn.number)}/rows?{query}"
        if offset + limit < total
        else None,
    )


@router.get(
    "/{session_id}/{turn}/chart",
    response_class=Response,
    responses=_CHARTS | responses(404, 409, 422),
)
def chart(turn: ReadTurn, format: Literal["json", "png", "svg"] = "json") -> Response:  # noqa: A002
    """The chart: its Vega-Lite specification, or a picture."""
    drawn = chart_of(turn)
    match format:
        case "json":
            return JSONResponse(drawn.spec)
        case "png":
            return Response(render_png(drawn), media_type="image/png")
        case "svg":
            return Response(render_svg(drawn), media_type="image/svg+xml")


@router.get(
    "/{session_id}/{turn}/script",
    response_class=PlainTextResponse,
    responses=_SCRIPT | responses(404, 422),
)
def script(turn: ReadTurn) -> Response:
    """The portable PySpark program."""
    if turn.script is None:
        raise NotFound(f"The turn {turn.number} has no script.", remedy="See its state.")
    name = f"{turn.session_id[:8]}-{turn.number}.py"
    return Response(
        turn.script.text, media_type="text/x-python; charset=utf-8", headers=_attachment(name)
    )


@router.get("/{session_id}/{turn}/logs", responses=responses(404, 422))
def logs(service: Core, turn: ReadTurn) -> ExecutionLogs:
    """What the turn's run printed, and what the engine said, of this run alone."""
    return extract_logs(service.artifacts, turn)


@router.get(
    "/{session_id}/{turn}/download",
    response_class=StreamingResponse,
    responses=_DOWNLOADS | responses(404, 409, 422),
)
def download(
    service: Core,
    turn: ReadTurn,
    format: Literal["csv", "parquet", "xlsx", "json", "jsonl"] = "csv",  # noqa: A002
) -> Response:
    """Every row as a file."""
    result_of(turn)
    name = f"{turn.session_id[:8]}-{turn.number}.{format}"
    with tempfile.TemporaryDirectory(prefix="spark-interpreter-download-") as folder:
        written = export(output_of(service, turn), Path(folder) / name)
        file = written.path.open("rb")
    return StreamingResponse(
        _chunks(file),
        media_type=_MEDIA[format],
        headers={
            "Content-Length": str(os.fstat(file.fileno()).st_size),
            "X-Row-Count": str(written.rows),
            **_attachment(written.path.name),
        },
    )


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    """The file, which has no name any more, piece by piece."""
    with file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _attachment(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}

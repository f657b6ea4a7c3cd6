"""The events of a turn as a stream (Server-Sent Events)."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from spark_interpreter.api.parameters import Control, Core, ReadOwner, SessionId, TurnNumber
from spark_interpreter.api.problems import Responses, responses
from spark_interpreter.api.waiting import news_of
from spark_interpreter.errors import NotFound
from spark_interpreter.model import FINAL_STATES, Event
from spark_interpreter.supervisor.service import Service

router = APIRouter(prefix="/spark", tags=["events"])

_STREAM: Responses = {
    200: {
        "description": "Events with their sequence numbers as ids; comments keep it alive.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    },
    204: {"description": "The turn has ended and the client has seen everything."},
}
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@router.get(
    "/events/{session_id}/{turn}",
    response_class=StreamingResponse,
    responses=_STREAM | responses(404, 422),
)
async def events(
    request: Request,
    service: Core,
    access: Control,
    owner: ReadOwner,
    session_id: SessionId,
    turn: TurnNumber,
    last_event_id: Annotated[int | None, Header(ge=0, le=2**31)] = None,
    after: Annotated[int, Query(ge=0, le=2**31)] = 0,
) -> Response:
    """Follow a turn to its end, from its first event or after the last one that was seen.

    A client that comes back names the last event it saw in `Last-Event-ID`, or in `after`.
    """
    seen = after if last_event_id is None else last_event_id
    known = await run_in_threadpool(service.store.get_turn, owner, session_id, turn)
    new = await run_in_threadpool(
        service.store.list_events, owner, known.session_id, turn, after=seen
    )
    if known.state in FINAL_STATES and not new:
        return Response(status_code=204)
    return StreamingResponse(
        _stream(
            service,
            owner,
            known.session_id,
            turn,
            seen,
            still_admitted=partial(access.still_admits, request, owner),
        ),
        media_type="text/event-stream",
        headers=_HEADERS,
    )


async def _stream(
    service: Service,
    owner: str,
    session_id: str,
    turn: int,
    seen: int,
    *,
    still_admitted: Callable[[], bool],
) -> AsyncIterator[str]:
    """Events and signs of life, until the turn ends or the caller is no longer admitted."""
    heartbeat = service.settings.service.heartbeat_seconds
    admitted = time.monotonic()
    with news_of(service, session_id, turn) as news:
        yield ": follows\n\n"
        while True:
            news.clear()
            try:
                new = await run_in_threadpool(
                    service.store.list_events, owner, session_id, turn, after=seen
                )
            except NotFound:  # deleted meanwhile
                return
            for event in new:
                seen = event.sequence
                yield _text(event)
            if service.stopping or (new and new[-1].state in FINAL_STATES):
                return
            if time.monotonic() >= admitted + heartbeat:
                if not await run_in_threadpool(still_admitted):
                    return
                admitted = time.monotonic()
            try:
                await asyncio.wait_for(news.wait(), heartbeat)
            except TimeoutError:
                yield await _sign_of_life(service, owner, session_id, turn)


async def _sign_of_life(service: Service, owner: str, session_id: str, turn: int) -> str:
    """A comment; for a turn that waits, its position."""
    try:
        known = await run_in_threadpool(service.store.get_turn, owner, session_id, turn)
    except NotFound:
        return ": gone\n\n"
    position = service.position(owner, known)
    return f": waiting at {position}\n\n" if position else ": alive\n\n"


def _text(event: Event) -> str:
    data = json.dumps(event.model_dump(mode="json"), ensure_ascii=False)
    return f"id: {event.sequence}\nevent: {event.kind}\ndata: {data}\n\n"

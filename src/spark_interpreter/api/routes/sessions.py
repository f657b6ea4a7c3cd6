"""Sessions: list, rename, delete."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query

from spark_interpreter.api.parameters import AskOwner, Core, Reader, SessionId
from spark_interpreter.api.problems import responses
from spark_interpreter.api.schemas import Rename, SessionPage, SessionView

router = APIRouter(prefix="/sessions", tags=["sessions"])


@router.get("", responses=responses(404, 422))
def sessions(
    service: Core,
    caller: Reader,
    search: Annotated[str, Query(max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before: Annotated[str | None, Query(max_length=200)] = None,
) -> SessionPage:
    """The caller's sessions, latest first; `search` looks into titles and questions."""
    found = service.store.list_sessions(caller.owner, search=search, limit=limit + 1, before=before)
    shown, more = found[:limit], len(found) > limit
    following = {"limit": limit, "before": shown[-1].id} if more else {}
    query = urlencode(following | ({"search": search} if search else {}))
    return SessionPage(
        sessions=tuple(SessionView.of(session) for session in shown),
        next=f"/sessions?{query}" if more else None,
    )


@router.patch("/{session_id}", responses=responses(404, 422))
def rename(body: Rename, service: Core, owner: AskOwner, session_id: SessionId) -> SessionView:
    """Give a session another title."""
    return SessionView.of(service.store.rename_session(owner, session_id, body.title))


@router.delete("/{session_id}", status_code=204, responses=responses(404, 409, 422))
def delete(service: Core, owner: AskOwner, session_id: SessionId) -> None:
    """Stop what runs in a session and remove it with its scripts, results and logs."""
    service.delete_session(owner, session_id)

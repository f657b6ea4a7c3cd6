"""Sessions that were shared: signed links that expire and only show."""

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Path

from spark_interpreter.api.access import SharedLink
from spark_interpreter.api.parameters import (
    Asker,
    AskOwner,
    Control,
    Core,
    Reader,
    SessionId,
    TurnNumber,
)
from spark_interpreter.api.problems import responses
from spark_interpreter.api.schemas import SessionResult, Shared, ShareRequest, TurnView

router = APIRouter(tags=["sharing"])


def _opened(
    access: Control,
    caller: Reader,  # noqa: ARG001 - access is checked again
    token: Annotated[str, Path(min_length=1, max_length=2000)],
) -> SharedLink:
    return access.links.open(token)


Opened = Annotated[SharedLink, Depends(_opened)]


@router.post("/sessions/{session_id}/share", status_code=201, responses=responses(403, 404, 422))
def share(
    service: Core,
    access: Control,
    caller: Asker,
    owner: AskOwner,
    session_id: SessionId,
    body: Annotated[ShareRequest, Body()] = ShareRequest(),  # noqa: B008 - immutable
) -> Shared:
    """Make a link that shows a session, read-only, to whoever may use the service."""
    session = service.store.get_session(owner, session_id)
    token = access.links.sign(caller, owner, session.id, body.hours)
    return Shared(token=token, path=f"/shared/{token}", expires=access.links.open(token).expires)


@router.get("/shared/{token}", responses=responses(403, 404, 422))
def shared_session(service: Core, link: Opened) -> SessionResult:
    """What a shared link shows."""
    session, turns = service.session(link.owner, link.session_id)
    return SessionResult.of(session, turns).without_links()


@router.get("/shared/{token}/{turn}", responses=responses(403, 404, 422))
def shared_turn(service: Core, link: Opened, turn: TurnNumber) -> TurnView:
    """A turn of a shared session."""
    return TurnView.of(service.store.get_turn(link.owner, link.session_id, turn)).without_links()

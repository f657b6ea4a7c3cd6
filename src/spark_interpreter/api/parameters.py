"""What routes depend on: the service, access control, the caller, whose session it is, the turn."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Path, Request

from spark_interpreter.api.access import Access, Caller, Permission, access_of, require
from spark_interpreter.errors import NotFound
from spark_interpreter.model import Turn
from spark_interpreter.supervisor.service import Service


def service_of(request: Request) -> Service:
    """The service of the application."""
    service: Service = request.app.state.service
    return service


Core = Annotated[Service, Depends(service_of)]
Control = Annotated[Access, Depends(access_of)]
Reader = Annotated[Caller, Depends(require(Permission.READ))]
Asker = Annotated[Caller, Depends(require(Permission.ASK))]
Operator = Annotated[Caller, Depends(require(Permission.OPERATE))]
Manager = Annotated[Caller, Depends(require(Permission.MANAGE))]
SessionId = Annotated[str, Path(min_length=1, max_length=200)]
ConnectionName = Annotated[str, Path(min_length=1, max_length=63)]
TurnNumber = Annotated[int, Path(ge=1, le=2**31)]


def owner_of(service: Service, caller: Caller, session_id: str) -> str:
    """Whose session it is, if the caller may see it; that of others is not found.

    Raises:
        NotFound: there is no such session for the caller.
    """
    try:
        return service.store.get_session(caller.owner, session_id).owner
    except NotFound:
        if service.seek(caller.owner, session_id):
            return caller.owner
        if caller.role != "admin":
            raise
        return service.store.owner_of(session_id)


def _owner(permission: Permission) -> Callable[..., str]:
    def dependency(
        caller: Annotated[Caller, Depends(require(permission))],
        service: Core,
        session_id: SessionId,
    ) -> str:
        return owner_of(service, caller, session_id)

    return dependency


ReadOwner = Annotated[str, Depends(_owner(Permission.READ))]
AskOwner = Annotated[str, Depends(_owner(Permission.ASK))]


def _readable_turn(
    owner: ReadOwner, service: Core, session_id: SessionId, turn: TurnNumber
) -> Turn:
    return service.look(owner, session_id, turn)


ReadTurn = Annotated[Turn, Depends(_readable_turn)]

"""What turns have cost."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query

from spark_interpreter.api.access import Permission
from spark_interpreter.api.parameters import Core, Reader, owner_of
from spark_interpreter.api.problems import responses
from spark_interpreter.errors import Forbidden
from spark_interpreter.model import Costs

router = APIRouter(tags=["costs"])


@router.get("/costs", responses=responses(403, 404, 422))
def costs(
    service: Core,
    caller: Reader,
    session_id: Annotated[str | None, Query(min_length=1, max_length=200)] = None,
    since: Annotated[date | None, Query(description="From this day on (UTC).")] = None,
    everybody: Annotated[bool, Query(description="Of all users; for admins.")] = False,
) -> Costs:
    """What the caller's runs and model calls have cost, by session and day, in US dollars."""
    if everybody and not caller.may(Permission.OPERATE):
        raise Forbidden(
            f"{caller.owner} may not see what others have cost.", remedy="Leave out everybody."
        )
    owner = None if everybody else caller.owner
    if session_id is not None:
        owner = owner_of(service, caller, session_id)
        session_id = service.store.get_session(owner, session_id).id
    return Costs.of(service.store.costs(owner, session_id=session_id, since=since))

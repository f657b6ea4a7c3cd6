"""Verified examples: answers that people vouch for."""

from typing import Annotated

from fastapi import APIRouter, Path

from spark_interpreter.api.parameters import (
    Core,
    Manager,
    Operator,
    SessionId,
    TurnNumber,
    owner_of,
)
from spark_interpreter.api.problems import responses
from spark_interpreter.api.schemas import ExampleList, VouchRequest
from spark_interpreter.model import Example

router = APIRouter(tags=["examples"])


@router.post(
    "/spark/result/{session_id}/{turn}/vouch",
    status_code=201,
    responses=responses(403, 404, 409, 422, 503),
)
def vouch(
    body: VouchRequest, service: Core, caller: Manager, session_id: SessionId, turn: TurnNumber
) -> Example:
    """Keep an answer as right: its program answers the question for everybody from now on."""
    return service.vouch(
        owner_of(service, caller, session_id),
        session_id,
        turn,
        by=caller.owner,
        question=body.question,
        comment=body.comment,
    )


@router.get("/examples", responses=responses(403))
def examples(service: Core, caller: Operator) -> ExampleList:  # noqa: ARG001
    """The verified examples."""
    return ExampleList(examples=service.examples.all())


@router.delete("/examples/{example_id}", status_code=204, responses=responses(403, 404, 422))
def forget(
    service: Core,
    caller: Manager,  # noqa: ARG001
    example_id: Annotated[str, Path(min_length=1, max_length=64)],
) -> None:
    """Remove a verified example."""
    service.examples.remove(example_id)

"""Asking, running scripts, retrying, cancelling, feedback."""

from typing import Annotated

from fastapi import APIRouter, Header, Response
from fastapi.concurrency import run_in_threadpool

from spark_interpreter.api import schemas
from spark_interpreter.api.access import Caller
from spark_interpreter.api.parameters import Asker, AskOwner, Core, SessionId, TurnNumber
from spark_interpreter.api.problems import Responses, responses
from spark_interpreter.api.reach import Reach, Reaching
from spark_interpreter.api.schemas import ExecuteRequest, FeedbackRequest, GenerateRequest, TurnView
from spark_interpreter.api.waiting import finished
from spark_interpreter.model import FINAL_STATES, RequestKey, Wishes
from spark_interpreter.supervisor.service import Service

CANCEL_SECONDS = 2.0
"""How long a cancelling request waits for the end of the work."""

router = APIRouter(prefix="/spark", tags=["turns"])

IdempotencyKey = Annotated[
    str | None, Header(min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$")
]
_BEGUN: Responses = {
    202: {
        "model": TurnView,
        "description": "The turn waits or is being carried; `Location` is where it can be polled.",
        "headers": {"Location": {"schema": {"type": "string"}}},
    }
}


@router.post("/generate", response_model=TurnView, responses=_BEGUN | responses(409, 422, 429, 503))
async def generate(
    body: GenerateRequest,
    response: Response,
    service: Core,
    caller: Asker,
    reach: Reaching,
    idempotency_key: IdempotencyKey = None,
) -> TurnView:
    """Ask a question of data.

    Answers 200 with the finished turn if it ends within `wait` seconds, else 202.
    """
    wishes = Wishes(
        platform=body.platform,
        dry_run=body.mode == "script",
        investigate=body.mode == "agent",
        fresh=body.fresh,
        output=body.s3_output_path,
    )
    return await _begin(
        response, service, reach, caller, body, body.prompt, wishes, idempotency_key
    )


@router.post("/execute", response_model=TurnView, responses=_BEGUN | responses(409, 422, 429, 503))
async def execute(
    body: ExecuteRequest,
    response: Response,
    service: Core,
    caller: Asker,
    reach: Reaching,
    idempotency_key: IdempotencyKey = None,
) -> TurnView:
    """Run a script that a person wrote or changed, after the same validation as ours."""
    wishes = Wishes(
        platform=body.platform,
        dry_run=body.mode == "script",
        script=body.spark_code,
        output=body.s3_output_path,
    )
    return await _begin(response, service, reach, caller, body, "", wishes, idempotency_key)


@router.post(
    "/result/{session_id}/{turn}/retry",
    response_model=TurnView,
    status_code=202,
    responses=responses(404, 409, 422, 429, 503),
)
def retry(
    response: Response,
    service: Core,
    caller: Asker,
    reach: Reaching,
    owner: AskOwner,
    session_id: SessionId,
    turn: TurnNumber,
) -> TurnView:
    """Carry a turn that has ended once more, as the session's next turn."""
    before = service.store.get_turn(owner, session_id, turn)
    reach.turn(caller, before.wishes.script)
    reach.tables(caller, before.sources)
    wishes = reach.wishes(caller, Wishes())
    again = service.retry(owner, session_id, turn, wishes=wishes)
    reach.record(caller, again)
    response.headers["Location"] = schemas.turn_path(again.session_id, again.number)
    return TurnView.of(again, service.position(owner, again))


@router.delete("/result/{session_id}/{turn}/cancel", responses=responses(404, 422))
@router.post("/result/{session_id}/{turn}/cancel", responses=responses(404, 422))
async def cancel(
    service: Core, owner: AskOwner, session_id: SessionId, turn: TurnNumber
) -> TurnView:
    """Stop a turn and whatever runs for it. One that has ended stays as it is."""
    stopped = await run_in_threadpool(service.cancel, owner, session_id, turn)
    stopped = await finished(service, owner, stopped, CANCEL_SECONDS)
    return TurnView.of(stopped)


@router.post("/result/{session_id}/{turn}/feedback", responses=responses(404, 409, 422))
def feedback(
    body: FeedbackRequest, service: Core, owner: AskOwner, session_id: SessionId, turn: TurnNumber
) -> TurnView:
    """Say whether an answer is right or wrong."""
    return TurnView.of(service.give_feedback(owner, session_id, turn, body.verdict, body.comment))


async def _begin(
    response: Response,
    service: Service,
    reach: Reach,
    caller: Caller,
    body: GenerateRequest | ExecuteRequest,
    question: str,
    wishes: Wishes,
    idempotency_key: str | None,
) -> TurnView:
    key = RequestKey(key=idempotency_key, fingerprint=body.fingerprint) if idempotency_key else None
    turn = await run_in_threadpool(
        lambda: reach.begin(
            caller, question, body.all_sources, wishes, session_id=body.session_id, key=key
        )
    )
    if body.wait:
        turn = await finished(service, caller.owner, turn, body.wait)
    if turn.state not in FINAL_STATES:
        response.status_code = 202
        response.headers["Location"] = schemas.turn_path(turn.session_id, turn.number)
    return TurnView.of(turn, service.position(caller.owner, turn))

"""Keeps a turn: every change is saved and told as an event, stage times are taken."""

import time
from collections.abc import Callable
from typing import Any

from spark_interpreter.errors import InterpreterError, ScriptFailed
from spark_interpreter.model import ErrorInfo, Event, EventKind, FailedRun, Turn, TurnState, now
from spark_interpreter.stores.base import SessionStore

OnEvent = Callable[[Event], None]


def error_info(error: InterpreterError) -> ErrorInfo:
    """The error as data."""
    return ErrorInfo(
        code=error.code,
        phase=error.phase,
        message=error.message,
        remedy=error.remedy,
        detail=error.detail,
        line=error.line if isinstance(error, ScriptFailed) else None,
    )


class TurnRecorder:
    """The current state of one turn.

    Attributes:
        s3_cost: tells what its requests to S3 have cost up to now, US dollars.
    """

    def __init__(self, turn: Turn, store: SessionStore, on_event: OnEvent | None) -> None:
        self.turn = turn
        self._store = store
        self._on_event = on_event
        self.s3_cost: Callable[[], float] = lambda: 0.0
        self._sequence = 0
        waited = max(0.0, (now() - turn.created).total_seconds())
        self._stage_started = time.perf_counter() - waited

    def enter(self, state: TurnState, message: str = "", **changes: Any) -> None:
        """Move to the next state, with whatever the step before it found out."""
        self._keep(state=state, timings=self._timings(), **changes)
        self._tell("state", message or state.replace("_", " "))

    def note(self, kind: EventKind, message: str, **changes: Any) -> None:
        """Keep what a step found out without leaving it."""
        self._keep(**changes)
        self._tell(kind, message, sorted(changes))

    def progress(self, message: str, data: dict[str, Any]) -> None:
        """Say how far the step is."""
        self._emit("progress", message, data)

    def settle(self, run: FailedRun) -> None:
        """Keep what a failed run is known to cost now that the turn has ended."""
        self._store.settle_run(self.turn.session_id, self.turn.number, run)

    def fail(self, error: InterpreterError, state: TurnState = "failed", **changes: Any) -> None:
        """End the turn with an error."""
        self._keep(state=state, timings=self._timings(), error=error_info(error), **changes)
        self._tell("error", str(error), ["error"])

    def _keep(self, **changes: Any) -> None:
        changes |= {"s3_cost": self.s3_cost(), "updated": now()}
        self.turn = self.turn.model_copy(update=changes)
        self._store.save_turn(self.turn)

    def _timings(self) -> dict[str, float]:
        """Stage times up to now; a stage entered twice (a repeated run) adds up."""
        at = time.perf_counter()
        stage, spent = self.turn.state, at - self._stage_started
        self._stage_started = at
        before = self.turn.timings
        return {**before, stage: round(before.get(stage, 0.0) + spent, 6)}

    def _tell(self, kind: EventKind, message: str, fields: list[str] | None = None) -> None:
        self._emit(kind, message, self.turn.model_dump(mode="json", include=set(fields or ())))

    def _emit(self, kind: EventKind, message: str, data: dict[str, Any]) -> None:
        self._sequence += 1
        event = Event(
            session_id=self.turn.session_id,
            turn=self.turn.number,
            sequence=self._sequence,
            time=now(),
            kind=kind,
            state=self.turn.state,
            message=message,
            data=data,
        )
        self._store.add_event(event)
        if self._on_event is not None:
            self._on_event(event)

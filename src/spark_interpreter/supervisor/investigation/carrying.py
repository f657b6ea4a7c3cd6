"""An investigation as a turn: the questions on its way are the turns after it in its session."""

from collections.abc import Callable, Sequence

from spark_interpreter.cancellation import Cancellation, cancelled_by
from spark_interpreter.errors import InterpreterError, RunInterrupted
from spark_interpreter.model import (
    Source,
    TableProfile,
    Turn,
    TurnState,
    Wishes,
)
from spark_interpreter.model.report import ReportStep
from spark_interpreter.stores.base import SessionStore
from spark_interpreter.supervisor.carry import brought_to_an_end, carry
from spark_interpreter.supervisor.desk import OwnersDesk
from spark_interpreter.supervisor.investigation.agent import Investigation
from spark_interpreter.supervisor.reach import file_uris, require_reach
from spark_interpreter.supervisor.recorder import OnEvent, TurnRecorder
from spark_interpreter.supervisor.workflow import Parts


class InvestigationTurn(OwnersDesk):
    """Carries one open question to its report; the desk at which its steps are made.

    Args:
        hears: of a turn, what hears its events.
        on_end: called with every question's turn at its end.
    """

    def __init__(
        self,
        parts: Parts,
        store: SessionStore,
        owner: str,
        turn: Turn,
        *,
        hears: Callable[[Turn], OnEvent],
        on_end: Callable[[Turn], None],
        cancellation: Cancellation,
    ) -> None:
        super().__init__(parts, store, owner)
        self._hears = hears
        self._on_end = on_end
        self._cancellation = cancellation
        self._recorder = TurnRecorder(turn, store, hears(turn))
        self._asked: list[Turn] = []

    def carry(self) -> Turn:
        """The turn at its end, which is a final state whatever happens."""
        with brought_to_an_end(self._recorder):
            try:
                self._investigate()
            except InterpreterError as error:
                if self._cancellation.cancelled:
                    self._recorder.enter("cancelled", "Cancelled before it was finished.")
                else:
                    self._recorder.fail(error)
        return self._recorder.turn

    def _investigate(self) -> None:
        profiles = self._profiled()
        self._recorder.enter("generating", "Investigating")
        investigation = Investigation(
            self, self._recorder.turn.sources, profiles,
            on_step=self._tell, cancellation=self._cancellation,
        )  # fmt: skip
        report = investigation.run(self._recorder.turn.question)
        asked = len(report.steps)
        message = "1 question asked" if asked == 1 else f"{asked} questions asked"
        if self._cancellation.interrupted:
            error = RunInterrupted("Interrupted: the service was stopped.", remedy="Ask again.")
            self._recorder.fail(error, report=report)
        else:
            state: TurnState = "cancelled" if report.ended == "cancelled" else "completed"
            self._recorder.enter(state, message, report=report)

    def _profiled(self) -> tuple[TableProfile, ...]:
        turn = self._recorder.turn
        self._recorder.enter("profiling", "Looking at the data")
        require_reach(file_uris(turn.sources), turn.wishes.read_roots)
        with cancelled_by(self._cancellation):
            return self._parts.sources.profile(turn.sources)

    def complete(
        self, question: str, sources: Sequence[Source], wishes: Wishes, session_id: str | None
    ) -> Turn:
        """The next turn of the session, at its end."""
        del session_id
        turn = self._recorder.turn
        own = {"script": wishes.script, "dry_run": wishes.dry_run, "retry_of": None}
        platform = wishes.platform or turn.wishes.platform
        wishes = turn.wishes.model_copy(update={**own, "platform": platform, "investigate": False})
        step = self._store.add_turn(self._owner, turn.session_id, question, sources, wishes=wishes)
        step = carry(
            self._parts, self._store, step, self._asked,
            on_event=self._hears(step), cancellation=self._cancellation,
        )  # fmt: skip
        self._asked.append(step)
        self._on_end(step)
        return step

    def _tell(self, step: ReportStep) -> None:
        self._recorder.progress(
            f"[{step.turn}] {step.question}: {step.status}", {"step": step.model_dump(mode="json")}
        )

"""The turns of one investigation, within its limits."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from spark_interpreter.errors import BudgetExceeded, NotFound, ValidationError
from spark_interpreter.model import (
    ExecutionLogs,
    PlatformName,
    Source,
    TableProfile,
    Turn,
    Wishes,
)
from spark_interpreter.model.report import ReportStep
from spark_interpreter.platforms.base import Platform
from spark_interpreter.platforms.selection import Demand
from spark_interpreter.script import literal_reads
from spark_interpreter.settings import Settings
from spark_interpreter.supervisor.carry import tables_named
from spark_interpreter.supervisor.desk import Desk
from spark_interpreter.supervisor.reach import file_uris

OnStep = Callable[[ReportStep], None]
"""Hears of every turn that has ended."""
Ended = Literal["finished", "steps", "time", "budget", "cancelled"]


class Steps:
    """A desk for the tools of the workflow whose turns belong to one investigation.

    All are turns of one session over the same sources, whatever a request names, and a script reads
    nothing else.

    Args:
        desk: carries the turns.
        sources: what is investigated.
        profiles: what is known of them.
        spent: tells what the investigation has cost up to now, US dollars.

    Attributes:
        turns: those that were begun, oldest first.
        ended: which limit was reached.
    """

    def __init__(
        self,
        desk: Desk,
        sources: Sequence[Source],
        profiles: Sequence[TableProfile],
        *,
        spent: Callable[[], float],
        on_step: OnStep | None = None,
    ) -> None:
        self._desk = desk
        self._sources = tuple(sources)
        self._profiles = profiles
        self._spent = spent
        self._on_step = on_step
        self._limits = desk.settings.investigation
        self._deadline = time.monotonic() + self._limits.seconds
        self._lock = threading.Lock()
        self.turns: list[Turn] = []
        self.ended: Ended = "finished"

    @property
    def platforms(self) -> Mapping[PlatformName, Platform]:
        """The configured platforms."""
        return self._desk.platforms

    @property
    def settings(self) -> Settings:
        """The settings of the product."""
        return self._desk.settings

    @property
    def session_id(self) -> str:
        """Of the turns; empty before the first."""
        return self.turns[0].session_id if self.turns else ""

    def complete(
        self, question: str, sources: Sequence[Source], wishes: Wishes, session_id: str | None
    ) -> Turn:
        """The next turn at its end.

        Raises:
            BudgetExceeded: a limit is reached.
            ValidationError: the script reads something else.
        """
        del sources, session_id
        with self._lock:  # a follow-up refines the turn before it
            self._require_room()
            named = self._named(wishes.script)
            turn = self._desk.complete(question, named, wishes, self.session_id or None)
            self.turns.append(turn)
        if self._on_step is not None:
            self._on_step(step_of(turn))
        return turn

    def demand(self, sources: Sequence[Source]) -> Demand:
        """What reading the sources asks of a platform."""
        del sources
        return self._desk.demand(self._sources)

    def turn(self, session_id: str, number: int) -> Turn:
        """One of the turns.

        Raises:
            NotFound: it is none of them.
        """
        for turn in self.turns:
            if (turn.session_id, turn.number) == (session_id, number):
                return turn
        raise NotFound(f"There is no turn {number} of yours.")

    def logs(self, turn: Turn) -> ExecutionLogs:
        """The logs of a turn's run."""
        return self._desk.logs(turn)

    def _require_room(self) -> None:
        if len(self.turns) >= self._limits.steps:
            self._end("steps", "No step is left.")
        if time.monotonic() > self._deadline:
            self._end("time", "The time is over.")
        if 0 < self._limits.dollars <= self._spent():
            self._end("budget", "The money is spent.")

    def _end(self, ended: Ended, why: str) -> None:
        self.ended = ended
        raise BudgetExceeded(why, remedy="Write the report from what you know.")

    def _named(self, script: str | None) -> tuple[Source, ...]:
        """The sources of a question; of a script the tables that it names, its files it names."""
        if script is None:
            return self._sources
        ours = {place for profile in self._profiles for place in profile.read.locations}
        ours |= set(file_uris(self._sources))
        for read in literal_reads(script):
            if read.location not in ours:
                raise ValidationError(
                    f"The script reads {read.location!r}, which is not one of the sources.",
                    remedy=f"Read one of: {', '.join(sorted(ours))}.",
                )
        return tables_named(script, self._sources)


def step_of(turn: Turn) -> ReportStep:
    """A turn as the report names it."""
    return ReportStep(
        turn=turn.number,
        question=turn.question,
        status=turn.state,
        reading=turn.draft.reading if turn.draft else "",
        row_count=turn.result.manifest.row_count if turn.result else None,
    )

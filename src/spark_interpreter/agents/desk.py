"""The tools of the workflow on a running service."""

from collections.abc import Callable, Mapping, Sequence

from spark_interpreter.model import (
    ExecutionLogs,
    PlatformName,
    Source,
    Turn,
    Wishes,
)
from spark_interpreter.platforms.base import Platform
from spark_interpreter.platforms.selection import Demand
from spark_interpreter.settings import Settings
from spark_interpreter.supervisor.logs import extract_logs
from spark_interpreter.supervisor.service import Service

Begin = Callable[[str, Sequence[Source], Wishes, str | None], Turn]
"""(question, sources, wishes, session) -> the turn, in the queue."""


class ServiceDesk:
    """Carries the turns of one caller's tools in a service's queue.

    Args:
        begin: puts a turn into the queue, if the caller may.
        may_read: raises if the caller may not look at these sources; gives them as they are read.
        patience: seconds a tool waits for the end of its turn.
    """

    def __init__(
        self,
        service: Service,
        owner: str,
        begin: Begin,
        may_read: Callable[[Sequence[Source]], Sequence[Source]],
        patience: float,
    ) -> None:
        self._service = service
        self._owner = owner
        self._begin = begin
        self._may_read = may_read
        self._patience = patience

    @property
    def platforms(self) -> Mapping[PlatformName, Platform]:
        return self._service.platforms

    def complete(
        self, question: str, sources: Sequence[Source], wishes: Wishes, session_id: str | None
    ) -> Turn:
        turn = self._begin(question, sources, wishes, session_id)
        return self._service.wait(self._owner, turn, self._patience)

    @property
    def settings(self) -> Settings:
        return self._service.settings

    def demand(self, sources: Sequence[Source]) -> Demand:
        profiles = self._service.sources.profile(self._may_read(sources))
        return Demand(profiles, self._service.sources.extents(profiles, ()))

    def turn(self, session_id: str, number: int) -> Turn:
        return self._service.store.get_turn(self._owner, session_id, number)

    def logs(self, turn: Turn) -> ExecutionLogs:
        return extract_logs(self._service.artifacts, turn)

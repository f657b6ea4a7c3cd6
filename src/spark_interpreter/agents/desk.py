"""The tools of the workflow on a running service."""

from collections.abc import Callable, Sequence

from spark_interpreter.model import Source, Turn, Wishes
from spark_interpreter.platforms.selection import Demand
from spark_interpreter.supervisor.desk import OwnersDesk
from spark_interpreter.supervisor.service import Service

Begin = Callable[[str, Sequence[Source], Wishes, str | None], Turn]
"""(question, sources, wishes, session) -> the turn, in the queue."""


class ServiceDesk(OwnersDesk):
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
        super().__init__(service.parts, service.store, owner)
        self._service = service
        self._begin = begin
        self._may_read = may_read
        self._patience = patience

    def complete(
        self, question: str, sources: Sequence[Source], wishes: Wishes, session_id: str | None
    ) -> Turn:
        turn = self._begin(question, sources, wishes, session_id)
        return self._service.wait(self._owner, turn, self._patience)

    def demand(self, sources: Sequence[Source]) -> Demand:
        return super().demand(self._may_read(sources))

"""Who carries the turns of the tools, and sees to what their caller may do."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Protocol

from spark_interpreter.model import ExecutionLogs, PlatformName, Source, Turn, Wishes
from spark_interpreter.platforms.base import Platform
from spark_interpreter.platforms.selection import Demand
from spark_interpreter.settings import Settings
from spark_interpreter.stores.base import SessionStore
from spark_interpreter.supervisor.logs import extract_logs
from spark_interpreter.supervisor.workflow import Parts


class Desk(Protocol):
    """What the tools need of whoever carries their turns."""

    @property
    def platforms(self) -> Mapping[PlatformName, Platform]:
        """The configured platforms."""
        ...

    @property
    def settings(self) -> Settings:
        """The settings of the product."""
        ...

    @abstractmethod
    def complete(
        self, question: str, sources: Sequence[Source], wishes: Wishes, session_id: str | None
    ) -> Turn:
        """A new turn at its end, or as far as it came in the time there is."""
        ...

    def demand(self, sources: Sequence[Source]) -> Demand:
        """What reading all of these sources asks of a platform."""
        ...

    def turn(self, session_id: str, number: int) -> Turn:
        """A turn as it is now."""
        ...

    def logs(self, turn: Turn) -> ExecutionLogs:
        """The logs of a turn's run."""
        ...


class OwnersDesk(Desk):
    """A desk over the capabilities of this process and the turns of one owner.

    How a turn is brought to its end is what its kinds differ in.
    """

    def __init__(self, parts: Parts, store: SessionStore, owner: str) -> None:
        self._parts = parts
        self._store = store
        self._owner = owner

    @property
    def platforms(self) -> Mapping[PlatformName, Platform]:
        """The configured platforms."""
        return self._parts.platforms

    @property
    def settings(self) -> Settings:
        """The settings of the product."""
        return self._parts.settings

    def demand(self, sources: Sequence[Source]) -> Demand:
        """What reading all of these sources asks of a platform."""
        profiles = self._parts.sources.profile(sources)
        return Demand(profiles, self._parts.sources.extents(profiles, ()))

    def turn(self, session_id: str, number: int) -> Turn:
        """A turn as it is now."""
        return self._store.get_turn(self._owner, session_id, number)

    def logs(self, turn: Turn) -> ExecutionLogs:
        """The logs of a turn's run."""
        return extract_logs(self._parts.artifacts, turn)

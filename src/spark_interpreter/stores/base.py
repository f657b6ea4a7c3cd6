"""What every store offers: sessions with their turns and events, and artifacts."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from spark_interpreter.model import (
    Cost,
    Event,
    FailedRun,
    RequestKey,
    Session,
    Source,
    Turn,
    Wishes,
)

NO_WISHES = Wishes()


class SessionStore(Protocol):
    """Keeps conversations. Every call is atomic and durable when it returns.

    All methods raise `NotFound` for a session or turn that is not there or belongs to another
    owner, and `StoreError` when the store itself cannot be read or written.
    """

    def create_session(
        self, owner: str, *, client_id: str | None = None, title: str = ""
    ) -> Session:
        """A new session. A `client_id` of 33 to 128 safe characters becomes the id; any other one
        is mapped to an id of ours, so that asking again with it finds the same session.
        """
        ...

    def get_session(self, owner: str, session_id: str) -> Session: ...

    def owner_of(self, session_id: str) -> str:
        """Whose session this is; for those who may see the sessions of others."""
        ...

    def list_sessions(
        self, owner: str, *, search: str = "", limit: int = 50, before: str | None = None
    ) -> Sequence[Session]:
        """Sessions, latest first; `before` is the id of the last one of the previous page."""
        ...

    def rename_session(self, owner: str, session_id: str, title: str) -> Session: ...

    def delete_session(self, owner: str, session_id: str) -> None: ...

    def add_turn(
        self,
        owner: str,
        session_id: str,
        question: str,
        sources: Sequence[Source],
        *,
        wishes: Wishes = NO_WISHES,
        waiting: bool = False,
        key: RequestKey | None = None,
    ) -> Turn:
        """The session's next turn, queued.

        Args:
            waiting: nobody carries it yet; it waits for a process that claims it, and outlives
                the one that added it.
            key: found again by `find_request`.
        """
        ...

    def adopt_turn(self, owner: str, turn: Turn, *, waiting: bool = False) -> bool:
        """Keep a turn that another store has made, under its session and number.

        The session is made if there is none. False, and nothing is changed, if there is such a
        turn already.

        Args:
            waiting: it waits to be claimed.
        """
        ...

    def find_request(self, owner: str, key: RequestKey) -> Turn | None:
        """The turn that was added with this key; None if there is none.

        Raises:
            Conflict: the key was used for another request.
        """
        ...

    def waiting_turns(self) -> Sequence[tuple[str, Turn]]:
        """Turns that wait to be claimed, with their owners, oldest first."""
        ...

    def claim_turn(self, session_id: str, number: int) -> Turn | None:
        """The waiting turn, carried by this process from now on; None if it waits no more."""
        ...

    def save_turn(self, turn: Turn) -> None:
        """Replace the stored turn."""
        ...

    def settle_run(self, session_id: str, number: int, run: FailedRun) -> None:
        """Replace the failed run of this id, in a turn that nobody carries any more.

        A turn that was deleted meanwhile stays so.
        """
        ...

    def get_turn(self, owner: str, session_id: str, number: int) -> Turn: ...

    def list_turns(self, owner: str, session_id: str) -> Sequence[Turn]:
        """All turns, oldest first."""
        ...

    def add_event(self, event: Event) -> None: ...

    def list_events(
        self, owner: str, session_id: str, turn: int, *, after: int = 0
    ) -> Sequence[Event]:
        """Events with a sequence number above `after`, in order."""
        ...

    def costs(
        self, owner: str | None, *, session_id: str | None = None, since: date | None = None
    ) -> Sequence[Cost]:
        """What finished turns have cost, a line for each session and day.

        Args:
            owner: whose; None for everybody's.
            session_id: of this session alone.
            since: from this day on (UTC).
        """
        ...

    def fail_interrupted(self) -> Sequence[tuple[str, Turn]]:
        """Mark running turns whose process is gone as failed ("interrupted").

        Turns that wait are left alone.

        Returns:
            These turns as they are now, with their owners.
        """
        ...

    def forget_requests(self, before: datetime) -> None:
        """Let go of the keys that were used before then."""
        ...

    def check(self) -> None:
        """See that the store can be written."""
        ...

    def close(self) -> None: ...


class ArtifactStore(Protocol):
    """Keeps files in the layout `scripts/`, `output/<session>/<turn>/`, `logs/<platform>/`."""

    def script_uri(self, session_id: str, turn: int) -> str:
        """Where the turn's portable script is kept."""
        ...

    def output_uri(self, session_id: str, turn: int) -> str:
        """The folder or prefix a run writes its result to."""
        ...

    def log_dir(self, platform: str, run_id: str) -> Path:
        """A local folder, made if missing, for one run's logs."""
        ...

    def write_text(self, uri: str, text: str) -> None: ...

    def read_text(self, uri: str) -> str: ...

    def clear_output(self, session_id: str, turn: int) -> None:
        """Remove what an earlier attempt of the turn left in its output folder."""
        ...

    def delete_session(self, session_id: str) -> None:
        """Remove every artifact of the session."""
        ...

    def remove_expired(self, *, output: datetime | None, logs: datetime | None) -> int:
        """Remove results and logs last written before these times, and count them.

        Scripts stay. None keeps all.
        """
        ...

    def check(self) -> None:
        """See that artifacts can be written."""
        ...

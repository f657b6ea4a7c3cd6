"""What every store offers: sessions with their turns and events, and artifacts."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from spark_interpreter.model import Event, Session, Source, Turn


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

    def list_sessions(
        self, owner: str, *, search: str = "", limit: int = 50, before: str | None = None
    ) -> Sequence[Session]:
        """Sessions, latest first; `before` is the id of the last one of the previous page."""
        ...

    def rename_session(self, owner: str, session_id: str, title: str) -> Session: ...

    def delete_session(self, owner: str, session_id: str) -> None: ...

    def add_turn(
        self, owner: str, session_id: str, question: str, sources: Sequence[Source]
    ) -> Turn:
        """The session's next turn, queued."""
        ...

    def save_turn(self, turn: Turn) -> None:
        """Replace the stored turn."""
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

    def fail_interrupted(self) -> int:
        """Mark running turns whose process is gone as failed ("interrupted"), and count them."""
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

"""Sessions in one SQLite file."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

from pydantic import ValidationError

from spark_interpreter.errors import Conflict, NotFound, RunInterrupted, StoreError
from spark_interpreter.model import (
    FINAL_STATES,
    Cost,
    ErrorInfo,
    Event,
    FailedRun,
    RequestKey,
    Session,
    Source,
    Turn,
    TurnState,
    Wishes,
    now,
)
from spark_interpreter.stores.base import NO_WISHES
from spark_interpreter.stores.ids import mapped_session_id, new_session_id, usable_as_session_id
from spark_interpreter.stores.processes import Carrier, this_process

_BUSY_SECONDS = 30
_MIGRATIONS = (
    """
    CREATE TABLE sessions (
        id TEXT PRIMARY KEY,
        owner TEXT NOT NULL,
        title TEXT NOT NULL,
        created TEXT NOT NULL,
        updated TEXT NOT NULL,
        turn_count INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX sessions_by_owner ON sessions (owner, updated DESC, id DESC);
    CREATE TABLE turns (
        session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        question TEXT NOT NULL,
        carrier TEXT,
        document TEXT NOT NULL,
        PRIMARY KEY (session_id, number)
    ) STRICT;
    CREATE INDEX turns_in_progress ON turns (carrier) WHERE carrier IS NOT NULL;
    CREATE TABLE events (
        session_id TEXT NOT NULL,
        turn INTEGER NOT NULL,
        sequence INTEGER NOT NULL,
        document TEXT NOT NULL,
        PRIMARY KEY (session_id, turn, sequence),
        FOREIGN KEY (session_id, turn) REFERENCES turns (session_id, number) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;
    """,
    """
    ALTER TABLE turns ADD COLUMN waiting INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX turns_waiting ON turns (waiting) WHERE waiting = 1;
    CREATE TABLE requests (
        owner TEXT NOT NULL,
        key TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        session_id TEXT NOT NULL,
        turn INTEGER NOT NULL,
        created TEXT NOT NULL,
        PRIMARY KEY (owner, key),
        FOREIGN KEY (session_id, turn) REFERENCES turns (session_id, number) ON DELETE CASCADE
    ) STRICT;
    CREATE INDEX requests_by_turn ON requests (session_id, turn);
    CREATE INDEX requests_by_time ON requests (created);
    """,
)
"""What brings a file from one version (its `user_version`) to the next."""

_PHASES: dict[TurnState, str] = {
    "queued": "request",
    "profiling": "profiling",
    "generating": "generating",
    "validating": "validating",
    "placing": "placing",
    "running": "running",
}


class SqliteSessionStore:
    """A `SessionStore` in a file, shared by the threads and processes of one machine.

    What a call has stored survives the death of the process at once; in a power cut the last
    moments may be lost, never the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        with self._errors():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.touch(mode=0o600)
            self._connection = sqlite3.connect(
                path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            self._connection.create_function("fold", 1, str.casefold, deterministic=True)
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.execute("PRAGMA foreign_keys = ON")
            self._migrate()

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    # Sessions

    def create_session(
        self, owner: str, *, client_id: str | None = None, title: str = ""
    ) -> Session:
        with self._transaction() as db:
            session_id = new_session_id() if client_id is None else _own_id(db, owner, client_id)
            at = _text(now())
            db.execute(
                "INSERT OR IGNORE INTO sessions VALUES (?, ?, ?, ?, ?, 0)",
                (session_id, owner, title, at, at),
            )
            return self._session(db, owner, session_id)

    def get_session(self, owner: str, session_id: str) -> Session:
        with self._reading() as db:
            return self._session(db, owner, session_id)

    def owner_of(self, session_id: str) -> str:
        with self._reading() as db:
            row = db.execute("SELECT owner FROM sessions WHERE id = ?", (session_id,)).fetchone()
        if row is None:
            raise _no_session(session_id)
        return str(row[0])

    def list_sessions(
        self, owner: str, *, search: str = "", limit: int = 50, before: str | None = None
    ) -> Sequence[Session]:
        with self._reading() as db:
            last = self._session(db, owner, before) if before is not None else None
            rows = db.execute(
                """
                SELECT id, owner, title, created, updated, turn_count FROM sessions
                WHERE owner = :owner
                AND (:last_id IS NULL OR (updated, id) < (:last_updated, :last_id))
                AND (:search = '' OR instr(fold(title), :search) OR EXISTS (
                    SELECT 1 FROM turns
                    WHERE session_id = sessions.id AND instr(fold(question), :search)))
                ORDER BY updated DESC, id DESC LIMIT :limit
                """,
                {
                    "owner": owner,
                    "search": search.casefold(),
                    "limit": limit,
                    "last_id": last and last.id,
                    "last_updated": last and _text(last.updated),
                },
            )
            return [_to_session(row) for row in rows]

    def rename_session(self, owner: str, session_id: str, title: str) -> Session:
        with self._transaction() as db:
            session = self._session(db, owner, session_id)
            db.execute("UPDATE sessions SET title = ? WHERE id = ?", (title, session.id))
            return self._session(db, owner, session.id)

    def delete_session(self, owner: str, session_id: str) -> None:
        with self._transaction() as db:
            session = self._session(db, owner, session_id)
            db.execute("DELETE FROM sessions WHERE id = ?", (session.id,))

    # Turns

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
        at = now()
        with self._transaction() as db:
            session = self._session(db, owner, session_id)
            turn = Turn(
                session_id=session.id,
                number=session.turn_count + 1,
                state="queued",
                question=question,
                sources=tuple(sources),
                wishes=wishes,
                created=at,
                updated=at,
            )
            db.execute(
                "INSERT INTO turns (session_id, number, question, carrier, document, waiting)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (
                    session.id,
                    turn.number,
                    question,
                    None if waiting else _carrier(turn),
                    turn.model_dump_json(),
                    int(waiting),
                ),
            )
            if key is not None:
                db.execute(
                    "INSERT INTO requests VALUES (?, ?, ?, ?, ?, ?)",
                    (owner, key.key, key.fingerprint, session.id, turn.number, _text(at)),
                )
            db.execute(
                "UPDATE sessions SET updated = ?, turn_count = ? WHERE id = ?",
                (_text(at), turn.number, session.id),
            )
        return turn

    def adopt_turn(self, owner: str, turn: Turn, *, waiting: bool = False) -> bool:
        at = _text(turn.created)
        with self._transaction() as db:
            db.execute(
                "INSERT OR IGNORE INTO sessions VALUES (?, ?, ?, ?, ?, 0)",
                (turn.session_id, owner, (turn.question or "Script")[:80], at, at),
            )
            session = self._session(db, owner, turn.session_id)
            adopted = db.execute(
                "INSERT OR IGNORE INTO turns"
                " (session_id, number, question, carrier, document, waiting)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (
                    session.id,
                    turn.number,
                    turn.question,
                    None if waiting else _carrier(turn),
                    turn.model_dump_json(),
                    int(waiting),
                ),
            )
            db.execute(
                "UPDATE sessions SET updated = max(updated, ?), turn_count = max(turn_count, ?)"
                " WHERE id = ?",
                (_text(turn.updated), turn.number, session.id),
            )
        return adopted.rowcount == 1

    def save_turn(self, turn: Turn) -> None:
        document = turn.model_dump_json()
        with self._transaction() as db:
            _save(db, turn, document)

    def settle_run(self, session_id: str, number: int, run: FailedRun) -> None:
        with self._transaction() as db:
            row = db.execute(
                "SELECT document FROM turns WHERE session_id = ? AND number = ?",
                (session_id, number),
            ).fetchone()
            if row is not None:
                turn = self._turn(row[0])
                runs = tuple(run if r.run_id == run.run_id else r for r in turn.failed_runs)
                turn = turn.model_copy(update={"failed_runs": runs})
                _save(db, turn, turn.model_dump_json())

    def get_turn(self, owner: str, session_id: str, number: int) -> Turn:
        with self._reading() as db:
            session = self._session(db, owner, session_id)
            row = db.execute(
                "SELECT document FROM turns WHERE session_id = ? AND number = ?",
                (session.id, number),
            ).fetchone()
        if row is None:
            raise NotFound(f"The session {session_id} has no turn {number}.")
        return self._turn(row[0])

    def list_turns(self, owner: str, session_id: str) -> Sequence[Turn]:
        with self._reading() as db:
            session = self._session(db, owner, session_id)
            rows = db.execute(
                "SELECT document FROM turns WHERE session_id = ? ORDER BY number", (session.id,)
            ).fetchall()
        return [self._turn(document) for (document,) in rows]

    # Turns that wait, and requests that are repeated

    def find_request(self, owner: str, key: RequestKey) -> Turn | None:
        with self._reading() as db:
            row = db.execute(
                "SELECT fingerprint, document FROM requests JOIN turns"
                " ON turns.session_id = requests.session_id AND number = turn"
                " WHERE owner = ? AND key = ?",
                (owner, key.key),
            ).fetchone()
        if row is None:
            return None
        if row[0] != key.fingerprint:
            raise Conflict(
                "This idempotency key was used for another request.",
                remedy="Take a new key for every new request.",
            )
        return self._turn(row[1])

    def forget_requests(self, before: datetime) -> None:
        with self._transaction() as db:
            db.execute("DELETE FROM requests WHERE created < ?", (_text(before),))

    def waiting_turns(self) -> Sequence[tuple[str, Turn]]:
        with self._reading() as db:
            rows = db.execute(
                "SELECT owner, document FROM turns JOIN sessions ON sessions.id = session_id"
                " WHERE waiting = 1"
            ).fetchall()
        turns = [(owner, self._turn(document)) for owner, document in rows]
        return sorted(turns, key=lambda waiting: waiting[1].created)

    def claim_turn(self, session_id: str, number: int) -> Turn | None:
        with self._transaction() as db:
            claimed = db.execute(
                "UPDATE turns SET waiting = 0, carrier = ?"
                " WHERE session_id = ? AND number = ? AND waiting = 1 RETURNING document",
                (this_process().model_dump_json(), session_id, number),
            ).fetchone()
        return self._turn(claimed[0]) if claimed else None

    # Events

    def add_event(self, event: Event) -> None:
        document = event.model_dump_json()
        with self._transaction() as db:
            _insert_event(db, event, document)

    def list_events(
        self, owner: str, session_id: str, turn: int, *, after: int = 0
    ) -> Sequence[Event]:
        with self._reading() as db:
            session = self._session(db, owner, session_id)
            if not _has_turn(db, session.id, turn):
                raise NotFound(f"The session {session_id} has no turn {turn}.")
            rows = db.execute(
                "SELECT document FROM events WHERE session_id = ? AND turn = ? AND sequence > ?"
                " ORDER BY sequence",
                (session.id, turn, after),
            ).fetchall()
        with self._errors():
            return [Event.model_validate_json(document) for (document,) in rows]

    # Recovery

    def costs(
        self, owner: str | None, *, session_id: str | None = None, since: date | None = None
    ) -> Sequence[Cost]:
        with self._reading() as db:
            rows = db.execute(
                """
                SELECT owner, session_id,
                    substr(json_extract(document, '$.created'), 1, 10) AS day, count(*),
                    total(json_extract(document, '$.run.cost'))
                        + total(json_extract(document, '$.s3_cost'))
                        + total((SELECT total(json_extract(value, '$.cost'))
                            FROM json_each(json_extract(document, '$.failed_runs')))),
                    total(json_extract(document, '$.draft.usage.cost'))
                        + total(json_extract(document, '$.needs_input.usage.cost'))
                        + total(json_extract(document, '$.report.usage.cost'))
                        + total((SELECT total(json_extract(value, '$.usage.cost'))
                            FROM json_each(json_extract(document, '$.attempts')))),
                    sum(json_extract(document, '$.run.platform') IS NOT NULL
                        AND json_extract(document, '$.run.cost') IS NULL)
                        + sum((SELECT count(*)
                            FROM json_each(json_extract(document, '$.failed_runs'))
                            WHERE json_extract(value, '$.cost') IS NULL)),
                    sum((SELECT count(*) FROM json_each(json_extract(document, '$.failed_runs'))
                        WHERE json_extract(value, '$.about')))
                FROM (SELECT owner, session_id, carrier, waiting,
                    CASE WHEN json_extract(document, '$.reused') IS NULL THEN document
                        ELSE json_object('created', json_extract(document, '$.created'),
                            's3_cost', json_extract(document, '$.s3_cost')) END AS document
                    FROM turns JOIN sessions ON sessions.id = session_id)
                WHERE carrier IS NULL AND NOT waiting
                AND (:owner IS NULL OR owner = :owner)
                AND (:session IS NULL OR session_id = :session)
                AND (:since IS NULL OR day >= :since)
                GROUP BY owner, session_id, day ORDER BY day, owner, session_id
                """,
                {
                    "owner": owner,
                    "session": session_id,
                    "since": since and since.isoformat(),
                },
            )
            return [
                Cost(
                    owner=row[0], session_id=row[1], day=date.fromisoformat(row[2]), turns=row[3],
                    runs=row[4], models=row[5], unknown=row[6], about=row[7],
                )
                for row in rows
            ]  # fmt: skip

    def fail_interrupted(self) -> Sequence[tuple[str, Turn]]:
        failed = []
        with self._transaction() as db:
            rows = db.execute(
                "SELECT owner, carrier, document FROM turns JOIN sessions ON id = session_id"
                " WHERE carrier IS NOT NULL AND waiting = 0"
            )
            for owner, carrier, document in rows.fetchall():
                turn = self._turn(document)
                if Carrier.model_validate_json(carrier).gone(turn.updated):
                    failed.append((owner, _fail(db, turn)))
        return failed

    # The file

    def check(self) -> None:
        with self._transaction():
            pass

    def _migrate(self) -> None:
        db = self._connection
        if self._version() == len(_MIGRATIONS):
            return
        db.execute("PRAGMA journal_mode = WAL")
        with db:
            db.execute("BEGIN IMMEDIATE")
            version = self._version()
            if version > len(_MIGRATIONS):
                raise StoreError(
                    f"The session store {self._path} was written by a newer version.",
                    remedy="Upgrade spark-code-interpreter, or set another data_dir.",
                )
            for migration in _MIGRATIONS[version:]:
                for statement in migration.split(";"):
                    db.execute(statement)
            db.execute(f"PRAGMA user_version = {len(_MIGRATIONS)}")

    def _version(self) -> int:
        return int(self._connection.execute("PRAGMA user_version").fetchone()[0])

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._errors(), self._connection as db:
            db.execute("BEGIN IMMEDIATE")
            yield db

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._errors(), self._connection as db:
            db.execute("BEGIN")
            yield db

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise StoreError(
                f"The session store {self._path} cannot be read or written: {error}.",
                remedy="Check the file's permissions and free space, or set data_dir.",
            ) from error
        except ValidationError as error:
            raise StoreError(
                f"The session store {self._path} holds a record that cannot be understood.",
                remedy="Move the file away to start with an empty store.",
                detail=str(error),
            ) from error

    def _session(self, db: sqlite3.Connection, owner: str, session_id: str) -> Session:
        """The session of this id, or of the client's id that was mapped to it."""
        row = db.execute(
            "SELECT id, owner, title, created, updated, turn_count FROM sessions"
            " WHERE owner = ? AND id IN (?, ?) ORDER BY id = ? DESC",
            (owner, session_id, mapped_session_id(owner, session_id), session_id),
        ).fetchone()
        if row is None:
            raise _no_session(session_id)
        return _to_session(row)

    def _turn(self, document: str) -> Turn:
        with self._errors():
            return Turn.model_validate_json(document)


def _no_session(session_id: str) -> NotFound:
    return NotFound(
        f"There is no session {session_id[:200]}.", remedy="List the sessions to see their ids."
    )


def _own_id(db: sqlite3.Connection, owner: str, client_id: str) -> str:
    """The client's id itself where it can be ours and is nobody else's."""
    if usable_as_session_id(client_id):
        row = db.execute("SELECT owner FROM sessions WHERE id = ?", (client_id,)).fetchone()
        if row is None or row[0] == owner:
            return client_id
    return mapped_session_id(owner, client_id)


def _save(db: sqlite3.Connection, turn: Turn, document: str) -> None:
    saved = db.execute(
        "UPDATE turns SET question = ?, carrier = ?, document = ?"
        " WHERE session_id = ? AND number = ?",
        (turn.question, _carrier(turn), document, turn.session_id, turn.number),
    )
    if saved.rowcount == 0:
        raise NotFound(f"There is no turn {turn.number} of session {turn.session_id}.")
    db.execute(
        "UPDATE sessions SET updated = max(updated, ?) WHERE id = ?",
        (_text(turn.updated), turn.session_id),
    )


def _insert_event(db: sqlite3.Connection, event: Event, document: str) -> None:
    if not _has_turn(db, event.session_id, event.turn):
        raise NotFound(f"There is no turn {event.turn} of session {event.session_id}.")
    db.execute(
        "INSERT INTO events VALUES (?, ?, ?, ?)",
        (event.session_id, event.turn, event.sequence, document),
    )


def _has_turn(db: sqlite3.Connection, session_id: str, number: int) -> bool:
    found = db.execute(
        "SELECT 1 FROM turns WHERE session_id = ? AND number = ?", (session_id, number)
    )
    return found.fetchone() is not None


def _fail(db: sqlite3.Connection, turn: Turn) -> Turn:
    """End the turn, say so as its last event, and give it as it is then."""
    at = now()
    error = ErrorInfo(
        code=RunInterrupted.code,
        phase=_PHASES.get(turn.state, "running"),
        message=f"Interrupted while {turn.state}: the process that carried the turn is gone.",
        remedy="Ask again.",
    )
    failed = turn.model_copy(update={"state": "failed", "error": error, "updated": at})
    _save(db, failed, failed.model_dump_json())
    last = db.execute(
        "SELECT coalesce(max(sequence), 0) FROM events WHERE session_id = ? AND turn = ?",
        (turn.session_id, turn.number),
    ).fetchone()
    event = Event(
        session_id=turn.session_id,
        turn=turn.number,
        sequence=last[0] + 1,
        time=at,
        kind="error",
        state="failed",
        message=error.message,
        data={"error": error.model_dump(mode="json")},
    )
    _insert_event(db, event, event.model_dump_json())
    return failed


def _carrier(turn: Turn) -> str | None:
    """The running process while the turn is in progress, nobody once it is over."""
    return None if turn.state in FINAL_STATES else this_process().model_dump_json()


def _to_session(row: tuple[str, str, str, str, str, int]) -> Session:
    session_id, owner, title, created, updated, turn_count = row
    return Session(
        id=session_id,
        owner=owner,
        title=title,
        created=datetime.fromisoformat(created),
        updated=datetime.fromisoformat(updated),
        turn_count=turn_count,
    )


def _text(at: datetime) -> str:
    """A time as text that sorts as the time does."""
    return at.isoformat(timespec="microseconds")

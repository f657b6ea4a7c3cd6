"""API keys and what users have used, in one SQLite file."""

import hmac
import secrets
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Self

from spark_interpreter.errors import NotFound, StoreError
from spark_interpreter.model.access import Role
from spark_interpreter.model.base import Model, now

KEY_PREFIX = "sci_"
_BUSY_SECONDS = 30
_SCHEMA = """
    CREATE TABLE IF NOT EXISTS keys (
        id TEXT PRIMARY KEY,
        hash TEXT NOT NULL,
        document TEXT NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS usage (
        owner TEXT NOT NULL,
        day TEXT NOT NULL,
        upload_bytes INTEGER NOT NULL DEFAULT 0,
        model_cost REAL NOT NULL DEFAULT 0,
        PRIMARY KEY (owner, day)
    ) STRICT;
"""


class ApiKey(Model):
    """What is known of a key; the key itself is shown once, when it is made."""

    id: str
    owner: str
    role: Role
    note: str = ""
    created: datetime
    expires: datetime | None = None
    revoked: datetime | None = None

    @property
    def valid(self) -> bool:
        """Neither revoked nor expired."""
        return self.revoked is None and (self.expires is None or self.expires > now())


class Usage(Model):
    """What a user used within a day (UTC): bytes uploaded, US dollars for models."""

    upload_bytes: int = 0
    model_cost: float = 0


class AccessStore:
    """Keeps keys and usage. Every call is atomic and durable when it returns.

    All methods raise `StoreError` when the file cannot be read or written.

    Args:
        file: the SQLite file, made with its folder if missing.
    """

    def __init__(self, file: Path) -> None:
        self._lock = threading.Lock()
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch(mode=0o600)
            self._connection = sqlite3.connect(
                file, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.executescript(_SCHEMA)
        except (OSError, sqlite3.Error) as exc:
            raise StoreError(f"{file} cannot be opened: {exc}.") from exc

    @classmethod
    def of(cls, data_dir: Path) -> Self:
        """The store of an installation."""
        return cls(data_dir / "access.db")

    # --- keys -----------------------------------------------------------------------------

    def create_key(
        self, owner: str, role: Role, *, note: str = "", days: float | None = None
    ) -> tuple[ApiKey, str]:
        """A new key and its text, which is kept nowhere.

        The text has 256 random bits, so that one fast hash of it is as good as a slow one.
        """
        secret = secrets.token_urlsafe(32)
        made = now()
        key = ApiKey(
            id=secrets.token_hex(6),
            owner=owner,
            role=role,
            note=note,
            created=made,
            expires=made + timedelta(days=days) if days else None,
        )
        with self._writing() as db:
            db.execute(
                "INSERT INTO keys VALUES (?, ?, ?)", (key.id, _hash(secret), key.model_dump_json())
            )
        return key, f"{KEY_PREFIX}{key.id}_{secret}"

    def find_key(self, text: str) -> ApiKey | None:
        """The valid key that has this text."""
        identity, _, secret = text.removeprefix(KEY_PREFIX).partition("_")
        with self._reading() as db:
            row = db.execute("SELECT hash, document FROM keys WHERE id = ?", (identity,)).fetchone()
        if row is None or not hmac.compare_digest(row[0], _hash(secret)):
            return None
        key = ApiKey.model_validate_json(row[1])
        return key if key.valid else None

    def list_keys(self) -> Sequence[ApiKey]:
        """All keys, the oldest first, revoked ones too."""
        with self._reading() as db:
            rows = db.execute("SELECT document FROM keys ORDER BY rowid").fetchall()
        return [ApiKey.model_validate_json(document) for (document,) in rows]

    def revoke_key(self, identity: str) -> ApiKey:
        """Make a key invalid from now on.

        Raises:
            NotFound: there is no such key.
        """
        with self._writing() as db:
            row = db.execute("SELECT document FROM keys WHERE id = ?", (identity,)).fetchone()
            if row is None:
                raise NotFound(
                    f"There is no key {identity[:80]!r}.",
                    remedy="`spark-interpreter keys list` shows them.",
                )
            key = ApiKey.model_validate_json(row[0])
            key = key.model_copy(update={"revoked": key.revoked or now()})
            db.execute(
                "UPDATE keys SET document = ? WHERE id = ?", (key.model_dump_json(), identity)
            )
        return key

    # --- usage ----------------------------------------------------------------------------

    def usage(self, owner: str) -> Usage:
        """What the user has used today."""
        with self._reading() as db:
            return _usage(db, owner)

    def add_usage(
        self, owner: str, *, upload_bytes: int = 0, model_cost: float = 0, most: int = 0
    ) -> bool:
        """Count what the user uses; with `most`, only if today's upload stays within it.

        Returns:
            Whether it was counted.
        """
        with self._writing() as db:
            if most and _usage(db, owner).upload_bytes + upload_bytes > most:
                return False
            db.execute(
                "INSERT INTO usage VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
                " upload_bytes = upload_bytes + excluded.upload_bytes,"
                " model_cost = model_cost + excluded.model_cost",
                (owner, _today(), upload_bytes, model_cost),
            )
        return True

    def forget_usage(self, days: int = 90) -> None:
        """Remove what was counted longer ago."""
        with self._writing() as db:
            oldest = (now() - timedelta(days=days)).date().isoformat()
            db.execute("DELETE FROM usage WHERE day < ?", (oldest,))

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        try:
            with self._lock:
                yield self._connection
        except sqlite3.Error as exc:
            raise StoreError(f"Access data cannot be read or written: {exc}.") from exc

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._reading() as db, db:
            db.execute("BEGIN IMMEDIATE")
            yield db


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def _today() -> str:
    return now().date().isoformat()


def _usage(db: sqlite3.Connection, owner: str) -> Usage:
    row = db.execute(
        "SELECT upload_bytes, model_cost FROM usage WHERE owner = ? AND day = ?",
        (owner, _today()),
    ).fetchone()
    return Usage(upload_bytes=row[0], model_cost=row[1]) if row else Usage()

"""What catalogs and databases said of themselves, kept for a while.

One small JSON file for each answer, written beside its place and renamed into it, so that several
processes share a folder. An answer that cannot be read back is asked for again; errors are not
kept.
"""

import hashlib
import json
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from spark_interpreter.model import Known, now
from spark_interpreter.replacing import replacing

V = TypeVar("V")

_FORMAT = 1
_LEFTOVER_SECONDS = 24 * 3600


class SchemaCache:
    """Answers by key, each with its age.

    Args:
        folder: where they are kept; may be shared, may be deleted.
        seconds: how long an answer is taken without asking again; 0 always asks.
    """

    def __init__(self, folder: Path, *, seconds: float) -> None:
        self._folder = folder
        self._life = timedelta(seconds=seconds)

    def get(
        self, key: tuple[str, ...], kind: type[V], ask: Callable[[], V], *, refresh: bool = False
    ) -> Known[V]:
        """The answer known under the key, asked for now if there is none or it is too old.

        Args:
            key: everything the answer depends on: the kind of source, the address and identity
                that is asked with, and the question. Two callers who may see different things
                must not share a key.
            kind: the answer's type ("CatalogTable", "tuple[CatalogSchema, ...]").
            ask: asks the source.
            refresh: ask in any case, and keep the new answer.

        Raises:
            SourceError: whatever `ask` raises; nothing is kept then.
        """
        adapter: TypeAdapter[Known[V]] = TypeAdapter(Known[kind])  # type: ignore[valid-type]
        path = self._path(key)
        known = None if refresh else self._read(path, adapter)
        if known is not None:
            return known
        answer: Known[V] = Known(value=ask())
        self._write(path, adapter.dump_json(answer))
        return answer

    def forget(self, key: tuple[str, ...]) -> None:
        """Ask again next time."""
        self._path(key).unlink(missing_ok=True)

    def _read(self, path: Path, adapter: TypeAdapter[Known[V]]) -> Known[V] | None:
        try:
            known = adapter.validate_json(path.read_bytes())
        except (FileNotFoundError, ValidationError):
            return None
        fresh = timedelta(0) <= now() - known.looked < self._life
        return known if fresh else None

    def _write(self, path: Path, content: bytes) -> None:
        if not self._life:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        self._tidy()
        with replacing(path) as file:
            file.write(content)

    def _tidy(self) -> None:
        """Remove what has long been too old, and leftovers of processes that were killed."""
        oldest = time.time() - max(self._life.total_seconds(), _LEFTOVER_SECONDS)
        for path in self._folder.iterdir():
            try:
                if path.stat().st_mtime < oldest:
                    path.unlink()
            except FileNotFoundError:
                continue

    def _path(self, key: tuple[str, ...]) -> Path:
        text = json.dumps([_FORMAT, *key])
        return self._folder / f"{hashlib.sha256(text.encode()).hexdigest()[:40]}.json"

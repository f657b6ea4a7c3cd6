"""Columnar copies of sources: content-addressed Parquet files in one folder.

A copy is written beside its place and renamed into it, under a lock of its key, so that readers
see a whole file or none, whoever is killed when. A copy's modification time is when it was last
used; the least recently used go first when the folder outgrows its limit.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import duckdb
from pydantic import TypeAdapter

from spark_interpreter.cancellation import stop_if_cancelled
from spark_interpreter.errors import SourceUnreadable
from spark_interpreter.model import DataIssue, TableProfile
from spark_interpreter.sources.files.cells import Tally
from spark_interpreter.sources.files.issues import row_issues
from spark_interpreter.sources.files.locate import version_of
from spark_interpreter.sources.files.misfit import MisfitCells
from spark_interpreter.sources.files.recheck import repair_counts
from spark_interpreter.sources.files.relation import connect, values_sql

_VERSION = 1
_ISSUES: TypeAdapter[tuple[DataIssue, ...]] = TypeAdapter(tuple[DataIssue, ...])
_MIB = 1024 * 1024
_LOCK_SECONDS = 0.02


class ColumnarCache:
    """The folder of columnar copies.

    Args:
        max_mb: limit of the folder in MiB.
        in_use_seconds: a copy used more recently than this is never removed.
    """

    def __init__(self, folder: Path, *, max_mb: int, in_use_seconds: float = 600) -> None:
        self._folder = folder
        self._max_bytes = max_mb * _MIB
        self._in_use_seconds = in_use_seconds

    def get(self, profile: TableProfile) -> Path | None:
        """The copy of exactly this content, read in exactly this way, if there is one."""
        path = self._path(profile)
        try:
            os.utime(path)
        except FileNotFoundError:
            return None
        return path

    def issues(self, profile: TableProfile) -> tuple[DataIssue, ...]:
        """What was repaired in the whole source while the copy was made."""
        try:
            return _ISSUES.validate_json(self._notes(self._path(profile)).read_bytes())
        except (FileNotFoundError, ValueError):
            return ()

    def build(self, profile: TableProfile) -> Path:
        """Make the copy, or wait for the one who is making it.

        Raises:
            MisfitCells: the source has a cell that the profile's types do not allow.
            SourceError: the source cannot be read to its end, or changed meanwhile.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._path(profile)
        with _locked(path.with_suffix(".lock")):
            if existing := self.get(profile):
                return existing
            self._remove_leftovers(path)
            self._write(profile, path)
        self.shrink(keep=path)
        return path

    def shrink(self, *, keep: Path | None = None) -> None:
        """Remove the least recently used copies until the folder is within its limit."""
        copies = sorted((_last_use(p), p) for p in self._folder.glob("*.parquet"))
        total = sum(_size(p) for _, p in copies)
        for used, path in copies:
            if total <= self._max_bytes:
                return
            if path == keep or time.time() - used < self._in_use_seconds:
                continue
            total -= _size(path)
            for file in (path, self._notes(path), path.with_suffix(".lock")):
                file.unlink(missing_ok=True)

    def _path(self, profile: TableProfile) -> Path:
        return self._folder / f"{content_key(profile)}.parquet"

    def _notes(self, path: Path) -> Path:
        return path.with_suffix(".json")

    def _write(self, profile: TableProfile, path: Path) -> None:
        scratch = path.with_suffix(f".{os.getpid()}.tmp")
        try:
            tally = Tally()
            _convert(profile, scratch, tally)
            ragged = row_issues(tally.short, tally.long, tally.extra_cells, "whole")
            notes = scratch.with_suffix(".notes.tmp")
            notes.write_bytes(_ISSUES.dump_json((*ragged, *repair_counts(profile))))
            notes.replace(self._notes(path))
            if version_of([Path(p) for p in profile.file_read.paths]) != profile.version:
                raise SourceUnreadable(
                    f"'{profile.label}' changed while it was read.", remedy="Ask again."
                )
            scratch.replace(path)
        finally:
            for leftover in self._folder.glob(f"{scratch.stem}*tmp"):
                leftover.unlink(missing_ok=True)

    def _remove_leftovers(self, path: Path) -> None:
        """Scratch files of builders that were killed; the caller holds the key's lock."""
        for leftover in self._folder.glob(f"{path.stem}.*tmp"):
            leftover.unlink(missing_ok=True)


def content_key(profile: TableProfile) -> str:
    """Names the stored data and the way they are read."""
    how = {
        "version": profile.version,
        "format": _VERSION,
        "read": profile.file_read.model_dump(
            mode="json", exclude={"columnar", "engine_direct", "spark_direct", "script_path"}
        ),
        "columns": [
            (c.name, c.type, c.read.model_dump(mode="json") if c.read else None)
            for c in profile.columns
        ],
    }
    return hashlib.sha256(json.dumps(how, sort_keys=True).encode()).hexdigest()[:40]


def _convert(profile: TableProfile, target: Path, tally: Tally) -> None:
    with connect(str(target.with_suffix(".spill.tmp"))) as connection:
        try:
            query = values_sql(connection, profile, strict=True, tally=tally)
            connection.sql(query).write_parquet(str(target), compression="snappy")
        except duckdb.InvalidInputException as exc:
            raise MisfitCells(_first_line(exc)) from exc
        except duckdb.Error as exc:
            raise SourceUnreadable(
                f"'{profile.label}' cannot be converted: {_first_line(exc)}"
            ) from exc


def _first_line(exc: Exception) -> str:
    return str(exc).splitlines()[0].removeprefix("Invalid Input Error: ")


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock; the system releases it when the process ends in any way."""
    with path.open("w") as file:
        while not _taken(file):
            stop_if_cancelled()
            time.sleep(_LOCK_SECONDS)
        yield


def _taken(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _last_use(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0

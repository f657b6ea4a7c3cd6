"""Columnar copies of sources: content-addressed Parquet files in one folder.

A copy is written beside its place and renamed into it, under a lock of its key, so that readers
see a whole file or none, whoever is killed when. A copy's modification time is when it was last
used; the least recently used go first when the folder outgrows its limit.
"""

import hashlib
import json
import os
import shutil
from pathlib import Path

import duckdb
from pydantic import TypeAdapter

from spark_interpreter.errors import SourceUnreadable
from spark_interpreter.model import DataIssue, TableProfile
from spark_interpreter.sources.cache_folder import locked, shrink
from spark_interpreter.sources.files.apart import apart, unstoppable
from spark_interpreter.sources.files.cells import Tally
from spark_interpreter.sources.files.issues import row_issues
from spark_interpreter.sources.files.locate import version_of
from spark_interpreter.sources.files.misfit import MisfitCells
from spark_interpreter.sources.files.recheck import repair_counts
from spark_interpreter.sources.files.relation import connect, values_sql

_VERSION = 1
_MIB = 1024 * 1024
_ISSUES: TypeAdapter[tuple[DataIssue, ...]] = TypeAdapter(tuple[DataIssue, ...])


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

    def build(self, profile: TableProfile, local: TableProfile | None = None) -> Path:
        """Make the copy, or wait for the one who is making it.

        Args:
            local: the same source with the files of this machine that stand for it, where its
                own are elsewhere.

        Raises:
            MisfitCells: the source has a cell that the profile's types do not allow.
            SourceError: the source cannot be read to its end, or changed meanwhile.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._path(profile)
        with locked(path.with_suffix(".lock")):
            if existing := self.get(profile):
                return existing
            self._remove_leftovers(path)
            self._write(profile, path, local or profile)
        self.shrink(keep=path)
        return path

    def shrink(self, *, keep: Path | None = None) -> None:
        """Remove the least recently used copies until the folder is within its limit."""
        shrink(
            self._folder, "*.parquet", self._max_bytes, self._in_use_seconds,
            keep=keep, companions=(".json", ".lock"),
        )  # fmt: skip

    def _path(self, profile: TableProfile) -> Path:
        return self._folder / f"{content_key(profile)}.parquet"

    def _notes(self, path: Path) -> Path:
        return path.with_suffix(".json")

    def _write(self, profile: TableProfile, path: Path, local: TableProfile) -> None:
        scratch = path.with_suffix(f".{os.getpid()}.tmp")
        try:
            issues = convert(local, scratch)
            notes = scratch.with_suffix(".notes.tmp")
            notes.write_bytes(_ISSUES.dump_json(issues))
            notes.replace(self._notes(path))
            paths = [Path(p) for p in local.file_read.paths]
            if local is profile and version_of(paths) != profile.version:
                raise SourceUnreadable(
                    f"'{profile.label}' changed while it was read.", remedy="Ask again."
                )
            scratch.replace(path)
        finally:
            self._remove(f"{scratch.stem}*tmp")

    def _remove_leftovers(self, path: Path) -> None:
        """Scratch files of builders that were killed; the caller holds the key's lock."""
        self._remove(f"{path.stem}.*tmp")

    def _remove(self, pattern: str) -> None:
        for leftover in self._folder.glob(pattern):
            if leftover.is_dir():
                shutil.rmtree(leftover, ignore_errors=True)
            else:
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


def convert(profile: TableProfile, target: Path) -> tuple[DataIssue, ...]:
    """Write the values of a source to a Parquet file, and say what was repaired in them.

    Raises:
        MisfitCells: a cell does not fit its column's type.
        SourceUnreadable: the files cannot be read to their end.
        RunCancelled: this thread's work is to stop.
    """
    if unstoppable(profile.file_read.format, profile.byte_count):
        return apart(_converted, profile, target)
    return _converted(profile, target)


def _converted(profile: TableProfile, target: Path) -> tuple[DataIssue, ...]:
    tally = Tally()
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
    ragged = row_issues(tally.short, tally.long, tally.extra_cells, "whole")
    return (*ragged, *repair_counts(profile))


def _first_line(exc: Exception) -> str:
    return str(exc).splitlines()[0].removeprefix("Invalid Input Error: ")

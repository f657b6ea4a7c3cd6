"""Files as sources: the reader behind the facade."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import ParamSpec

from pydantic import ValidationError

from spark_interpreter.errors import DataMismatch
from spark_interpreter.model import (
    ColumnProfile,
    FileSource,
    Need,
    Staged,
    TableProfile,
    ValueCount,
)
from spark_interpreter.model.source import Source
from spark_interpreter.replacing import replacing
from spark_interpreter.sources.base import Stopped
from spark_interpreter.sources.files.apart import apart, unstoppable
from spark_interpreter.sources.files.delimited import profile_delimited
from spark_interpreter.sources.files.issues import merged
from spark_interpreter.sources.files.locate import Located, locate
from spark_interpreter.sources.files.partitions import with_partitions
from spark_interpreter.sources.files.recheck import Misread, misfit_cells, repair_counts
from spark_interpreter.sources.files.text import single_byte_encoding

P = ParamSpec("P")

_VERSION = 2
_MAX_RECHECKS = 5
_LADDER = {"int": "bigint", "bigint": "double", "date": "timestamp"}


class FileReader:
    """Reads files of this machine.

    Args:
        folder: where profiles are kept between processes.
        sample_rows: rows a profile is taken from.
        locate: finds the files of a source.
    """

    def __init__(
        self,
        folder: Path,
        *,
        sample_rows: int,
        locate: Callable[[FileSource], Located] = locate,
    ) -> None:
        self._folder = folder
        self._locate = locate
        self._sample_rows = sample_rows

    def profile(self, source: Source, *, name: str) -> TableProfile:
        """Look at the files, or take what is known of exactly these files.

        Raises:
            SourceError: they are missing, unreadable or empty.
        """
        assert isinstance(source, FileSource)
        located = self._locate(source)
        known = self.known(source, located.version)
        if known is None:
            known = self.look(source, located, name)
            self.remember(known)
        return known.model_copy(update={"name": name, "source": source})

    def widen(self, profile: TableProfile, mismatch: DataMismatch) -> TableProfile | None:
        """The profile with types that every cell of the whole source fits.

        The whole source is looked at, so one repetition of the run is enough. Where nothing
        is found although an engine stumbled, the column in the message goes one step up.
        """
        revised = self.wider(profile, mismatch)
        if revised is not None:
            self.remember(revised)
        return revised

    def wider(self, profile: TableProfile, mismatch: DataMismatch) -> TableProfile | None:
        """The same, without keeping what was found."""
        if not _concerns(profile, mismatch):
            return None
        return self.revise(profile) or _stepped_up(profile, mismatch)

    def revise(self, profile: TableProfile) -> TableProfile | None:
        """The profile after a look at every cell; None if all of them fit."""
        if profile.file_read.format != "csv":
            return None
        source = profile.source
        assert isinstance(source, FileSource)
        current = profile
        late: Mapping[str, Mapping[str, int]] = {}
        layout: dict[str, object] = {}
        for _ in range(_MAX_RECHECKS):
            try:
                found = misfit_cells(current)
            except Misread as misread:
                layout |= relaid(current, str(misread))
                current = _with_layout(current, layout)
                continue
            if not found:
                break
            late = _merged(late, found)
            current = _with_layout(
                self.look(source, self._locate(source), profile.name, late=late), layout
            )
        else:
            current = _as_text(current, misfit_cells(current))
        if current is profile:
            return None
        issues = merged(current.issues, repair_counts(current))
        return current.model_copy(update={"issues": issues})

    def find_values(
        self, profile: TableProfile, column: str, text: str, *, limit: int = 5
    ) -> Sequence[ValueCount]:
        """Values of a text column that equal or contain `text`, ignoring case."""
        from spark_interpreter.sources.files.lookup import find_values

        return find_values(profile, profile.column(column), text, limit)

    def stage(
        self, profile: TableProfile, need: Need, folder: Path, *, stopped: Stopped
    ) -> tuple[Staged, ...]:
        """No copies: files of this machine are read where they are."""
        del profile, need, folder, stopped
        return ()

    def look(
        self,
        source: FileSource,
        located: Located,
        name: str,
        late: Mapping[str, Mapping[str, int]] | None = None,
    ) -> TableProfile:
        """The profile of files that were found.

        Args:
            late: cells by column that a sample lacks but the source has, with their counts.

        Raises:
            SourceError: they are unreadable, empty or do not go together.
        """
        profile = self._profile_files(source, located, name, late)
        return with_partitions(profile, located.partitions, located.sizes)

    def _profile_files(
        self,
        source: FileSource,
        located: Located,
        name: str,
        late: Mapping[str, Mapping[str, int]] | None,
    ) -> TableProfile:
        if located.format == "csv":
            return profile_delimited(
                source, located, name=name, sample_rows=self._sample_rows, late=late or {}
            )
        if located.format == "excel":
            from spark_interpreter.sources.files.workbook import profile_workbook

            return _looked(located, profile_workbook, source, located, name=name)
        if located.format == "json":
            from spark_interpreter.sources.files.documents import profile_json

            return _looked(
                located, profile_json, source, located, name=name, sample_rows=self._sample_rows
            )
        from spark_interpreter.sources.files.parquet import profile_parquet

        return profile_parquet(source, located, name=name, sample_rows=self._sample_rows)

    def known(self, source: FileSource, version: str) -> TableProfile | None:
        """What was found before of exactly these files, if anything."""
        path = self._path(source, version)
        try:
            return TableProfile.model_validate_json(path.read_bytes())
        except (FileNotFoundError, ValidationError):
            return None

    def remember(self, profile: TableProfile) -> None:
        """Keep a profile for whoever asks for the same files again."""
        assert isinstance(profile.source, FileSource)
        path = self._path(profile.source, profile.version)
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as file:
            file.write(profile.model_dump_json().encode())

    def _path(self, source: FileSource, version: str) -> Path:
        options = source.model_dump(mode="json", exclude={"name", "uri"})
        key = json.dumps([_VERSION, self._sample_rows, version, options], sort_keys=True)
        return self._folder / f"{hashlib.sha256(key.encode()).hexdigest()[:40]}.json"


def _looked(
    located: Located, look: Callable[P, TableProfile], *args: P.args, **kwargs: P.kwargs
) -> TableProfile:
    """The profile, made in a process that can be ended where the look itself cannot be."""
    if unstoppable(located.format, located.size):
        return apart(look, *args, **kwargs)
    return look(*args, **kwargs)


def _concerns(profile: TableProfile, mismatch: DataMismatch) -> bool:
    if mismatch.path is not None:
        wanted = mismatch.path.removeprefix("file://")
        return wanted in profile.file_read.paths or wanted == profile.file_read.script_path
    if mismatch.column is not None:
        return any(c.name == mismatch.column for c in profile.columns)
    return True


def _stepped_up(profile: TableProfile, mismatch: DataMismatch) -> TableProfile | None:
    """The named column one type wider; without a name, the whole file read more carefully."""
    if mismatch.column is None:
        read = profile.file_read
        if not read.engine_direct:
            return None
        if read.format == "csv" and read.quoted and not read.multiline:
            return _with_layout(profile, {"multiline": True})
        return _with_layout(profile, {"engine_direct": False})
    column = profile.column(mismatch.column)
    if profile.file_read.format != "csv" or column.type == "string":
        return None
    wider = column.model_copy(update={"type": _LADDER.get(column.type, "string"), "read": None})
    return _replaced(profile, {column.name: wider})


def relaid(profile: TableProfile, message: str) -> dict[str, object]:
    """How a file has to be read that is not laid out like its sample."""
    if "unicode" in message.lower() or "utf-8" in message.lower():
        encoding = single_byte_encoding(map(Path, profile.file_read.paths))
        return {"encoding": encoding, "engine_direct": False}
    return {"ragged": True, "engine_direct": False, "spark_direct": False}


def _with_layout(profile: TableProfile, layout: Mapping[str, object]) -> TableProfile:
    if not layout:
        return profile
    return profile.model_copy(update={"read": profile.file_read.model_copy(update=dict(layout))})


def _as_text(profile: TableProfile, misfits: Mapping[str, object]) -> TableProfile:
    text = {
        name: profile.column(name).model_copy(update={"type": "string", "read": None})
        for name in misfits
    }
    return _replaced(profile, text)


def _replaced(profile: TableProfile, columns: Mapping[str, ColumnProfile]) -> TableProfile:
    return profile.model_copy(
        update={"columns": tuple(columns.get(c.name, c) for c in profile.columns)}
    )


def _merged(
    known: Mapping[str, Mapping[str, int]], found: Mapping[str, Mapping[str, int]]
) -> dict[str, dict[str, int]]:
    return {name: {**known.get(name, {}), **found.get(name, {})} for name in {*known, *found}}

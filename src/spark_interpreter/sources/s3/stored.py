"""Fetched text objects in the form a run reads them."""

from collections.abc import Mapping
from pathlib import Path

from spark_interpreter.errors import DataMismatch
from spark_interpreter.model import ResultColumn, Staged, TableProfile
from spark_interpreter.model.patterns import escaped
from spark_interpreter.sources.files.columnar import convert
from spark_interpreter.sources.files.misfit import MisfitCells


def stage_text(
    profile: TableProfile, copies: Mapping[str, str], folder: Path
) -> tuple[Staged, ...]:
    """The copies themselves where the embedded engine reads them, else their stored cells.

    Args:
        copies: files of this machine, by the URIs of their objects.

    Raises:
        DataMismatch: a cell does not fit its column's type.
        SourceUnreadable: a file cannot be read to its end.
    """
    read = profile.file_read
    groups = (
        {read.script_path: list(copies.values())}
        if read.script_path
        else {escaped(uri): [copies[uri]] for uri in read.paths}
    )
    if read.engine_direct and read.partition_columns:
        return (Staged(location=read.script_path, paths=(str(folder / "files"),), form="files"),)
    if read.engine_direct:
        return tuple(
            Staged(location=location, paths=tuple(paths), form="files")
            for location, paths in groups.items()
        )
    return tuple(
        _converted(profile, location, paths, folder / f"part-{number:05}.parquet")
        for number, (location, paths) in enumerate(groups.items())
    )


def _converted(profile: TableProfile, location: str, paths: list[str], target: Path) -> Staged:
    """A Parquet file with what the script reads: cells it repairs itself are still text."""
    columns = tuple(
        c.model_copy(update={"type": "string", "read": None}) if c.read else c
        for c in profile.columns
    )
    read = profile.file_read.model_copy(update={"paths": tuple(paths)})
    stored = profile.model_copy(update={"columns": columns, "read": read})
    try:
        convert(stored, target)
    except MisfitCells as misfit:
        raise DataMismatch(misfit.message) from misfit
    return Staged(
        location=location,
        paths=(str(target),),
        columns=tuple(ResultColumn(name=c.name, type=c.type) for c in columns),
    )

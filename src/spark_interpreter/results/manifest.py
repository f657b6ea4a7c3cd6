"""Reads an output's manifest and holds it against the files that are there."""

from pathlib import Path

from pydantic import ValidationError

from spark_interpreter.errors import ResultError
from spark_interpreter.model import Manifest, ResultFile

MANIFEST_NAME = "manifest.json"

_RUN_AGAIN = "Run the question again."


def read_manifest(folder: Path) -> Manifest:
    """The manifest of an output folder, after every file it names was checked.

    Raises:
        ResultError: it is missing or damaged, or files, rows, bytes or columns differ from it.
    """
    manifest = _parse(folder)
    _check_names(folder, manifest)
    for file in manifest.files:
        _check_file(folder, file, [column.name for column in manifest.columns])
    total = sum(file.rows for file in manifest.files)
    if total != manifest.row_count:
        raise _disagreement(f"its files have {total:,} rows and it says {manifest.row_count:,}")
    return manifest


def _parse(folder: Path) -> Manifest:
    try:
        text = (folder / MANIFEST_NAME).read_bytes()
    except FileNotFoundError as exc:
        raise ResultError(
            "The output has no manifest, so the run did not finish.", remedy=_RUN_AGAIN
        ) from exc
    except OSError as exc:
        raise ResultError(
            f"The output's manifest cannot be read: {exc.strerror or exc}.",
            remedy="Check the permissions of the data folder.",
        ) from exc
    try:
        return Manifest.model_validate_json(text)
    except ValidationError as exc:
        raise ResultError(
            "The output's manifest is damaged.", remedy=_RUN_AGAIN, detail=str(exc)
        ) from exc


def _check_names(folder: Path, manifest: Manifest) -> None:
    listed = {file.path for file in manifest.files}
    if len(listed) != len(manifest.files):
        raise _disagreement("it names a file twice")
    if any(Path(name).is_absolute() or ".." in Path(name).parts for name in listed):
        raise _disagreement("it names a file outside the output")
    present = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if not path.is_dir() and path.name != MANIFEST_NAME and path.name[0] not in "._"
    }
    if missing := sorted(listed - present):
        raise _disagreement(f"the file {missing[0]} is missing")
    if extra := sorted(present - listed):
        raise _disagreement(f"it does not know the file {extra[0]}")


def _check_file(folder: Path, file: ResultFile, columns: list[str]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = folder / file.path
    if path.is_symlink():
        raise _disagreement(f"{file.path} is a link")
    size = path.stat().st_size
    if size != file.bytes:
        raise _disagreement(f"{file.path} has {size:,} bytes instead of {file.bytes:,}")
    try:
        footer = pq.read_metadata(path)
    except (pa.ArrowInvalid, OSError) as exc:
        raise ResultError(
            f"The result file {file.path} cannot be read.", remedy=_RUN_AGAIN, detail=str(exc)
        ) from exc
    if footer.num_rows != file.rows:
        raise _disagreement(f"{file.path} has {footer.num_rows:,} rows instead of {file.rows:,}")
    if footer.schema.to_arrow_schema().names != columns:
        raise _disagreement(f"{file.path} has other columns")


def _disagreement(what: str) -> ResultError:
    return ResultError(f"The output does not agree with its manifest: {what}.", remedy=_RUN_AGAIN)

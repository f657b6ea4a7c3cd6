"""From what a person wrote to the files that are meant."""

import glob
import hashlib
import os.path
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from spark_interpreter.errors import SourceEmpty, SourceError, SourceNotFound, SourceUnreadable
from spark_interpreter.model.patterns import escaped, has_pattern, has_signs, unescaped
from spark_interpreter.model.source import FileFormat, FileSource
from spark_interpreter.sources.files.compression import named_by_ending
from spark_interpreter.sources.files.kind import FileKind, kind_of
from spark_interpreter.sources.files.partitions import Partition, partition_columns, partition_of
from spark_interpreter.sources.names import ambiguous_pattern

_ESCAPED = re.compile(r"\\([*?\[\]{}\\])")
_FORMAT_NAMES = {"csv": "CSV", "parquet": "Parquet", "json": "JSON", "excel": "Excel"}


class Located(NamedTuple):
    """The files of a source.

    Attributes:
        script_path: how a script names them; empty when it names them one by one.
        size: bytes at rest, all files together.
        version: changes whenever one of the files does.
        nameable: engines tell the files' compression from their names.
        plain: no name has a sign of a pattern, so that the embedded engine finds these files.
        partitions: values in the names of each file's folders; empty where folders are not
            partitioned.
        sizes: of the files, bytes.
        share: of all bytes, what `paths` hold; below 1 they are samples of larger files.
    """

    paths: tuple[Path, ...]
    script_path: str
    label: str
    format: FileFormat
    compression: str | None
    size: int
    version: str
    nameable: bool
    plain: bool = True
    partitions: tuple[Partition, ...] = ()
    sizes: tuple[int, ...] = ()
    share: float = 1.0


def locate(source: FileSource) -> Located:
    """Find the files and what they are.

    Raises:
        SourceNotFound: nothing is there.
        SourceEmpty: what is there has no byte of data.
        SourceUnreadable: it cannot be opened, or the files are of different kinds.
    """
    place = _place(source.uri)
    try:
        return _located(place, source)
    except PermissionError as exc:
        raise SourceUnreadable(
            f"'{source.uri}' may not be read.", remedy="Check the file's permissions."
        ) from exc
    except (OSError, EOFError) as exc:
        raise SourceUnreadable(
            f"'{source.uri}' cannot be read: {getattr(exc, 'strerror', None) or exc}."
        ) from exc


def _place(uri: str) -> str:
    scheme = urlsplit(uri).scheme.lower() if "://" in uri else ""
    if scheme == "file":
        return unquote(urlsplit(uri).path)
    if scheme:
        raise SourceError(
            f"'{uri}' is not on this machine; {scheme}:// sources cannot be read yet.",
            remedy="Copy the data here and name the file.",
        )
    return os.path.abspath(os.path.expanduser(uri))  # noqa: PTH100, PTH111  (keeps glob signs)


def _located(place: str, source: FileSource) -> Located:
    exact = _exact(place)
    found, script_path = _candidates(exact, place, source.uri)
    files = [p for p in found if p.stat().st_size > 0]
    if not files:
        raise SourceEmpty(
            f"'{source.uri}' is empty.", remedy="Name a file that has at least a header."
        )
    kinds = {p: kind_of(p) for p in files}
    kind = common_kind(kinds, source)
    written = files if not script_path else [exact] if exact else []
    return Located(
        paths=tuple(files),
        script_path=script_path,
        label=(exact or Path(place)).name if script_path else source.uri,
        format=source.format or kind.format,
        compression=kind.compression,
        size=sum(p.stat().st_size for p in files),
        version=version_of(files),
        nameable=all(named_by_ending(p, kinds[p].compression) for p in files),
        plain=not any(has_signs(str(p)) for p in written),
        partitions=_partitions(exact, files, source.uri) if exact and exact.is_dir() else (),
        sizes=tuple(p.stat().st_size for p in files),
    )


def _exact(place: str) -> Path | None:
    """The file or folder of just that name, else of the name without its escapes."""
    return next((p for p in (Path(place), Path(unescaped(place))) if p.exists()), None)


def _candidates(exact: Path | None, place: str, uri: str) -> tuple[list[Path], str]:
    """The files meant by a path, and how a script names them all ("" if it cannot)."""
    if exact and exact.is_dir():
        return _files_of_folder(exact, uri)
    matches = _matches(place) if has_pattern(place) else []
    if exact:
        if exact in matches and len(matches) > 1:
            raise ambiguous_pattern(uri, str(exact))
        return [exact], escaped(str(exact))
    if matches:
        return matches, place if _is_flat(place) else ""
    if has_pattern(place):
        raise SourceNotFound(
            f"No file matches '{uri}'.", remedy="Check the folder and the pattern."
        )
    raise SourceNotFound(f"There is no file '{uri}'.", remedy=_nearest(Path(place)))


def _matches(pattern: str) -> list[Path]:
    """The files a pattern means, in the order of their names."""
    found = glob.glob(_ESCAPED.sub(r"[\1]", pattern), recursive=True)  # noqa: PTH207
    return sorted(path for path in map(Path, found) if path.is_file())


def _files_of_folder(folder: Path, uri: str) -> tuple[list[Path], str]:
    everything = sorted(p for p in folder.rglob("*") if p.is_file())
    files = [p for p in everything if not _hidden(p.relative_to(folder))]
    if not files:
        raise SourceEmpty(
            f"The folder '{uri}' holds no files.", remedy="Name a folder with data in it."
        )
    relative = [p.relative_to(folder).as_posix() for p in files]
    found_alike = bool(partition_columns(relative, uri)) or all(
        p.parent == folder for p in everything
    )
    alike = found_alike and all(p.stat().st_size for p in files)
    return files, escaped(str(folder)) if alike else ""


def _partitions(place: Path, files: Sequence[Path], uri: str) -> tuple[Partition, ...]:
    relative = [p.relative_to(place).as_posix() for p in files]
    columns = partition_columns(relative, uri)
    return tuple(partition_of(path) for path in relative) if columns else ()


def _hidden(relative: Path) -> bool:
    return any(part.startswith((".", "_")) for part in relative.parts)


def _is_flat(pattern: str) -> bool:
    """Engines differ in how far a star reaches into folders, so it must have none below it."""
    parent = Path(pattern).parent
    return (
        not has_signs(str(parent))
        and not set("[]{}\\") & set(pattern)
        and not any(p.is_dir() for p in parent.iterdir())
        and not any(_hidden(p.relative_to(parent)) for p in parent.glob(Path(pattern).name))
    )


def _nearest(path: Path) -> str:
    if not path.parent.is_dir():
        return f"The folder '{path.parent}' does not exist either."
    names = [p.name for p in path.parent.iterdir()]
    close = get_close_matches(path.name, names, n=1, cutoff=0.6)
    return f"Did you mean '{close[0]}'?" if close else "Check the path."


def common_kind(kinds: Mapping[Path, FileKind], source: FileSource) -> FileKind:
    """The kind that all files have.

    Raises:
        SourceUnreadable: they are of different kinds, or not compressed alike.
    """
    formats = Counter(k.format for k in kinds.values())
    if len(formats) > 1 and source.format is None:
        listed = ", ".join(f"{n} {_FORMAT_NAMES[f]}" for f, n in formats.most_common())
        raise SourceUnreadable(
            f"'{source.uri}' holds files of different kinds ({listed}).",
            remedy="Name one file, or a pattern such as 'folder/*.csv'.",
        )
    compressions = {k.compression for k in kinds.values()}
    if len(compressions) > 1:
        raise SourceUnreadable(
            f"'{source.uri}' mixes compressed and other files.",
            remedy="Name them as separate sources, or compress all of them alike.",
        )
    return next(iter(kinds.values()))


def version_of(paths: Sequence[Path]) -> str:
    """Changes whenever one of the files does: digest of paths, sizes and modification times."""
    digest = hashlib.sha256()
    for path in paths:
        stat = path.stat()
        digest.update(f"{path}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()

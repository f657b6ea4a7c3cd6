"""Files of data below the folders that may be read."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from spark_interpreter.agents.mcp.messages import FoundFile

_ENDINGS = frozenset(
    {".csv", ".tsv", ".psv", ".txt", ".json", ".jsonl", ".ndjson", ".parquet", ".xlsx", ".xls"}
)
_PACKED = frozenset({".gz", ".bz2", ".zst", ".xz"})
_MOST_LOOKED_AT = 20_000
"""Names; a folder with more is listed in part."""


def data_files(
    folders: Sequence[Path], search: str, limit: int
) -> tuple[tuple[FoundFile, ...], bool]:
    """Files whose path has all words of `search`, and whether there may be more of them."""
    words = search.casefold().split()
    found: list[FoundFile] = []
    for looked_at, path in enumerate(_walk(folders)):
        if looked_at == _MOST_LOOKED_AT:
            return tuple(found), True
        if _is_data(path) and all(word in str(path).casefold() for word in words):
            if len(found) == limit:
                return tuple(found), True
            found.append(FoundFile(source=str(path), bytes=path.stat().st_size))
    return tuple(found), False


def below(name: str, roots: Sequence[Path]) -> str:
    """A relative path as it stands below the first root that has it; else the name itself."""
    if "://" in name or name.startswith("upload:") or Path(name).expanduser().is_absolute():
        return name
    for root in roots:
        if ".." not in Path(name).parts and next(root.glob(name), None) is not None:
            return str(root / name)
    return name


def _walk(folders: Sequence[Path]) -> Iterator[Path]:
    """Every file in order of its path; nothing hidden, and nothing that a link leads out to."""
    for start in folders:
        if start.is_file():
            yield start
        for folder, names, files in os.walk(start):
            names[:] = sorted(name for name in names if not name.startswith("."))
            yield from (
                path
                for name in sorted(files)
                if not name.startswith((".", "_")) and not (path := Path(folder, name)).is_symlink()
            )


def _is_data(path: Path) -> bool:
    endings = [ending.lower() for ending in path.suffixes[-2:]]
    if endings and endings[-1] in _PACKED:
        endings.pop()
    return bool(endings) and endings[-1] in _ENDINGS

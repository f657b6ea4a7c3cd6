"""The copies of databases' tables, where the cluster can read them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from spark_interpreter.model import Staged
from spark_interpreter.storage import Storage

_FOLDER = "staged"
_MARK = ".spark-interpreter"
"""An object in the folder of a run's copies: nothing but what we have put there is removed."""
_LOOKED_AT = 10_000
"""Objects that one sweep looks at."""


def under_its_path(copies: Sequence[Staged]) -> tuple[Staged, ...]:
    """The copies as a cluster names them that sees the files of this machine."""
    return tuple(
        copy.model_copy(update={"paths": tuple(f"file://{path}" for path in copy.paths)})
        for copy in copies
    )


@contextmanager
def in_storage(
    copies: Sequence[Staged], storage: Storage, run_id: str
) -> Iterator[tuple[Staged, ...]]:
    """The copies in S3, as long as the run needs them.

    Raises:
        StoreError: S3 cannot be used.
    """
    if not copies:
        yield ()
        return
    base = storage.uri(_FOLDER, run_id)
    try:
        storage.put_text(f"{base}/{_MARK}", run_id)
        yield tuple(
            _stored(copy, storage, f"{base}/{number}") for number, copy in enumerate(copies)
        )
    finally:
        storage.clear(base)


def remove_left(storage: Storage, before: datetime) -> int:
    """Remove copies that were last written before a time, whose process must be gone; count them.

    Raises:
        StoreError: S3 cannot be used.
    """
    runs: defaultdict[str, dict[str, datetime]] = defaultdict(dict)
    for name, at in storage.written(storage.uri(_FOLDER), most=_LOOKED_AT).items():
        run_id, _, rest = name.partition("/")
        runs[run_id][rest] = at
    left = [id_ for id_, found in runs.items() if _MARK in found and max(found.values()) < before]
    for run_id in left:
        storage.clear(storage.uri(_FOLDER, run_id))
    return len(left)


def _stored(copy: Staged, storage: Storage, uri: str) -> Staged:
    uris = tuple(f"{uri}/{Path(path).name}" for path in copy.paths)
    for path, each in zip(copy.paths, uris, strict=True):
        storage.put_file(Path(path), each)
    return copy.model_copy(update={"paths": uris})

"""The copies of databases' tables, where the cluster can read them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from spark_interpreter.model import Staged
from spark_interpreter.storage import Storage


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
    base = storage.uri("staged", run_id)
    try:
        yield tuple(
            _stored(copy, storage, f"{base}/{number}") for number, copy in enumerate(copies)
        )
    finally:
        storage.clear(base)


def _stored(copy: Staged, storage: Storage, uri: str) -> Staged:
    uris = tuple(f"{uri}/{Path(path).name}" for path in copy.paths)
    for path, each in zip(copy.paths, uris, strict=True):
        storage.put_file(Path(path), each)
    return copy.model_copy(update={"paths": uris})

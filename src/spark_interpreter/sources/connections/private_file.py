"""Small files that only their owner may read, changed by one process at a time."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from spark_interpreter.errors import StoreError
from spark_interpreter.replacing import replacing


def read_private(path: Path) -> bytes | None:
    """The file's bytes; None if there is no file.

    Raises:
        StoreError: it cannot be read.
    """
    with _reported(path):
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None


def write_private(path: Path, content: bytes) -> None:
    """Put the whole file in place at once, readable by its owner alone (0600).

    Raises:
        StoreError: it cannot be written.
    """
    with _reported(path), replacing(path, durable=True) as file:
        file.write(content)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Be the only process that changes the file; released however the process ends.

    Raises:
        StoreError: the folder cannot be written.
    """
    with _reported(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(
            path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
        )
    with os.fdopen(descriptor, "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def _reported(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        raise StoreError(
            f"'{path}' cannot be used: {exc.strerror}.",
            remedy="See to its permissions, or set SPARK_INTERPRETER_DATA_DIR to another folder.",
        ) from exc

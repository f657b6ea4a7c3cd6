"""Bytes of objects, by ranges; a read that breaks off goes on where it stopped."""

import io
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextvars import copy_context
from functools import partial
from pathlib import Path
from typing import Any

from spark_interpreter.aws import ATTEMPTS, AwsClients, aws_error, aws_errors
from spark_interpreter.cancellation import current_cancellation
from spark_interpreter.errors import RunCancelled, SourceUnavailable
from spark_interpreter.sources.base import Stopped
from spark_interpreter.sources.s3.listing import ObjectRef

THREADS = 8
"""Objects that are fetched at a time."""
_BLOCK = 256 * 1024
_FIRST_PAUSE = 0.2
_LONGEST_PAUSE = 4.0
SLOW_SECONDS = 60.0
"""A block that takes longer than this is given up, even if now and then a byte arrives."""


class Fetcher:
    """Reads objects; safe to share between threads."""

    def __init__(self, clients: AwsClients) -> None:
        self._clients = clients

    @property
    def client(self) -> Any:
        return self._clients.get("s3")

    def range(self, each: ObjectRef, start: int, end: int) -> bytes:
        """Bytes from `start` up to, not including, `end`.

        Raises:
            SourceError: the object is gone, has changed, or cannot be read.
            RunCancelled: this thread's work is to stop.
        """
        stopped = stopped_by_scope()
        return b"".join(self.blocks(each, start, min(end, each.size), stopped))

    def download(self, each: ObjectRef, target: Path, stopped: Stopped) -> None:
        """Write a whole object to a file.

        Raises:
            SourceError: the object is gone, has changed, or cannot be read.
            RunCancelled: `stopped` said so.
        """
        with target.open("wb") as file:
            for block in self.blocks(each, 0, each.size, stopped):
                file.write(block)

    def download_all(self, wanted: Sequence[tuple[ObjectRef, Path]], stopped: Stopped) -> None:
        """Write several objects to files, some at a time.

        Raises:
            SourceError: one is gone, has changed or cannot be read.
            RunCancelled: `stopped` said so.
        """
        for _, target in wanted:
            target.parent.mkdir(parents=True, exist_ok=True)
        side_by_side([partial(self.download, *each, stopped) for each in wanted], THREADS, stopped)

    def blocks(self, each: ObjectRef, start: int, end: int, stopped: Stopped) -> Iterator[bytes]:
        """The bytes of a range, one block after the other."""
        place, failures = start, 0
        while place < end:
            try:
                for block in self._once(each, place, end, stopped):
                    place += len(block)
                    failures = 0
                    yield block
            except _BrokenOff as broken:
                failures += 1
                if failures >= ATTEMPTS:
                    raise _gave_up(each, broken) from broken.__cause__
                _pause(failures, stopped)

    def _once(self, each: ObjectRef, start: int, end: int, stopped: Stopped) -> Iterator[bytes]:
        from botocore.exceptions import BotoCoreError
        from urllib3.exceptions import HTTPError

        _check(stopped)
        with aws_errors(f"'{each.uri}'"):
            answer = self.client.get_object(
                Bucket=each.bucket,
                Key=each.key,
                IfMatch=each.etag,
                Range=f"bytes={start}-{end - 1}",
            )
        left = end - start
        body = answer["Body"]
        try:
            while left > 0:
                _check(stopped)
                began = time.monotonic()
                block = body.read(min(_BLOCK, left))
                if not block:
                    raise _BrokenOff("the answer ended early")
                if time.monotonic() - began > SLOW_SECONDS:
                    raise _BrokenOff("the answer is too slow")
                left -= len(block)
                yield block
        except (BotoCoreError, HTTPError, OSError) as exc:
            raise _BrokenOff(str(exc)) from exc
        finally:
            body.close()


class _BrokenOff(Exception):
    """An answer that was not complete."""


class ObjectFile(io.RawIOBase):
    """An object as a file that can be read at any place, for readers of Parquet footers."""

    def __init__(self, fetcher: Fetcher, each: ObjectRef, stopped: Stopped) -> None:
        super().__init__()
        self._fetcher = fetcher
        self._each = each
        self._stopped = stopped
        self._place = 0
        self._kept = (0, b"")

    def keep(self, start: int, end: int) -> None:
        """Fetch a range at once; reads within it are answered from memory."""
        data = b"".join(self._fetcher.blocks(self._each, start, end, self._stopped))
        self._kept = (start, data)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def size(self) -> int:
        return self._each.size

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._each.size}[whence]
        self._place = base + offset
        return self._place

    def read(self, size: int = -1, /) -> bytes:
        end = self._each.size if size < 0 else self._place + size
        end = min(end, self._each.size)
        start, kept = self._kept
        if start <= self._place and end <= start + len(kept):
            data = kept[self._place - start : max(0, end - start)]
        else:
            data = b"".join(self._fetcher.blocks(self._each, self._place, end, self._stopped))
        self._place += len(data)
        return data

    def readinto(self, buffer: Any, /) -> int:
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def side_by_side(work: Sequence[Callable[[], None]], threads: int, stopped: Stopped) -> None:
    """Do pieces of work in a few threads that nobody waits for when the process ends.

    The first that fails ends the others.

    Raises:
        RunCancelled: `stopped` said so.
    """
    errors: list[BaseException] = []
    lock = threading.Lock()
    waiting = iter(work)

    def carry() -> None:
        while not errors:
            with lock:
                piece = next(waiting, None)
            if piece is None:
                return
            try:
                piece()
            except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
                errors.append(error)

    workers = [
        threading.Thread(target=copy_context().run, args=(carry,), daemon=True)
        for _ in range(min(threads, len(work)))
    ]
    for worker in workers:
        worker.start()
    while not errors and (busy := next((w for w in workers if w.is_alive()), None)):
        _check(stopped)
        busy.join(0.05)
    if errors:
        raise errors[0]


def stopped_by_scope() -> Stopped:
    """Whether this thread's work is to stop; may be asked in any other thread."""
    cancellation = current_cancellation()
    return lambda: cancellation.cancelled


def _check(stopped: Stopped) -> None:
    if stopped():
        raise RunCancelled("Cancelled while the data were fetched.")


def _pause(failures: int, stopped: Stopped) -> None:
    until = time.monotonic() + min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**failures)
    while time.monotonic() < until:
        _check(stopped)
        time.sleep(0.05)


def _gave_up(each: ObjectRef, broken: _BrokenOff) -> SourceUnavailable:
    cause = broken.__cause__
    known = aws_error(cause, f"'{each.uri}'") if isinstance(cause, Exception) else None
    if isinstance(known, SourceUnavailable):
        return known
    return SourceUnavailable(
        f"'{each.uri}' cannot be read now: the answer breaks off again and again.",
        remedy="Check the network and ask again.",
        detail=str(broken),
    )

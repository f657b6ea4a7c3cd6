"""Ctrl-C stops the run and everything it started; a second one does not wait for that."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spark_interpreter import Cancellation


@contextmanager
def cancelling(cancellation: "Cancellation") -> Iterator[None]:
    """Turn the first Ctrl-C into a cancellation; the next is a KeyboardInterrupt as usual."""

    def cancel(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        cancellation.cancel()

    before = signal.signal(signal.SIGINT, cancel)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)

"""Tells those who wait that something about a turn is new; what it is stands in the store."""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Wake = Callable[[], None]


class News:
    """Who waits for which turn. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.RLock()  # a signal's handler may tell while its thread listens
        self._listeners: defaultdict[tuple[str, int], list[Wake]] = defaultdict(list)

    def tell(self, session_id: str, turn: int) -> None:
        """Wake everybody who waits for the turn."""
        with self._lock:
            listeners = list(self._listeners.get((session_id, turn), ()))
        for wake in listeners:
            wake()

    def tell_all(self) -> None:
        """Wake everybody."""
        with self._lock:
            listeners = [wake for waiting in self._listeners.values() for wake in waiting]
        for wake in listeners:
            wake()

    @contextmanager
    def listening(self, session_id: str, turn: int, wake: Wake) -> Iterator[None]:
        """Call `wake`, from any thread, whenever the turn has news."""
        key = (session_id, turn)
        with self._lock:
            self._listeners[key].append(wake)
        try:
            yield
        finally:
            with self._lock:
                self._listeners[key].remove(wake)
                if not self._listeners[key]:
                    del self._listeners[key]

"""What was made of objects lately, found again by the objects themselves."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

Made = TypeVar("Made")


class Recent(Generic[Made]):
    """The last `most` things made of objects; safe to use from several threads.

    Objects are told apart by identity, which costs nothing for large profiles. They are held as
    long as what was made of them, so that no other object can come to stand at their address.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._made: OrderedDict[tuple[int, ...], tuple[tuple[object, ...], Made]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, *objects: object, make: Callable[[], Made]) -> Made:
        """What was made of exactly these objects, or what `make` makes of them now."""
        key = tuple(map(id, objects))
        with self._lock:
            if key in self._made:
                self._made.move_to_end(key)
                return self._made[key][1]
        made = make()
        with self._lock:
            self._made[key] = (objects, made)
            while len(self._made) > self._most:
                self._made.popitem(last=False)
        return made

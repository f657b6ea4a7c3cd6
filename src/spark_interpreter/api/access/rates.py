"""How often a user may ask."""

import math
import time
from collections.abc import Callable

from spark_interpreter.api.access.caller import Caller
from spark_interpreter.errors import LimitExceeded

_MINUTE = 60.0
_MOST_USERS = 10_000


class Rates:
    """A token bucket a user: a minute's requests may come at once, then they trickle.

    It is used on the event loop only, so that it needs no lock.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}

    def admit(self, caller: Caller) -> None:
        """Count a request.

        Raises:
            LimitExceeded: the user asked too often within a minute.
        """
        most = caller.quota.requests_per_minute
        if most and (wait := math.ceil(self.take(caller.owner, most))):
            raise LimitExceeded(
                f"More than {most} requests within a minute.",
                remedy=f"Wait {wait} s.",
                retry_after=wait,
            )

    def take(self, name: str, per_minute: int) -> float:
        """Take a token from a bucket; 0, or the seconds until there is one."""
        at = self._clock()
        tokens, since = self._buckets.get(name, (float(per_minute), at))
        tokens = min(per_minute, tokens + (at - since) * per_minute / _MINUTE)
        if tokens < 1:
            return (1 - tokens) * _MINUTE / per_minute
        self._buckets[name] = (tokens - 1, at)
        if len(self._buckets) > _MOST_USERS:
            self._forget(at)
        return 0

    def _forget(self, at: float) -> None:
        """Buckets that are full again after a minute need not be kept."""
        self._buckets = {name: b for name, b in self._buckets.items() if at - b[1] < _MINUTE}

"""Which process carries a turn, and whether it is still there."""

import os
import platform
from datetime import datetime, timedelta
from functools import cache

from spark_interpreter.model import Model, now

_CLOCK_TOLERANCE = 2.0
_ELSEWHERE_PATIENCE = timedelta(days=1)


class Carrier(Model):
    """A process: its machine, its id there, and when it started (seconds since 1970)."""

    host: str
    pid: int
    started: float

    def gone(self, last_seen: datetime) -> bool:
        """Whether it no longer runs; one on another machine once it is silent for a day."""
        if self.host != platform.node():
            return now() - last_seen > _ELSEWHERE_PATIENCE
        started = _started(self.pid)
        return started is None or abs(started - self.started) > _CLOCK_TOLERANCE


def this_process() -> Carrier:
    return _carrier(os.getpid())


@cache
def _carrier(pid: int) -> Carrier:
    return Carrier(host=platform.node(), pid=pid, started=_started(pid) or 0.0)


def _started(pid: int) -> float | None:
    """When the process started; None if there is none, or only its remains."""
    import psutil

    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except psutil.NoSuchProcess:
        return None
    except psutil.AccessDenied:
        return 0.0

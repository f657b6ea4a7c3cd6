"""Removes what has been kept long enough."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from spark_interpreter.errors import InterpreterError
from spark_interpreter.model import now
from spark_interpreter.settings import ServiceSettings
from spark_interpreter.stores.base import ArtifactStore, SessionStore
from spark_interpreter.supervisor.uploads import Uploads

EVERY_SECONDS = 3600.0
KEY_DAYS = 1.0
"""How long a repeated request finds its turn by its idempotency key."""
COPY_DAYS = 1.0
"""How old a copy in S3 is at least whose run is taken for killed."""
_STOP_SECONDS = 5.0

_log = logging.getLogger(__name__)


class Housekeeping:
    """A thread that cleans up at its start and every hour.

    Args:
        profiles: the folder of what was found in files, kept between processes.
        remove_copies: removes what runs that were killed before a time have left in S3, and counts
            it.
    """

    def __init__(
        self,
        settings: ServiceSettings,
        store: SessionStore,
        artifacts: ArtifactStore,
        uploads: Uploads,
        profiles: Path,
        *,
        remove_copies: Callable[[datetime], int] = lambda _: 0,
    ) -> None:
        self._settings = settings
        self._store = store
        self._artifacts = artifacts
        self._uploads = uploads
        self._profiles = profiles
        self._remove_copies = remove_copies
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="housekeeping", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(_STOP_SECONDS)  # it may be waiting for S3

    def clean(self, at: datetime) -> int:
        """Remove what is too old at this time, and count it."""
        output = _before(at, self._settings.keep_output_days)
        logs = _before(at, self._settings.keep_log_days)
        self._store.forget_requests(at - timedelta(days=KEY_DAYS))
        removed = self._artifacts.remove_expired(output=output, logs=logs)
        if output is not None:
            removed += self._uploads.remove_expired(output)
        profiles = _before(at, self._settings.keep_profile_days)
        removed += _remove_files(self._profiles, profiles) if profiles else 0
        return removed + self._remove_copies(at - timedelta(days=COPY_DAYS))

    def _run(self) -> None:
        while True:
            try:
                removed = self.clean(now())
                _log.info("cleaned up", extra={"removed": removed})
            except (InterpreterError, OSError) as error:
                _log.warning("not cleaned up", extra={"detail": str(error)})
            if self._stop.wait(EVERY_SECONDS):
                return


def _remove_files(folder: Path, before: datetime) -> int:
    """Remove files written before a time; others may be removing them as well."""
    removed = 0
    for path in folder.glob("*"):
        try:
            if path.stat().st_mtime < before.timestamp():
                path.unlink()
                removed += 1
        except FileNotFoundError:
            continue
    return removed


def _before(at: datetime, days: float) -> datetime | None:
    return at - timedelta(days=days) if days else None

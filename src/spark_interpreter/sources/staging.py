"""Bringing what a script needs of several sources to this machine, all at once."""

import threading
import time
from collections.abc import Callable, Sequence
from contextvars import copy_context
from pathlib import Path

from spark_interpreter.errors import RunCancelled, SourceTooLarge
from spark_interpreter.model import Need, ResultColumn, Staged, TableProfile
from spark_interpreter.sources.base import SourceReader, Stopped

OnBytes = Callable[[int], None]
"""Told now and then how many bytes have arrived in the run's own folder."""

_TICK_SECONDS = 0.1
_TELL_SECONDS = 0.5
_PATIENCE_SECONDS = 1.0
"""How long a source may take to notice that it is to stop, before it is left to itself."""
_MIB = 1024 * 1024


class Delivery(threading.Thread):
    """One source's copies on their way.

    A thread of its own that nobody waits for when the process ends: what hangs in a network
    keeps neither a cancelled turn nor its process alive.
    """

    def __init__(
        self,
        reader: SourceReader,
        profile: TableProfile,
        need: Need,
        folder: Path,
        stopped: Stopped,
    ) -> None:
        context = copy_context()  # whose turn it is, and what its requests are counted for
        super().__init__(
            target=context.run, args=(self._fetch,), name=f"stage-{profile.name}", daemon=True
        )
        self._reader = reader
        self._profile = profile
        self._need = need
        self._folder = folder
        self._stopped = stopped
        self.copies: tuple[Staged, ...] = ()
        self.error: BaseException | None = None

    def _fetch(self) -> None:
        """Fetch; what goes wrong is kept for the one who waits."""
        try:
            self._folder.mkdir(parents=True)
            copies = self._reader.stage(
                self._profile, self._need, self._folder, stopped=self._stopped
            )
            columns = tuple(
                ResultColumn(name=c.name, type="string" if c.read else c.type)
                for c in self._profile.columns
            )
            self.copies = tuple(
                copy.model_copy(update={"columns": columns})
                if copy.form == "parquet" and not copy.columns
                else copy
                for copy in copies
            )
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
            self.error = error


def deliver(
    deliveries: Sequence[Delivery],
    folder: Path,
    *,
    stop: threading.Event,
    stopped: Stopped,
    max_mb: int,
    on_bytes: OnBytes,
) -> tuple[Staged, ...]:
    """Start the deliveries and wait for all; the first that fails ends the others.

    Args:
        folder: the run's own, with everything the deliveries write.
        stop: what the deliveries look at.

    Raises:
        SourceError: a source could not be fetched, or all together are too large.
        RunCancelled: `stopped` said so.
    """
    for delivery in deliveries:
        delivery.start()
    try:
        _await(deliveries, folder, stopped, max_mb, on_bytes)
    finally:
        stop.set()
        deadline = time.monotonic() + _PATIENCE_SECONDS
        for delivery in deliveries:
            delivery.join(max(0.0, deadline - time.monotonic()))
    return tuple(copy for delivery in deliveries for copy in delivery.copies)


def _await(
    deliveries: Sequence[Delivery],
    folder: Path,
    stopped: Stopped,
    max_mb: int,
    on_bytes: OnBytes,
) -> None:
    tell_at = time.monotonic() + _TELL_SECONDS
    while True:
        under_way = next((d for d in deliveries if d.is_alive()), None)
        if under_way is not None:
            under_way.join(_TICK_SECONDS)
        if stopped():
            raise RunCancelled("Cancelled while the data were fetched.")
        for delivery in deliveries:
            if delivery.error is not None:
                raise delivery.error
        if under_way is not None and time.monotonic() < tell_at:
            continue
        tell_at = time.monotonic() + _TELL_SECONDS
        size = folder_bytes(folder)
        if size > max_mb * _MIB:
            names = sorted(delivery.name.removeprefix("stage-") for delivery in deliveries)
            raise too_large(", ".join(names), max_mb)
        on_bytes(size)
        if under_way is None:
            return


def too_large(
    what: str,
    max_mb: int,
    size: int | None = None,
    *,
    narrow: str = "Ask for fewer rows or columns",
) -> SourceTooLarge:
    """The error for more than may be brought to this machine.

    Args:
        what: of which data.
        max_mb: MiB that may be brought, which is `Settings.stage_max_mb`.
        size: bytes that are needed at the least, where that is known.
        narrow: how to need less.
    """
    if size is None:
        needs = f"more than {max_mb:,} MiB of {what} on this machine."
    else:
        needs = (
            f"at least {size / _MIB:,.0f} MiB of {what} on this machine; "
            f"{max_mb:,} MiB may be brought here."
        )
    return SourceTooLarge(
        f"The question needs {needs}",
        remedy=f"{narrow}, raise the setting `stage_max_mb`, or run it on a platform with Apache "
        "Spark.",
    )


def folder_bytes(folder: Path) -> int:
    """Size of all files below a folder that others write to at the same time."""
    total = 0
    for file in folder.rglob("*"):
        try:
            total += file.lstat().st_size if not file.is_dir() else 0
        except OSError:
            continue
    return total


def need_of(profile: TableProfile, needs: Sequence[Need]) -> Need | None:
    """What a script needs of a source, whatever number of locations it has.

    Args:
        needs: all needs of the script; none at all means that nothing is known of them.

    Returns:
        None if the script does not read the source.
    """
    locations = profile.read.locations
    everything = Need(location=locations[0])
    if not needs:
        return everything
    found = [need for need in needs if need.location in locations]
    if len(found) == 1:
        return found[0].model_copy(update={"location": locations[0]})
    return everything if found else None

"""What every kind of source offers."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from spark_interpreter.errors import DataMismatch
from spark_interpreter.model import Extent, Need, Source, Staged, TableProfile, ValueCount

Stopped = Callable[[], bool]
"""Whether the turn was cancelled; asked often, between pieces of work."""


def shared(whole: Extent, chosen: int, total: int) -> Extent:
    """What so many of all partitions hold, if they are about equally large."""
    if chosen >= total:
        return whole
    return whole.model_copy(
        update={
            "bytes": None if whole.bytes is None else whole.bytes * chosen // total,
            "rows": None if whole.rows is None else whole.rows * chosen // total,
            "note": f"{chosen:,} of {total:,} partitions",
        }
    )


class SourceReader(Protocol):
    """Reads one kind of declared data (files, Glue tables, PostgreSQL, Snowflake)."""

    def profile(self, source: Source, *, name: str) -> TableProfile:
        """Look at the source; `name` becomes the table's name in scripts.

        Raises:
            SourceError: it is missing, unreadable or empty.
        """
        ...

    def widen(self, profile: TableProfile, mismatch: DataMismatch) -> TableProfile | None:
        """The profile with the misfit type widened; None if this table is not to blame."""
        ...

    def find_values(
        self, profile: TableProfile, column: str, text: str, *, limit: int = 5
    ) -> Sequence[ValueCount]:
        """Values of a text column that equal or contain `text`, ignoring case, most frequent first.

        Looks at the whole source, so it is asked only when the profile's own values do not help.
        """
        ...

    def stage(
        self, profile: TableProfile, need: Need, folder: Path, *, stopped: Stopped
    ) -> tuple[Staged, ...]:
        """Bring what a script needs of the source to this machine.

        Only the needed columns and rows are moved where the source can tell them apart. Files
        made for this run go into `folder`, which is gone after it; what may serve later runs
        goes into the cache. One copy for each of `profile.read.locations`.

        Raises:
            SourceError: the source is gone, denied, unreachable, has changed its columns, or
                needs more than `Settings.stage_max_mb`.
            RunCancelled: `stopped` said so.
        """
        ...

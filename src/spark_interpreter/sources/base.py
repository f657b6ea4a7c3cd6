"""What every kind of source offers."""

from collections.abc import Sequence
from typing import Protocol

from spark_interpreter.errors import DataMismatch
from spark_interpreter.model import Source, TableProfile, ValueCount


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

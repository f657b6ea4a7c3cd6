"""Glue tables as sources: the reader behind the facade."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from spark_interpreter.aws import AwsClients
from spark_interpreter.errors import DataMismatch
from spark_interpreter.model import (
    ColumnProfile,
    Extent,
    GlueTable,
    Need,
    Source,
    Staged,
    TableProfile,
    ValueCount,
)
from spark_interpreter.settings import Settings
from spark_interpreter.sources.base import Stopped, shared
from spark_interpreter.sources.glue.catalog import GlueCatalog
from spark_interpreter.sources.glue.objects import Objects
from spark_interpreter.sources.s3.fetch import Fetcher, stopped_by_scope
from spark_interpreter.sources.s3.objects import ObjectCache
from spark_interpreter.sources.schema_cache import SchemaCache

_SEARCHED_BYTES = 256 * 1024 * 1024
"""Tables up to this size are searched for a value from end to end."""


class GlueReader:
    """Reads tables of the Glue Data Catalog whose files are in S3."""

    def __init__(self, settings: Settings, aws: AwsClients) -> None:
        self._settings = settings
        self._cache = SchemaCache(
            settings.cache_dir / "schemas", seconds=settings.schema_cache_seconds
        )
        self.catalog = GlueCatalog(aws, self._cache)
        fetcher = Fetcher(aws)
        copies = ObjectCache(
            settings.cache_dir / "objects", fetcher, max_mb=settings.cache_max_mb,
            in_use_seconds=settings.limits.seconds + 60,
        )  # fmt: skip
        self._objects = Objects(fetcher, copies if settings.cache_max_mb else None)

    def profile(self, source: Source, *, name: str) -> TableProfile:
        """Look at the table, or take what is known of exactly this declaration of it.

        Raises:
            SourceError: it is missing, denied, of a kind that cannot be read, or without columns.
        """
        from spark_interpreter.sources.glue.profiling import profile_table

        assert isinstance(source, GlueTable)
        entry = self.catalog.entry(source.database, source.table)
        known = self._cache.get(
            ("glue", *self.catalog.identity(), "profile", str(self._settings.sample_rows),
             source.database, source.table, str(entry.get("VersionId")),
             str(entry.get("UpdateTime"))),
            TableProfile,
            lambda: profile_table(
                source, entry, self.catalog, self._objects,
                name=name, sample_rows=self._settings.sample_rows,
            ),
        )  # fmt: skip
        return known.value.model_copy(update={"name": name, "source": source})

    def widen(self, profile: TableProfile, mismatch: DataMismatch) -> TableProfile | None:
        """The profile with a type that all cells of the misfit column fit.

        Only columns that the script itself makes values of (OpenCSVSerde gives nothing but text)
        can be wider than the catalog has them. Their cells are looked at from end to end.
        """
        from spark_interpreter.sources.glue.open_text import relearned

        changed = profile
        for column in profile.columns:
            if _to_blame(column, mismatch):
                changed = relearned(changed, column, self._cells(profile, column))
        return None if changed is profile else changed

    def find_values(
        self, profile: TableProfile, column: str, text: str, *, limit: int = 5
    ) -> Sequence[ValueCount]:
        """Values that equal or contain `text`; of the profile alone where the table is large."""
        from spark_interpreter.sources.glue.lookup import values_in, values_known

        if (profile.byte_count or _SEARCHED_BYTES + 1) > _SEARCHED_BYTES:
            return values_known(profile.column(column), text, limit)
        with tempfile.TemporaryDirectory() as folder:
            copy = self._column(profile, column, Path(folder))
            return values_in(copy.paths, column, text, limit)

    def _column(self, profile: TableProfile, column: str, folder: Path) -> Staged:
        """All cells of one column."""
        need = Need(location=profile.read.locations[0], columns=(column,))
        (copy,) = self.stage(profile, need, folder, stopped=stopped_by_scope())
        return copy

    def _cells(self, profile: TableProfile, column: ColumnProfile) -> dict[str, int]:
        """Texts of a column with their counts, those that do not fit its type among them."""
        from spark_interpreter.sources.glue.lookup import cells_in

        with tempfile.TemporaryDirectory() as folder:
            return cells_in(self._column(profile, column.name, Path(folder)).paths, column)

    def extent(self, profile: TableProfile, need: Need, whole: Extent) -> Extent:
        """What the partitions hold that may have needed rows, if all are about as large.

        Raises:
            SourceError: they cannot be listed.
            RunCancelled: this thread's work is to stop.
        """
        from spark_interpreter.sources.glue.fetching import chosen_partitions

        assert isinstance(profile.source, GlueTable)
        entry = self.catalog.entry(profile.source.database, profile.source.table)
        chosen, total = chosen_partitions(profile, need, entry, self.catalog, stopped_by_scope())
        return shared(whole, len(chosen), total)

    def stage(
        self, profile: TableProfile, need: Need, folder: Path, *, stopped: Stopped
    ) -> tuple[Staged, ...]:
        """Bring the needed columns of the needed partitions here, as Parquet.

        Raises:
            SourceError: the table is gone, denied, unreachable, has changed its columns, or what
                is needed of it is too large.
            RunCancelled: `stopped` said so.
        """
        from spark_interpreter.sources.glue.fetching import fetch

        assert isinstance(profile.source, GlueTable)
        entry = self.catalog.entry(profile.source.database, profile.source.table)
        copy = fetch(
            profile, need, entry, self.catalog, self._objects, folder=folder,
            max_mb=self._settings.stage_max_mb, stopped=stopped,
        )  # fmt: skip
        self._objects.tidy()
        return (copy,)


def _to_blame(column: ColumnProfile, mismatch: DataMismatch) -> bool:
    """Whether the column may be the one; without a name, every column made of text may."""
    return (
        column.read is not None
        and column.type != "string"
        and mismatch.column in {None, column.name}
    )

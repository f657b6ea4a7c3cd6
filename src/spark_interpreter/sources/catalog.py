"""All kinds of sources behind one object."""

import json
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from spark_interpreter.aws import AwsClients
from spark_interpreter.cancellation import stop_if_cancelled
from spark_interpreter.errors import DataMismatch, SourceError, SourceUnreadable
from spark_interpreter.model import (
    CatalogEntry,
    Extent,
    FileRead,
    FileSource,
    Glossary,
    GlueRead,
    GlueTable,
    Known,
    Need,
    Place,
    PostgresTable,
    Reference,
    SecretsManagerAuth,
    SnowflakeTable,
    Source,
    Staged,
    TableProfile,
    ValueCount,
    source_word,
)
from spark_interpreter.settings import Settings
from spark_interpreter.sources.base import SourceReader, Stopped
from spark_interpreter.sources.files.misfit import MisfitCells
from spark_interpreter.sources.keys import primary_key, with_foreign_keys
from spark_interpreter.sources.names import identifier
from spark_interpreter.sources.s3.uri import is_s3
from spark_interpreter.sources.schema_cache import SchemaCache
from spark_interpreter.sources.staging import Delivery, OnBytes, deliver, need_of

if TYPE_CHECKING:
    from spark_interpreter.sources.connections import ConnectionStore
    from spark_interpreter.sources.files.columnar import ColumnarCache
    from spark_interpreter.sources.files.reader import FileReader
    from spark_interpreter.sources.glossary import GlossaryFile
    from spark_interpreter.sources.glue.reader import GlueReader
    from spark_interpreter.sources.postgres import PostgresReader
    from spark_interpreter.sources.s3.reader import S3Reader
    from spark_interpreter.sources.snowflake import SnowflakeReader

_WORTH_BYTES = 4 * 1024 * 1024


_KEYS_SECONDS = 7 * 24 * 3600
"""How long keys are kept that were measured in files, which say when they change."""

_WORTH_PRUNING = 50 * 1000**2
"""Partitions of smaller tables are not looked at before a run: they decide nothing."""


class Sources:
    """What data there is. Every method may be called from several processes at once.

    Args:
        clients: makes the AWS clients; its own if None.
    """

    def __init__(self, settings: Settings, *, clients: AwsClients | None = None) -> None:
        self._settings = settings
        self._aws = clients or AwsClients()

    @cached_property
    def _files(self) -> "FileReader":
        from spark_interpreter.sources.files.reader import FileReader

        settings = self._settings
        return FileReader(settings.cache_dir / "profiles", sample_rows=settings.sample_rows)

    @cached_property
    def glue(self) -> "GlueReader":
        """What the Glue Data Catalog holds."""
        from spark_interpreter.sources.glue.reader import GlueReader

        return GlueReader(self._settings, self._aws)

    @cached_property
    def connections(self) -> "ConnectionStore":
        """The databases that have been named."""
        from spark_interpreter.sources.connections import ConnectionStore

        return ConnectionStore(self._settings)

    def secrets(self, names: Iterable[str]) -> dict[str, str]:
        """ARNs in AWS Secrets Manager by the names of those connections that have one."""
        auths = {name: self.connections.get(name).auth for name in names}
        return {name: a.arn for name, a in auths.items() if isinstance(a, SecretsManagerAuth)}

    @cached_property
    def postgres(self) -> "PostgresReader":
        """What is behind PostgreSQL connections."""
        from spark_interpreter.sources.postgres import PostgresReader

        return PostgresReader(self._settings, self.connections)

    @cached_property
    def snowflake(self) -> "SnowflakeReader":
        """What is behind Snowflake connections."""
        from spark_interpreter.sources.connections import Credentials
        from spark_interpreter.sources.snowflake import SnowflakeReader

        store = self.connections
        return SnowflakeReader(self._settings, store, Credentials(store.secrets))

    @cached_property
    def _s3(self) -> "S3Reader":
        from spark_interpreter.sources.s3.reader import S3Reader

        return S3Reader(self._settings, self._aws)

    @cached_property
    def _cache(self) -> "ColumnarCache":
        from spark_interpreter.sources.files.columnar import ColumnarCache

        return ColumnarCache(
            self._settings.cache_dir / "columnar",
            max_mb=self._settings.cache_max_mb,
            in_use_seconds=self._settings.limits.seconds + 60,
        )

    @cached_property
    def _glossary(self) -> "GlossaryFile":
        from spark_interpreter.sources.glossary import FILE_NAME, GlossaryFile

        return GlossaryFile(self._settings.glossary or self._settings.data_dir / FILE_NAME)

    def glossary(self) -> Glossary:
        """The house's own words, as the glossary file has them now.

        Raises:
            SettingsError: the file cannot be used.
        """
        return self._glossary.read()

    def browse(
        self, place: Place | None = None, *, search: str = "", refresh: bool = False
    ) -> Known[tuple[CatalogEntry, ...]]:
        """What is in a place, without its tables' columns; the places themselves for None.

        Args:
            search: words that a name, comment or column must have, ignoring case.
            refresh: ask the source again, whatever is known.

        Raises:
            SourceError: there is no such place, or it cannot be looked into.
        """
        from spark_interpreter.sources.browsing import browse, places

        return browse(self, place, search=search, refresh=refresh) if place else places(self)

    def tables_in(self, place: Place) -> tuple[Source, ...]:
        """Every table of a place that can be asked about.

        Raises:
            SourceError: there is no such place, it cannot be looked into or has no table, or so
                many that a question should say which it means.
        """
        from spark_interpreter.sources.browsing import tables_in

        return tables_in(self, place)

    def profile(self, sources: Sequence[Source]) -> tuple[TableProfile, ...]:
        """Look at sources; what the embedded engine cannot read itself is converted.

        Raises:
            SourceError: one of them is missing, unreadable or empty.
            RunCancelled: this thread's work is to stop.
        """
        profiles: list[TableProfile] = []
        for source in sources:
            stop_if_cancelled()
            name = _table_name(source, [p.name for p in profiles])
            profile = self._reader(source).profile(source, name=name)
            profiles.append(self._finished(profile))
        return with_foreign_keys(profiles)

    def widen(
        self, profiles: Sequence[TableProfile], mismatch: DataMismatch
    ) -> tuple[TableProfile, ...] | None:
        """The profiles with types that fit what an engine stumbled over; None if none is wrong.

        Reads the sources from end to end, so that the run has to be repeated only once.
        """
        changed = False
        result = []
        for profile in profiles:
            wider = self._reader(profile.source).widen(profile, mismatch)
            changed = changed or wider is not None
            result.append(self._finished(wider) if wider else profile)
        return with_foreign_keys([_without_keys(p) for p in result]) if changed else None

    def find_values(
        self, profile: TableProfile, column: str, text: str, limit: int = 5
    ) -> Sequence[ValueCount]:
        """Values of the whole source's column that equal or contain `text`, ignoring case."""
        reader = self._reader(profile.source)
        return reader.find_values(self._with_columnar(profile), column, text, limit=limit)

    def find_keys(
        self, one: TableProfile, other: TableProfile, pairs: Sequence[tuple[str, str]]
    ) -> tuple[Reference, ...] | None:
        """References between two tables over two or three columns that are a key only together.

        Measured on all rows; more than one where they are equally good. With the same table
        twice: one to itself if all the columns together are its key. None if a table is too large
        for that or cannot be read now.

        Args:
            pairs: columns of the one and of the other that may hold the same things.

        Raises:
            RunCancelled: this thread's work is to stop.
        """
        from spark_interpreter.sources.combined_keys import find_keys

        def look() -> tuple[Reference, ...]:
            tables = (self._with_columnar(one), self._with_columnar(other))
            return find_keys(*tables, pairs, self._reader)

        with suppress(SourceError):
            if not all(isinstance(table.source, FileSource) for table in (one, other)):
                return look()
            known = [(t.name, source_word(t.source), t.version) for t in (one, other)]
            kept = SchemaCache(self._settings.cache_dir / "keys", seconds=_KEYS_SECONDS)
            key = ("keys", json.dumps([known, list(pairs)]))
            return kept.get(key, tuple[Reference, ...], look).value
        return None

    def extents(
        self, profiles: Sequence[TableProfile], needs: Sequence[Need]
    ) -> tuple[Extent, ...]:
        """How much of each source a script reads, partitions that it leaves out not counted.

        Args:
            needs: of the whole script; empty if they are not known.

        Raises:
            SourceError: partitions of a large table cannot be listed.
        """
        wanted = [(profile, need_of(profile, needs)) for profile in profiles]
        return tuple(self._extent(profile, need) for profile, need in wanted if need is not None)

    def _extent(self, profile: TableProfile, need: Need) -> Extent:
        extent = Extent(
            label=profile.label,
            kind=profile.source.kind,
            remote=profile.read.remote,
            bytes=profile.byte_count,
            rows=profile.row_count,
        )
        if need.where is None or (extent.bytes or 0) < _WORTH_PRUNING:
            return extent
        if isinstance(profile.read, GlueRead) and profile.read.partition_keys:
            return self.glue.extent(profile, need, extent)
        if profile.read.remote and isinstance(profile.read, FileRead):
            return self._s3.extent(profile, need, extent)
        return extent

    def stage(
        self,
        profiles: Sequence[TableProfile],
        needs: Sequence[Need],
        folder: Path,
        *,
        stopped: Stopped,
        on_bytes: OnBytes,
    ) -> tuple[Staged, ...]:
        """Bring what a script needs of the sources that are elsewhere to this machine.

        Args:
            needs: of the whole script; empty if they are not known: then all is brought.
            folder: of this run; it is gone afterwards.

        Raises:
            SourceError: a source is gone, denied, unreachable or too large.
            RunCancelled: `stopped` said so.
        """
        stop = threading.Event()
        deliveries = [
            Delivery(self._reader(profile.source), profile, need, folder / str(number), stop.is_set)
            for number, profile in enumerate(profiles)
            if profile.read.remote
            and not profile.read.columnar
            and (need := need_of(profile, needs)) is not None
        ]
        return deliver(
            deliveries,
            folder,
            stop=stop,
            stopped=stopped,
            max_mb=self._settings.stage_max_mb,
            on_bytes=on_bytes,
        )

    def convert(self, profile: TableProfile) -> str | None:
        """Path of the columnar form, made now if the embedded engine needs it; else None.

        Raises:
            SourceError: it cannot be made.
        """
        remote = profile.read.remote and profile.read.spark_direct
        if profile.read.engine_direct or remote:
            return None
        return str(self._build(profile))

    def _build(self, profile: TableProfile) -> Path:
        """The columnar form, of objects that are elsewhere as well."""
        if not profile.read.remote:
            return self._cache.build(profile)
        with self._s3.here(profile) as local:
            return self._cache.build(profile, local)

    def cached(self, profile: TableProfile) -> str | None:
        """Path of the columnar form, if there is one."""
        path = self._cache.get(profile) if isinstance(profile.read, FileRead) else None
        return str(path) if path else None

    def worth_caching(self, profile: TableProfile) -> bool:
        """Whether a columnar form would make later questions faster, and is not there yet."""
        return (
            self._settings.cache_max_mb > 0
            and isinstance(profile.read, FileRead)
            and profile.read.format == "csv"
            and (profile.byte_count or 0) >= _WORTH_BYTES
            and self._cache.get(profile) is None
            and (not profile.read.remote or self._s3.fetched(profile))
        )

    def build_cache(self, profile: TableProfile) -> str | None:
        """Make the columnar form; None if it is not wanted or the source changed meanwhile.

        A cell that does not fit is learned from: the next profile of the source has types
        that fit all cells.
        """
        if self._settings.cache_max_mb == 0:
            return None
        try:
            return str(self._build(profile))
        except MisfitCells as misfit:
            wider = self.widen([profile], DataMismatch(misfit.message))
            return self.cached(wider[0]) or str(self._build(wider[0])) if wider else None

    def _finished(self, profile: TableProfile) -> TableProfile:
        """The profile with its keys, its columnar form and what is known of all its cells."""
        if not isinstance(profile.read, FileRead):
            return profile
        profile, path = self._convertible(profile)
        from spark_interpreter.sources.files.issues import merged

        columnar = path or self.cached(profile)
        issues = merged(profile.issues, self._cache.issues(profile)) if columnar else profile.issues
        return profile.model_copy(
            update={
                "primary_key": primary_key(profile),
                "issues": issues,
                "read": profile.read.model_copy(update={"columnar": columnar}),
            }
        )

    def _with_columnar(self, profile: TableProfile) -> TableProfile:
        """The profile with a columnar form that was made since."""
        if profile.read.columnar:
            return profile
        read = profile.read.model_copy(update={"columnar": self.cached(profile)})
        return profile.model_copy(update={"read": read})

    def _convertible(self, profile: TableProfile) -> tuple[TableProfile, str | None]:
        try:
            return profile, self.convert(profile)
        except MisfitCells as misfit:
            revised = self._reader(profile.source).widen(profile, DataMismatch(misfit.message))
            if revised is None:
                raise SourceUnreadable(misfit.message) from misfit
            return revised, self.convert(revised)

    def _reader(self, source: Source) -> SourceReader:
        if isinstance(source, FileSource):
            return self._s3 if is_s3(source.uri) else self._files
        if isinstance(source, GlueTable):
            return self.glue
        if isinstance(source, PostgresTable):
            return self.postgres
        if isinstance(source, SnowflakeTable):
            return self.snowflake
        raise SourceError(f"{source.kind} sources cannot be read yet.", remedy="Name a file.")


def _table_name(source: Source, taken: Sequence[str]) -> str:
    if source.name:
        return identifier(source.name, taken=taken)
    if isinstance(source, FileSource):
        return identifier(_stem(source.uri), taken=taken)
    return identifier(source.table, taken=taken)


def _stem(uri: str) -> str:
    parts = [p for p in uri.rstrip("/").split("/") if not any(c in p for c in "*?[")]
    return (parts[-1] if parts else "data").split(".")[0] or "data"


def _without_keys(profile: TableProfile) -> TableProfile:
    declared = tuple(k for k in profile.foreign_keys if k.origin == "declared")
    return profile.model_copy(update={"foreign_keys": declared})

"""Objects of S3 as sources: the reader behind the facade."""

import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa

from spark_interpreter.aws import AwsClients
from spark_interpreter.errors import DataMismatch, SourceUnavailable
from spark_interpreter.model import (
    Extent,
    FileSource,
    Need,
    Source,
    Staged,
    TableProfile,
    ValueCount,
)
from spark_interpreter.model.patterns import has_signs
from spark_interpreter.settings import Settings
from spark_interpreter.sources.base import Stopped
from spark_interpreter.sources.files.compression import named_by_ending
from spark_interpreter.sources.files.documents import is_lines
from spark_interpreter.sources.files.kind import kind_of, needs_whole
from spark_interpreter.sources.files.locate import Located, common_kind
from spark_interpreter.sources.files.lookup import find_values
from spark_interpreter.sources.files.partitions import (
    Partition,
    partition_columns,
    partition_of,
    typed_array,
    with_partitions,
)
from spark_interpreter.sources.files.reader import FileReader
from spark_interpreter.sources.s3.fetch import Fetcher, stopped_by_scope
from spark_interpreter.sources.s3.listing import Listing, ObjectRef, list_objects
from spark_interpreter.sources.s3.objects import ObjectCache, place
from spark_interpreter.sources.s3.parquet import profile_objects, stage_objects
from spark_interpreter.sources.s3.pushdown import arrow_filter
from spark_interpreter.sources.s3.sample import MIB, sampled
from spark_interpreter.sources.s3.stored import stage_text
from spark_interpreter.sources.s3.uri import parse
from spark_interpreter.sources.staging import too_large

_WHOLE_BYTES = 8 * MIB
_WHOLE_OBJECTS = 64
"""Sources up to this size are fetched and looked at from end to end."""
_WHOLE_JSON_BYTES = 64 * MIB
_STALE_SECONDS = 86_400


class S3Reader:
    """Reads objects through the usual AWS settings.

    Args:
        clients: makes the S3 client.
    """

    def __init__(self, settings: Settings, clients: AwsClients) -> None:
        self._settings = settings
        self._folder = settings.cache_dir / "objects"
        self._fetcher = Fetcher(clients)
        self._files = FileReader(settings.cache_dir / "profiles", sample_rows=settings.sample_rows)
        self._objects = ObjectCache(
            self._folder,
            self._fetcher,
            max_mb=settings.cache_max_mb,
            in_use_seconds=settings.limits.seconds + 60,
        )

    def profile(self, source: Source, *, name: str) -> TableProfile:
        """Look at samples and footers, or take what is known of exactly these objects.

        Raises:
            SourceError: they are missing, denied, unreachable, unreadable or empty.
        """
        assert isinstance(source, FileSource)
        listing = self._listing(source)
        known = self._files.known(source, listing.version)
        if known is None:
            known = self._look(source, listing, name)
            self._files.remember(known)
        return known.model_copy(update={"name": name, "source": source})

    def widen(self, profile: TableProfile, mismatch: DataMismatch) -> TableProfile | None:
        """The profile with types that every cell of the whole source fits.

        The objects are fetched for that; the run needs them anyway.
        """
        source = profile.source
        assert isinstance(source, FileSource)
        if mismatch.path is not None and not _names_one(mismatch.path, profile):
            return None
        listing = self._unchanged(profile)
        with self._copies(listing) as folder:
            located = self._located(source, listing, folder)
            reader = FileReader(
                self._folder,
                sample_rows=self._settings.sample_rows,
                locate=lambda _: located,
            )
            if located.format == "csv":
                local = self._local(profile, listing, folder)
                revised = reader.wider(local, _without_path(mismatch))
            else:
                revised = reader.look(source, located, profile.name)
        if revised is None or revised.columns == profile.columns:
            return None
        remote = _remote(revised, listing)
        self._files.remember(remote)
        return remote

    def find_values(
        self, profile: TableProfile, column: str, text: str, *, limit: int = 5
    ) -> Sequence[ValueCount]:
        """Values of a text column that equal or contain `text`, ignoring case.

        Of objects that were not fetched before, only the profile's own values are known.
        """
        if profile.read.columnar:
            return find_values(profile, profile.column(column), text, limit)
        if profile.read.format != "parquet" and self.fetched(profile):
            with self.here(profile) as local:
                return find_values(local, local.column(column), text, limit)
        wanted = text.casefold()
        values = profile.column(column).top_values
        return sorted(
            (v for v in values if wanted in v.value.casefold()),
            key=lambda v: (v.value.casefold() != wanted, -v.count, v.value),
        )[:limit]

    def extent(self, profile: TableProfile, need: Need, whole: Extent) -> Extent:
        """What the objects hold whose folders do not rule them out.

        Raises:
            SourceError: they cannot be listed, or have changed.
        """
        listing = self._unchanged(profile)
        chosen = _needed(profile, listing, need)
        left_out = len(chosen) < len(listing.objects)
        return whole.model_copy(
            update={
                "bytes": sum(each.size for each, _ in chosen),
                "rows": None if left_out else whole.rows,
                "note": f"{len(chosen):,} of {len(listing.objects):,} objects" if left_out else "",
            }
        )

    def stage(
        self, profile: TableProfile, need: Need, folder: Path, *, stopped: Stopped
    ) -> tuple[Staged, ...]:
        """Bring the needed columns and rows of Parquet, else the needed objects.

        Raises:
            SourceError: the objects are gone, denied, unreachable or too large, or others than
                were looked at.
            DataMismatch: a cell does not fit its column's type.
            RunCancelled: `stopped` said so.
        """
        listing = self._unchanged(profile)
        objects = _needed(profile, listing, need)
        limit = self._settings.stage_max_mb
        if profile.read.format == "parquet":
            return stage_objects(
                self._fetcher, profile, objects, need, folder, stopped=stopped, max_mb=limit
            )
        chosen = [each for each, _ in objects]
        self._require_size(profile.label, chosen)
        self._fetch(listing, chosen, folder / "files", stopped)
        uris = {each.uri: str(folder / "files" / listing.relative(each)) for each in chosen}
        return stage_text(profile, uris, folder)

    @contextmanager
    def here(self, profile: TableProfile) -> Iterator[TableProfile]:
        """The source as files of this machine, all of them fetched; for as long as the block.

        Raises:
            SourceError: they cannot be fetched, or are too large.
            RunCancelled: this thread's work is to stop.
        """
        listing = self._unchanged(profile)
        with self._copies(listing) as folder:
            yield self._local(profile, listing, folder)

    def fetched(self, profile: TableProfile) -> bool:
        """Whether all objects are on this machine, as they were looked at."""
        listing = self._listing(profile.source)
        return listing.version == profile.version and all(map(self._objects.get, listing.objects))

    def _listing(self, source: Source) -> Listing:
        assert isinstance(source, FileSource)
        return list_objects(self._fetcher.client, parse(source.uri))

    def _unchanged(self, profile: TableProfile) -> Listing:
        listing = self._listing(profile.source)
        if listing.version != profile.version:
            raise SourceUnavailable(
                f"The objects of '{profile.label}' have changed since they were looked at.",
                remedy="Ask again.",
            )
        return listing

    def _look(self, source: FileSource, listing: Listing, name: str) -> TableProfile:
        first = listing.objects[0]
        head = self._fetcher.range(first, 0, 8)
        if source.format == "parquet" or head.startswith(b"PAR1"):
            located = _located(source, listing, (), share=1.0)._replace(format="parquet")
            profile = profile_objects(
                self._fetcher, source, located, listing,
                name=name, sample_rows=self._settings.sample_rows,
            )  # fmt: skip
            return _remote(with_partitions(profile, located.partitions, located.sizes), listing)
        small = listing.size <= _WHOLE_BYTES and len(listing.objects) <= _WHOLE_OBJECTS
        if small or needs_whole(head):
            return self._look_at_all(source, listing, name)
        with tempfile.TemporaryDirectory(prefix="spark-interpreter-") as scratch:
            sample = sampled(self._fetcher, listing, Path(scratch))
            located = _located(source, listing, sample.paths, share=sample.share)
            if located.format == "json" and (
                listing.size <= _WHOLE_JSON_BYTES or not is_lines(located)
            ):
                return self._look_at_all(source, listing, name)
            return _remote(self._files.look(source, located, name), listing)

    def _look_at_all(self, source: FileSource, listing: Listing, name: str) -> TableProfile:
        with self._copies(listing) as folder:
            located = self._located(source, listing, folder)
            return _remote(self._files.look(source, located, name), listing)

    def _located(self, source: FileSource, listing: Listing, folder: Path) -> Located:
        paths = tuple(folder / listing.relative(each) for each in listing.objects)
        return _located(source, listing, paths, share=1.0)

    @contextmanager
    def _copies(self, listing: Listing) -> Iterator[Path]:
        """A folder with all objects, gone afterwards; the bytes stay in the cache."""
        self._require_size(str(listing.uri), listing.objects)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._sweep()
        with tempfile.TemporaryDirectory(prefix="links-", dir=self._folder) as folder:
            self._fetch(listing, listing.objects, Path(folder), stopped_by_scope())
            yield Path(folder)

    def _fetch(
        self, listing: Listing, objects: Sequence[ObjectRef], folder: Path, stopped: Stopped
    ) -> None:
        """Put objects into a folder, under their keys below the listing's root."""
        targets = [folder / listing.relative(each) for each in objects]
        if self._settings.cache_max_mb == 0:
            self._fetcher.download_all(list(zip(objects, targets, strict=True)), stopped)
            return
        copies = self._objects.fetch(objects, stopped=stopped)
        for copy, target in zip(copies, targets, strict=True):
            place(copy, target)
        self._objects.shrink()

    def _sweep(self) -> None:
        """Remove folders of links that killed processes left."""
        for folder in self._folder.glob("links-*"):
            try:
                stale = time.time() - folder.stat().st_mtime > _STALE_SECONDS
            except FileNotFoundError:
                continue
            if stale:
                shutil.rmtree(folder, ignore_errors=True)

    def _require_size(self, label: str, objects: Sequence[ObjectRef]) -> None:
        size = sum(each.size for each in objects)
        if size > self._settings.stage_max_mb * MIB:
            raise too_large(f"'{label}'", self._settings.stage_max_mb, size)

    def _local(self, profile: TableProfile, listing: Listing, folder: Path) -> TableProfile:
        paths = tuple(str(folder / listing.relative(each)) for each in listing.objects)
        read = profile.file_read.model_copy(update={"paths": paths})
        return profile.model_copy(update={"read": read})


def _located(
    source: FileSource, listing: Listing, paths: Sequence[Path], *, share: float
) -> Located:
    """The objects as the profilers of files want them; `paths` are copies or samples of some."""
    kinds = {path: kind_of(path) for path in paths}
    kind = common_kind(kinds, source) if kinds else None
    compression = kind.compression if kind else None
    relative = [listing.relative(each) for each in listing.objects]
    columns = partition_columns(relative, source.uri) if listing.folder else ()
    return Located(
        paths=tuple(paths),
        script_path=listing.script_path,
        label=str(listing.uri).rstrip("/").rpartition("/")[2],
        format=source.format or (kind.format if kind else "csv"),
        compression=compression,
        size=listing.size,
        version=listing.version,
        nameable=all(named_by_ending(Path(each.key), compression) for each in listing.objects),
        plain=not any(has_signs(each.key) for each in listing.objects),
        partitions=tuple(partition_of(path) for path in relative) if columns else (),
        sizes=tuple(each.size for each in listing.objects),
        share=share,
    )


def _remote(profile: TableProfile, listing: Listing) -> TableProfile:
    """The profile with the objects in place of the files that stood for them."""
    paths = tuple(each.uri for each in listing.objects)
    read = profile.file_read.model_copy(
        update={"paths": paths, "script_path": listing.script_path, "columnar": None}
    )
    return profile.model_copy(update={"read": read})


def _needed(
    profile: TableProfile, listing: Listing, need: Need
) -> list[tuple[ObjectRef, Partition]]:
    """The objects whose folders do not rule their rows out, with the values in the folders.

    At least one, so that there is something to read.
    """
    names = profile.file_read.partition_columns
    if not names:
        return [(each, {}) for each in listing.objects]
    found: list[tuple[ObjectRef, Partition]] = [
        (each, partition_of(listing.relative(each))) for each in listing.objects
    ]
    types = {c.name: c.type for c in profile.columns if c.name in names}
    condition = arrow_filter(need.where, types)
    if condition is None or not profile.file_read.script_path:
        return found
    columns = {n: typed_array([p[n] for _, p in found], kind) for n, kind in types.items()}
    table = pa.table({**columns, "__place": list(range(len(found)))})
    kept = table.filter(condition)["__place"].to_pylist()
    return [found[place] for place in kept] or found[:1]


def _names_one(path: str, profile: TableProfile) -> bool:
    """Whether a file here is the copy of one of the source's objects, by its name."""
    name = Path(path).name
    return any(uri.endswith(f"/{name}") for uri in profile.file_read.paths)


def _without_path(mismatch: DataMismatch) -> DataMismatch:
    return DataMismatch(
        mismatch.message, column=mismatch.column, row=mismatch.row, value=mismatch.value
    )

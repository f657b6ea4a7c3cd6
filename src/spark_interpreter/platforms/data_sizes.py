"""What Apache Spark is told of the data it is to read: joins and shuffles by their sizes."""

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from spark_interpreter.model import Extent, PlatformName, TableProfile

TASK_BYTES = 128 * 1024**2
"""What one task reads; Spark's own `spark.sql.files.maxPartitionBytes`."""
BROADCAST_BYTES = 10 * 1024**2
"""Spark's own `spark.sql.autoBroadcastJoinThreshold`."""
PARTITIONS = 200
"""Spark's own `spark.sql.shuffle.partitions`."""
MAX_PARTITIONS = 4000
_MIN_PARTITIONS = 32
"""Fewer are hardly quicker, and a script may make much of few rows."""
BROADCAST_MOST = 100 * 1024**2
"""A side of a join is collected by the driver and held by every executor, unpacked."""
_BROADCAST_ANYWHERE = 32 * 1024**2
"""The same where nobody says how much memory they have."""
_BROADCAST_SHARE = 10
"""A side is small if it is no larger than this part of the largest source."""
_PACKED = 4
"""Bytes in memory for one byte of a columnar or compressed file; a rule of thumb."""
_PACKED_ENDINGS = (".parquet", ".orc", ".gz", ".zst", ".bz2", ".snappy")

SPARKS_OWN: Mapping[str, str] = MappingProxyType({
    "spark.sql.autoBroadcastJoinThreshold": f"{BROADCAST_BYTES}b",
    "spark.sql.shuffle.partitions": str(PARTITIONS),
})  # fmt: skip
"""What Spark says of the settings of `session_settings` that nobody has set."""


def session_settings(
    profiles: Sequence[TableProfile], extents: Sequence[Extent] = ()
) -> dict[str, str]:
    """What a session is told on a cluster whose size nobody knows, where that is not Spark's own.

    Nothing is said of data whose size is not known. Fewer partitions than Spark's own are asked
    for where the data are small; more, where Spark's would be too large for a task.
    """
    needed = {extent.label: extent.bytes for extent in extents}
    if not profiles or any(needed.get(p.label, p.byte_count) is None for p in profiles):
        return {}
    wanted = {
        "spark.sql.autoBroadcastJoinThreshold": broadcast_bytes(
            profiles, extents, most=_BROADCAST_ANYWHERE
        ),
        "spark.sql.shuffle.partitions": _partitions(bytes_to_read(profiles, extents)),
    }
    sparks = {
        "spark.sql.autoBroadcastJoinThreshold": BROADCAST_BYTES,
        "spark.sql.shuffle.partitions": PARTITIONS,
    }
    return {name: str(value) for name, value in wanted.items() if value != sparks[name]}


def joins_up_to(
    platform: PlatformName, profiles: Sequence[TableProfile], extents: Sequence[Extent]
) -> int:
    """Up to how many bytes at rest Spark is told to send a side of a join around by itself."""
    if platform == "emr":
        return broadcast_bytes(profiles, extents)
    told = session_settings(profiles, extents) if platform == "connect" else {}
    return int(told.get("spark.sql.autoBroadcastJoinThreshold", BROADCAST_BYTES))


def _partitions(size: int) -> int:
    """Of 32 MiB up to Spark's own number, as there may be many cores; then of 128 MiB."""
    tasks = math.ceil(size / TASK_BYTES)
    return min(max(tasks, min(4 * tasks, PARTITIONS), _MIN_PARTITIONS), MAX_PARTITIONS)


def bytes_to_read(profiles: Sequence[TableProfile], extents: Sequence[Extent] = ()) -> int:
    """About how many bytes in memory a job reads; what is not known counts nothing.

    Args:
        extents: how much of the profiled sources is needed; all of those that have none here.
    """
    needed = {extent.label: extent.bytes for extent in extents}
    return sum(
        (needed.get(p.label, p.byte_count) or 0) * (_PACKED if _packed(p) else 1) for p in profiles
    )


def broadcast_bytes(
    profiles: Sequence[TableProfile], extents: Sequence[Extent] = (), *, most: int = BROADCAST_MOST
) -> int:
    """Up to how many bytes at rest a side of a join is sent to every executor, at most `most`.

    As large as the largest source that is small against the largest of all; Spark judges by the
    same bytes. Tables of databases do not count: Spark does not know their size.
    """
    needed = {extent.label: extent.bytes for extent in extents}
    sizes = sorted(
        needed.get(p.label, p.byte_count) or 0 for p in profiles if p.read.kind != "jdbc"
    )
    if len(sizes) < 2:
        return BROADCAST_BYTES
    most = min(most, sizes[-1] // _BROADCAST_SHARE)
    return max([BROADCAST_BYTES, *(size for size in sizes[:-1] if size <= most)])


def _packed(profile: TableProfile) -> bool:
    read = profile.read
    return read.format in ("parquet", "orc") or any(
        location.endswith(_PACKED_ENDINGS) for location in read.locations
    )

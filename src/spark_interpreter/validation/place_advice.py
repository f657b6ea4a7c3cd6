"""What matters on the platform that a script runs on, and on no other; never blocks."""

import ast
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from spark_interpreter.model import Extent, JdbcRead, PlatformName, TableProfile
from spark_interpreter.validation.advice import has_condition
from spark_interpreter.validation.data_advice import LARGE_BYTES
from spark_interpreter.validation.findings import Findings
from spark_interpreter.validation.kinds import Kinds, strings
from spark_interpreter.validation.names import Kind

BROADCAST_BYTES = 10 * 1024**2
"""Spark broadcasts smaller sides by itself (`spark.sql.autoBroadcastJoinThreshold`)."""


class Place(NamedTuple):
    """Where a script runs.

    Attributes:
        platform: None while nobody knows: then it may be any Apache Spark.
        extents: how much is read of each source, partitions that are left out not counted.
        broadcasts: bytes at rest up to which Spark is told to broadcast a side by itself.
    """

    platform: PlatformName | None = None
    extents: Sequence[Extent] = ()
    broadcasts: int = BROADCAST_BYTES


def advise_on_place(
    place: Place, kinds: Kinds, profiles: Sequence[TableProfile], findings: Findings
) -> None:
    """Add advice that a platform's engine makes something of.

    The embedded engine chooses its joins by itself, and tables of databases are copied for it and
    for Spark Connect.
    """
    if place.platform in (None, "connect", "emr"):
        _advise_broadcasts(place, kinds, profiles, findings)
    if place.platform in (None, "emr"):
        _advise_whole_tables(profiles, kinds, findings)


def _advise_broadcasts(
    place: Place, kinds: Kinds, profiles: Sequence[TableProfile], findings: Findings
) -> None:
    read = {extent.label: extent.bytes for extent in place.extents}
    sizes = {p.name: read.get(p.label, p.byte_count) or 0 for p in profiles}
    unknown = {p.name for p in profiles if isinstance(p.read, JdbcRead)}  # to Spark
    for join in _joins(kinds):
        large, small = sizes.get(join.left, 0), sizes.get(join.right, 0)
        done = BROADCAST_BYTES if join.right in unknown else place.broadcasts
        if done < small <= LARGE_BYTES and large > 10 * small:
            findings.advice(
                "broadcast-join", f"{join.right} is small against {join.left}.", join.line,
                f"Join F.broadcast({join.right}).",
            )  # fmt: skip


class _Join(NamedTuple):
    left: str
    right: str
    line: int


def _joins(kinds: Kinds) -> Iterator[_Join]:
    """The joins of two frames by their names."""
    for node in kinds.nodes:
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
            continue
        left, right = node.func.value, node.args[0]
        if isinstance(left, ast.Name) and isinstance(right, ast.Name):
            joined = node.func.attr == "join" and kinds.of(left) is Kind.FRAME
            if joined and has_condition(node):
                yield _Join(left.id, right.id, node.lineno)


def _advise_whole_tables(
    profiles: Sequence[TableProfile], kinds: Kinds, findings: Findings
) -> None:
    """A cluster reads a table of a database through one connection, unless told how to cut it."""
    written = {text.casefold() for text in strings(kinds.nodes)}
    for profile in profiles:
        large = (profile.byte_count or 0) > LARGE_BYTES
        if isinstance(profile.read, JdbcRead) and large and "partitioncolumn" not in written:
            findings.advice(
                "jdbc-partitions", f"{profile.label} is large and read through one connection.",
                None, "Give partitionColumn, lowerBound, upperBound and numPartitions.",
            )  # fmt: skip

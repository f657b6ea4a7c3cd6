"""What the way costs in which large data are stored and taken; never blocks."""

import math
from collections.abc import Sequence

from spark_interpreter.model import FileRead, GlueRead, Need, ResultColumn, TableProfile
from spark_interpreter.validation.findings import Findings

LARGE_BYTES = 100 * 1024**2
WIDE_COLUMNS = 30
MANY_FILES = 1000
SMALL_FILE_BYTES = 1024**2
_GOOD_FILE_BYTES = 128 * 1024**2
_MB = 1e6


def advise_on_data(
    profiles: Sequence[TableProfile],
    needs: Sequence[Need],
    columns: Sequence[ResultColumn],
    findings: Findings,
) -> None:
    """Add advice about large sources, from their figures and what the script takes of them.

    Args:
        needs: of the whole script; nothing is said of a source without, or of several files that
            are named one by one.
        columns: of the result.
    """
    by_location = {need.location: need for need in needs}
    for profile in profiles:
        if (profile.byte_count or 0) <= LARGE_BYTES:
            continue
        places = profile.read.locations
        need = by_location.get(places[0]) if len(places) == 1 else None
        if need is not None:
            _advise_partitions(profile, need, findings)
            _advise_wide(profile, need, columns, findings)
            _advise_text(profile, need, findings)
            _advise_small_files(profile, findings)


def _advise_partitions(profile: TableProfile, need: Need, findings: Findings) -> None:
    keys = partition_keys(profile)
    if not keys or need.columns is None or _names(keys) & _names(need.columns):
        return
    count = profile.read.partition_count if isinstance(profile.read, GlueRead) else None
    all_of_it = f"all {count:,} partitions" if count else "every partition"
    findings.advice(
        "partition-filter",
        f"{profile.label} is partitioned by {_listed(keys)}, which the script does not use: it "
        f"reads {all_of_it}, {_megabytes(profile.byte_count or 0)}.",
        None,
        f"Ask for the {_listed(keys, 'or')} that matters, where one does.",
    )


def _advise_wide(
    profile: TableProfile, need: Need, columns: Sequence[ResultColumn], findings: Findings
) -> None:
    """All columns of a table that is stored by columns, for a result that has fewer."""
    count = len(profile.columns)
    by_columns = profile.read.format in ("parquet", "orc")
    if by_columns and count >= WIDE_COLUMNS and need.columns is None and 0 < len(columns) < count:
        findings.advice(
            "all-columns",
            f"As far as can be told all {count:,} columns of {profile.label} are read, and the "
            f"result has {len(columns):,}.",
            None,
            f"Begin with {profile.name}.select(...) of the columns that are used.",
        )


def _advise_text(profile: TableProfile, need: Need, findings: Findings) -> None:
    """Text is read with all its columns, however few are used; on this machine it is converted."""
    if not profile.read.remote or profile.read.columnar or not _is_text(profile):
        return
    used = profile.columns
    if need.columns is not None:
        wanted = _names(need.columns)
        used = tuple(column for column in profile.columns if column.name.casefold() in wanted)
    saved = _saved_as_parquet(profile, need)
    findings.advice(
        "text-format",
        f"{profile.label} is stored as {profile.read.format.upper()}, whose rows are read whole; "
        f"the script uses {len(used):,} of {len(profile.columns):,} columns.",
        None,
        "Store it as Parquet." if saved else "Store it as Parquet; what that saves is not known.",
        saved_bytes=saved,
    )


def _saved_as_parquet(profile: TableProfile, need: Need) -> int | None:
    """Bytes that a run would not read if the source were Parquet, at the least.

    The used columns take as many bytes a row as the sample's values do in memory, without the
    compression that Parquet has besides. None where that is not known, where partitions may be
    left out, and where the text is smaller.
    """
    if profile.row_count is None or profile.byte_count is None:
        return None
    keys, wanted = _names(partition_keys(profile)), _names(need.columns or ())
    if need.where is not None and keys and (need.columns is None or keys & wanted):
        return None
    stored = [column for column in profile.columns if column.name.casefold() not in keys]
    used = [c for c in stored if need.columns is None or c.name.casefold() in wanted]
    widths = [column.cell_bytes for column in used]
    if None in widths:
        return None
    saved = profile.byte_count - profile.row_count * sum(width or 0 for width in widths)
    return int(saved) if saved > 0 else None


def _advise_small_files(profile: TableProfile, findings: Findings) -> None:
    read, size = profile.read, profile.byte_count or 0
    if not isinstance(read, FileRead) or not read.remote or len(read.paths) < MANY_FILES:
        return
    mean = size / len(read.paths)
    if mean < SMALL_FILE_BYTES:
        enough = math.ceil(size / _GOOD_FILE_BYTES)
        findings.advice(
            "small-files",
            f"{profile.label} lies in {len(read.paths):,} files of {_megabytes(mean)} on average, "
            "and each is asked for on its own.",
            None,
            f"{enough:,} files of 128 MiB hold the same.",
        )


def partition_keys(profile: TableProfile) -> tuple[str, ...]:
    """The columns by whose values a source lies in folders."""
    if isinstance(profile.read, GlueRead):
        return profile.read.partition_keys
    return profile.read.partition_columns if isinstance(profile.read, FileRead) else ()


def _is_text(profile: TableProfile) -> bool:
    return profile.read.format in ("csv", "json")


def _names(columns: Sequence[str]) -> frozenset[str]:
    return frozenset(name.casefold() for name in columns)


def _listed(names: Sequence[str], word: str = "and") -> str:
    return f" {word} ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _megabytes(size: float) -> str:
    return f"{size / _MB:,.2f} MB" if size < _MB else f"{size / _MB:,.0f} MB"

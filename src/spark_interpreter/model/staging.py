"""What a run on this machine gets of data that are elsewhere."""

from typing import Literal

from spark_interpreter.model.base import Model
from spark_interpreter.model.profile import DataIssue
from spark_interpreter.model.types import ResultColumn


class Need(Model):
    """What a script takes from one source, found in its resolved plan.

    Attributes:
        location: the source, as the script names it (`ReadPlan.locations`).
        columns: the columns it uses; None where that could not be told: all of them.
        where: a condition in Spark SQL over the source's columns that holds for at least every
            row the script uses; None where no such condition is known. The script still applies
            its own filters, so a copy may always hold more rows than this asks for.
    """

    location: str
    columns: tuple[str, ...] | None = None
    where: str | None = None


class Staged(Model):
    """A copy on this machine of what a script needs of one source.

    Attributes:
        location: the source, as the script names it.
        paths: absolute local files or folders that stand for it.
        form: "parquet" holds the columns' values, whatever the source's own format is; "files"
            are the source's own files, read with the options the script has.
        columns: with "parquet", all columns the source has, with their types. Those that were
            not needed are not in the files; the script sees them, and they hold nothing.
        note: what a person should know of how it was fetched ("3 of 36 partitions read").
        issues: cells that could not be read as their column's type, counted over the copy.
    """

    location: str
    paths: tuple[str, ...]
    form: Literal["parquet", "files"] = "parquet"
    columns: tuple[ResultColumn, ...] = ()
    note: str = ""
    issues: tuple[DataIssue, ...] = ()

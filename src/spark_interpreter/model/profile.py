"""What is known of a source before a question is asked of it."""

from typing import Literal

from pydantic import Field

from spark_interpreter.model.base import Model
from spark_interpreter.model.read import ColumnRead, FileRead, ReadPlan
from spark_interpreter.model.source import Source
from spark_interpreter.model.types import is_numeric, is_temporal

Scalar = bool | int | float | str | None


class ValueCount(Model):
    """A value of a column, as text, and how often the sample has it."""

    value: str
    count: int


class ColumnProfile(Model):
    """One column.

    Attributes:
        name: the column's name in scripts; unique in its table (ignoring case), never empty.
        header: the name as the source has it; differs from `name` when that was empty or double.
        type: Spark SQL type name.
        null_count: missing values among the sampled rows.
        distinct_count: distinct values among the sampled rows, exact or estimated.
        minimum, maximum: of the sample; numbers as numbers, dates and times as ISO text, else text.
        mean: of the sample, for numbers.
        top_values: the most frequent values of the sample, most frequent first.
        values_complete: `top_values` has every value of the sample.
        unique: no value of the sample repeats and none is missing.
        cell_bytes: what a value of the sample takes in columnar memory on average, uncompressed.
        comment: the catalog's description.
        read: how the stored cell becomes the value; None when it is read as it is.
    """

    name: str = Field(min_length=1)
    header: str
    type: str
    null_count: int = 0
    distinct_count: int | None = None
    minimum: Scalar = None
    maximum: Scalar = None
    mean: float | None = None
    top_values: tuple[ValueCount, ...] = ()
    values_complete: bool = False
    unique: bool = False
    cell_bytes: float | None = None
    comment: str | None = None
    read: ColumnRead | None = None

    @property
    def numeric(self) -> bool:
        return is_numeric(self.type)

    @property
    def temporal(self) -> bool:
        return is_temporal(self.type)


class ForeignKey(Model):
    """Columns of this table that hold keys of another.

    `origin` says whether a catalog declares it or names and values suggest it; `overlap` is then
    the measured share of this side's distinct values (of all columns together) that the other
    side has. `partial`: rows of this side may have no partner, or lack a value.
    """

    columns: tuple[str, ...]
    table: str
    references: tuple[str, ...]
    origin: Literal["declared", "inferred"] = "declared"
    overlap: float | None = None
    partial: bool = False


class Reference(Model):
    """A foreign key and the name of the table that has it."""

    holder: str
    key: ForeignKey


class DataIssue(Model):
    """Something about the data that was repaired, set aside or could not be read.

    `count` is exact over `scope`: the "sample" the profile saw, or the "whole" source. An answer
    shows it, so that no cell changes silently.
    """

    kind: str
    message: str
    column: str | None = None
    count: int | None = None
    scope: Literal["sample", "whole"] = "sample"
    examples: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """The message with its count, where the message does not say it."""
        if self.column is None or self.count is None:
            return self.message
        cells = "cell" if self.count == 1 else "cells"
        where = " of the sample" if self.scope == "sample" else ""
        return f"{self.message.removesuffix('.')} ({self.count:,} {cells}{where})."


class TableProfile(Model):
    """A source, its columns and how a script reads it.

    Attributes:
        name: the DataFrame's variable name in scripts; a Python identifier, unique in a turn.
        label: the name a person knows it by ("Orders 2024.csv").
        row_count: rows, exact if `row_count_exact`, else estimated from bytes.
        byte_count: size at rest.
        sampled_rows: rows the column figures were taken from.
        version: changes whenever the stored data do.
        read: everything the script's source section needs.
    """

    name: str
    label: str
    source: Source
    columns: tuple[ColumnProfile, ...]
    row_count: int | None = None
    row_count_exact: bool = False
    byte_count: int | None = None
    sampled_rows: int = 0
    primary_key: tuple[str, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    issues: tuple[DataIssue, ...] = ()
    version: str = ""
    read: ReadPlan

    @property
    def file_read(self) -> FileRead:
        """How the files of a file source are read."""
        assert isinstance(self.read, FileRead)
        return self.read

    def column(self, name: str) -> ColumnProfile:
        """The column of exactly this name.

        Raises:
            KeyError: there is none.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

"""The parse frame: what a question asks for, slot by slot, before it becomes a plan.

Follow-ups change a frame and keep the rest, so it is plain data that serialises to JSON.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from spark_interpreter.generation.planner.plan import Named, Predicate, SortKey
from spark_interpreter.model import Model
from spark_interpreter.model.draft import ChartKind

ReportKind = Literal["overview", "missing", "duplicates", "outliers", "histogram"]
ChangeKind = Literal["share", "running", "moving", "growth_previous", "growth_year", "difference"]


class Change(Model):
    """Something computed over the grouped rows.

    `window` is the number of rows of a moving average; `percent` asks for a relative change.
    """

    kind: ChangeKind
    window: int = 3
    percent: bool = True


class Frame(Model):
    """The slots of a question.

    Attributes:
        columns: what is listed when nothing is aggregated.
        keys, measures: grouping and what is computed in each group.
        filters: conditions on rows, all of which hold.
        having: conditions on groups; they contain `Aggregated` expressions.
        order: may contain `Aggregated` expressions too.
        per: with `limit`, so many rows for each combination of these.
        pivot: the key whose values become columns.
        view: the columns are those of the table together with all it refers to.
        rows: the question names the table's own rows.
        unfiltered: tables whose default filters the question sets aside.
        report: a fixed report, over `columns` if any are given.
        width: of the bins of a histogram, chosen from the data when None.
        chart: the kind of chart that was asked for; "any" if only a chart was.
        beside: frames over other tables whose measures stand beside these in the same groups.
        quotient: what the first measure over the last, computed in each group, is called; `order`
            may name it.
    """

    table: str
    view: bool = False
    rows: bool = False
    unfiltered: tuple[str, ...] = ()
    columns: tuple[Named, ...] = ()
    distinct: bool = False
    filters: tuple[Predicate, ...] = ()
    keys: tuple[Named, ...] = ()
    measures: tuple[Named, ...] = ()
    having: tuple[Predicate, ...] = ()
    order: tuple[SortKey, ...] = ()
    limit: int | None = None
    offset: int = 0
    per: tuple[Named, ...] = ()
    change: Change | None = None
    pivot: Named | None = None
    report: ReportKind | None = None
    width: float | None = None
    chart: ChartKind | Literal["any"] | None = None
    assumptions: tuple[str, ...] = Field(default=())
    beside: tuple[Frame, ...] = ()
    quotient: str | None = None

    @property
    def aggregates(self) -> bool:
        """Whether the answer has one row for each group, or one in all."""
        return bool(self.measures or self.keys or self.having)

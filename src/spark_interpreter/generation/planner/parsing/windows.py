"""What is computed over grouped rows: shares, growth, running totals, moving averages."""

from __future__ import annotations

from spark_interpreter.generation.planner.parsing.frame import Change, Frame
from spark_interpreter.generation.planner.plan import (
    Arithmetic,
    Column,
    Constant,
    Derive,
    Expression,
    Extract,
    Named,
    Relation,
    SortKey,
    TimeUnit,
    Truncate,
    Windowed,
)
from spark_interpreter.generation.planner.wording.words import humanize
from spark_interpreter.model import TableProfile
from spark_interpreter.model.types import family

_PERIODS_A_YEAR: dict[TimeUnit, int] = {
    "year": 1, "quarter": 4, "month": 12, "week": 52, "day": 365,
}  # fmt: skip


def apply_change(
    frame: Frame, profile: TableProfile, relation: Relation, order: tuple[SortKey, ...]
) -> tuple[Relation, tuple[SortKey, ...]]:
    """The grouped relation with the change's columns, and the order that goes with it."""
    assert frame.change is not None
    change = frame.change
    if change.kind == "share":
        return _share(frame, relation), order
    time = next((k for k in frame.keys if _is_time(k, profile)), frame.keys[0])
    axis = Column(name=time.name)
    others = tuple(Column(name=k.name) for k in frame.keys if k.name != axis.name)
    by_time = (SortKey(value=axis),)
    unit = _unit(time, profile)
    columns: list[Named] = []
    for measure in frame.measures:
        columns += _columns(change, measure.name, others, by_time, unit)
    shown = tuple(SortKey(value=other) for other in others) + by_time
    return Derive(input=relation, columns=tuple(columns)), order or shown


def _share(frame: Frame, relation: Relation) -> Relation:
    columns = []
    for measure in frame.measures:
        total = Windowed(function="sum", value=Column(name=measure.name))
        share = Arithmetic(op="/", left=Column(name=measure.name), right=total)
        percent = Arithmetic(op="*", left=Constant(value=100.0), right=share)
        columns.append(Named(name=f"{measure.name}_percent", value=percent))
    return Derive(input=relation, columns=tuple(columns))


def _columns(
    change: Change,
    name: str,
    partition: tuple[Expression, ...],
    order: tuple[SortKey, ...],
    unit: TimeUnit | None,
) -> list[Named]:
    value = Column(name=name)
    if change.kind == "running":
        window = Windowed(
            function="sum", value=value, partition=partition, order=order, frame=(None, 0)
        )
        return [Named(name=f"running_{name}", value=window)]
    if change.kind == "moving":
        window = Windowed(
            function="avg", value=value, partition=partition, order=order,
            frame=(1 - change.window, 0), unit=unit,
        )  # fmt: skip
        return [Named(name=f"moving_avg_{name}", value=window)]
    periods = _PERIODS_A_YEAR.get(unit, 1) if unit and change.kind == "growth_year" else 1
    before = _before(value, partition, order, periods, unit)
    previous = Named(name=f"previous_{name}", value=before)
    grown = Arithmetic(op="-", left=value, right=Column(name=previous.name))
    if not change.percent:
        return [previous, Named(name=f"change_{name}", value=grown)]
    ratio = Arithmetic(op="/", left=grown, right=Column(name=previous.name))
    percent = Arithmetic(op="*", left=Constant(value=100.0), right=ratio)
    return [previous, Named(name=f"growth_{name}_percent", value=percent)]


def _before(
    value: Expression,
    partition: tuple[Expression, ...],
    order: tuple[SortKey, ...],
    periods: int,
    unit: TimeUnit | None,
) -> Windowed:
    """The value so many periods before; null when the data have no such period."""
    if unit is None:
        return Windowed(
            function="lag", value=value, partition=partition, order=order, offset=periods
        )
    return Windowed(
        function="max", value=value, partition=partition, order=order,
        frame=(-periods, -periods), unit=unit,
    )  # fmt: skip


def _is_time(key: Named, profile: TableProfile) -> bool:
    if not isinstance(key.value, Column):
        return isinstance(key.value, Truncate | Extract)
    return profile.column(key.value.name).temporal or _period_word(key.value.name) is not None


def _unit(key: Named, profile: TableProfile) -> TimeUnit | None:
    """The unit the periods of a key are apart; None for no time and for names of periods."""
    match key.value:
        case Truncate(unit=unit):
            return unit
        case Extract(part="year" | "quarter" | "month" | "week" | "day" | "hour" as unit):
            return unit
        case Column(name=name):
            kind = family(profile.column(name).type)
            counts_years = kind == "integer" and _period_word(name) == "year"
            return "day" if kind == "date" else "year" if counts_years else None
        case _:
            return None


def _period_word(name: str) -> TimeUnit | None:
    """The period that a column's name says it holds ("fiscal_year")."""
    words = set(humanize(name).lower().split())
    return next((unit for unit in _PERIODS_A_YEAR if unit in words), None)

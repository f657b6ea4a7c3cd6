"""What a time expression of a question means."""

from __future__ import annotations

from dataclasses import dataclass

from spark_interpreter.generation.planner.language.calendar import Grain, Moment, Part


@dataclass(frozen=True, slots=True)
class TimeRange:
    """`start <= time < end`; None leaves a side open.

    Attributes:
        grain: the smallest unit named: "2023" has "year", "March 2023" has "month".
        sure: can hardly mean anything but time ("last month", "March 2023"). A bare number such
            as "2010" is not sure: the caller decides by the column it stands with.
        description: in plain words, for the assumption line ("2023", "since May 2022").
        first, stop: the tokens covered, with the preposition; `stop` not included.
    """

    start: Moment | None
    end: Moment | None
    grain: Grain
    sure: bool
    description: str
    first: int
    stop: int


@dataclass(frozen=True, slots=True)
class TimePart:
    """A part of the calendar without its year: month 3, weekdays 6 and 7 (Monday is 1)."""

    part: Part
    values: tuple[int, ...]
    sure: bool
    description: str
    first: int
    stop: int


@dataclass(frozen=True, slots=True)
class TimeBucket:
    """What to group by: a truncation ("by month") or a calendar part ("by weekday").

    `grain` is set for a truncation, `part` for a calendar part, never both. `previous` names the
    period a "year over year" comparison looks back.
    """

    grain: Grain | None
    part: Part | None
    description: str
    first: int
    stop: int
    previous: Grain | None = None


TimeExpression = TimeRange | TimePart | TimeBucket

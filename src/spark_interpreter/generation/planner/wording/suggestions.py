"""Questions that the data surely can answer, in words our own planner understands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spark_interpreter.generation.planner.wording.words import humanize, plural, rows_of
from spark_interpreter.model import ColumnProfile, TableProfile
from spark_interpreter.model.types import family

_MOST_GROUPS = 50
_NOT_MEASURES = {"id", "key", "code", "zip", "postcode", "year", "month", "day", "number", "no"}
_NOT_ADDITIVE = {
    "price", "rate", "age", "score", "rating", "percent", "share", "average", "temperature",
    "discount", "height", "weight", "speed", "latitude", "longitude",
}  # fmt: skip
_TOP = 5
_YEARS = (1500, 2200)


def suggestions(
    profiles: Sequence[TableProfile], n: int = 3, near: str | None = None
) -> tuple[str, ...]:
    """At most `n` questions, most useful first.

    Those that share words with the question `near` come first, but not that question itself. The
    same profiles always give the same questions.
    """
    questions = list(dict.fromkeys(q for profile in profiles for q in _questions(profile)))
    if near:
        from rapidfuzz import fuzz

        wanted = near.lower().rstrip(" ?.!")
        questions = [q for q in questions if q.lower().rstrip("?") != wanted]
        questions.sort(key=lambda q: -round(fuzz.token_set_ratio(q.lower(), wanted) / 20))
    return tuple(questions[:n])


@dataclass(frozen=True)
class _Roles:
    """What the columns of a table can be asked for."""

    measures: tuple[ColumnProfile, ...]
    categories: tuple[ColumnProfile, ...]
    times: tuple[ColumnProfile, ...]


def _questions(profile: TableProfile) -> Iterator[str]:
    roles = _roles(profile)
    rows = rows_of(profile.name)
    if profile.row_count == 1:
        yield from (f"What is the {_words(column)}?" for column in profile.columns[:3])
    else:
        yield from _grouped(roles, rows)
        yield from (f"Highest {_words(measure)}" for measure in roles.measures[:2])
        yield from (f"Average {_words(measure)}" for measure in roles.measures[:2])
    yield f"How many {rows} are there?"
    yield "Describe the data"
    yield "Show the missing values"


def _grouped(roles: _Roles, rows: str) -> Iterator[str]:
    for measure, category in zip(roles.measures[:2], roles.categories, strict=False):
        yield f"{_measure(measure)} by {_words(category)}"
    for measure in roles.measures[:1]:
        if len(roles.times) == 1:
            yield f"{_measure(measure)} by month"
        for category in [c for c in roles.categories if (c.distinct_count or 0) > _TOP][:1]:
            yield f"Top {_TOP} {plural(_words(category))} by {_measure(measure).lower()}"
    for category in roles.categories[:3]:
        yield f"Number of {rows} by {_words(category)}"


def _roles(profile: TableProfile) -> _Roles:
    columns = profile.columns
    measures = sorted(filter(_is_measure, columns), key=lambda c: not _is_additive(c))
    categories = sorted(filter(_is_category, columns), key=_groups)
    times = tuple(column for column in columns if column.temporal)
    return _Roles(tuple(measures), tuple(categories), times)


def _is_measure(column: ColumnProfile) -> bool:
    words = set(humanize(column.name).lower().split())
    named = not words & _NOT_MEASURES and _is_plain(column)
    return column.numeric and named and not _is_key_or_year(column)


def _is_plain(column: ColumnProfile) -> bool:
    """A name in words, which a question can repeat without being taken for a value."""
    return humanize(column.name).replace(" ", "").isalpha()


def _is_key_or_year(column: ColumnProfile) -> bool:
    """Integers that count up, or that are calendar years."""
    first, last = column.minimum, column.maximum
    if family(column.type) != "integer" or isinstance(first, str) or isinstance(last, str):
        return False
    low, high = first or 0, last or 0
    counts_up = column.unique and high - low < 2 * (column.distinct_count or 1)
    named = humanize(column.name).lower().endswith(("year", "jahr"))
    return counts_up or named or _YEARS[0] <= low <= high <= _YEARS[1]


def _is_additive(column: ColumnProfile) -> bool:
    return not set(humanize(column.name).lower().split()) & _NOT_ADDITIVE


def _is_category(column: ColumnProfile) -> bool:
    groups = column.distinct_count or 0
    textual = family(column.type) in {"text", "boolean"}
    return textual and 1 < groups <= _MOST_GROUPS and not column.unique and _is_plain(column)


def _groups(column: ColumnProfile) -> tuple[bool, int]:
    groups = column.distinct_count or 0
    return family(column.type) == "boolean", groups


def _measure(column: ColumnProfile) -> str:
    return f"{'Total' if _is_additive(column) else 'Average'} {_words(column)}"


def _words(column: ColumnProfile) -> str:
    return humanize(column.name)

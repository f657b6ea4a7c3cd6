from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings, strategies as st

from spark_interpreter.generation.planner.language import (
    TimeBucket,
    TimePart,
    TimeRange,
    find_times,
    tokenize,
)

TODAY = date(2024, 5, 15)


def only(text: str) -> TimeRange | TimePart | TimeBucket:
    (found,) = find_times(tokenize(text), TODAY)
    return found


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("in 2023", "2023-01-01", "2024-01-01"),
        ("in the year 2000", "2000-01-01", "2001-01-01"),
        ("March 2023", "2023-03-01", "2023-04-01"),
        ("2023-03-15", "2023-03-15", "2023-03-16"),
        ("on 15/03/2023", "2023-03-15", "2023-03-16"),
        ("on March 5th, 2023", "2023-03-05", "2023-03-06"),
        ("on 5 March 2023", "2023-03-05", "2023-03-06"),
        ("in Q2 2024", "2024-04-01", "2024-07-01"),
        ("the second quarter of last year", "2023-04-01", "2023-07-01"),
        ("the first half of 2023", "2023-01-01", "2023-07-01"),
        ("week 12 of 2024", "2024-03-18", "2024-03-25"),
        ("the 90s", "1990-01-01", "2000-01-01"),
        ("between January and March 2023", "2023-01-01", "2023-04-01"),
        ("from 2021 to 2022", "2021-01-01", "2023-01-01"),
        ("2021-2022", "2021-01-01", "2023-01-01"),
        ("before May 2022", None, "2022-05-01"),
        ("after 2020", "2021-01-01", None),
        ("later than 2019", "2020-01-01", None),
        ("prior to 2010", None, "2010-01-01"),
        ("on or after 2020-01-01", "2020-01-01", None),
        ("since May 2022", "2022-05-01", None),
        ("since March", "2024-03-01", None),
        ("since June", "2023-06-01", None),
        ("until 2021", None, "2022-01-01"),
        ("from 2020 onwards", "2020-01-01", None),
        ("last quarter", "2024-01-01", "2024-04-01"),
        ("last month", "2024-04-01", "2024-05-01"),
        ("this year", "2024-01-01", "2025-01-01"),
        ("previous week", "2024-05-06", "2024-05-13"),
        ("the last 30 days", "2024-04-16", "2024-05-16"),
        ("in the last two weeks", "2024-05-02", "2024-05-16"),
        ("past 6 months", "2023-11-16", "2024-05-16"),
        ("yesterday", "2024-05-14", "2024-05-15"),
        ("today", "2024-05-15", "2024-05-16"),
        ("year to date", "2024-01-01", "2024-05-16"),
        ("last December", "2023-12-01", "2024-01-01"),
    ],
)
def test_ranges(text: str, start: str | None, end: str | None) -> None:
    found = only(text)
    assert isinstance(found, TimeRange)
    assert (str(found.start), str(found.end)) == (str(start), str(end))
    assert (found.first, found.stop) == (0, len(tokenize(text)))


@pytest.mark.parametrize(
    ("text", "part", "values"),
    [
        ("in March", "month", (3,)),
        ("in may", "month", (5,)),
        ("between January and March", "month", (1, 2, 3)),
        ("from November to February", "month", (11, 12, 1, 2)),
        ("on Mondays", "weekday", (1,)),
        ("from Monday to Friday", "weekday", (1, 2, 3, 4, 5)),
        ("on weekends", "weekday", (6, 7)),
        ("in the morning", "hour", (5, 6, 7, 8, 9, 10, 11)),
        ("in Q3", "quarter", (3,)),
    ],
)
def test_parts(text: str, part: str, values: tuple[int, ...]) -> None:
    found = only(text)
    assert isinstance(found, TimePart)
    assert (found.part, found.values) == (part, values)


@pytest.mark.parametrize(
    ("text", "grain", "part"),
    [
        ("by month", "month", None),
        ("monthly", "month", None),
        ("for each year", "year", None),
        ("per quarter", "quarter", None),
        ("daily", "day", None),
        ("by weekday", None, "weekday_name"),
        ("by day of the week", None, "weekday_name"),
        ("by hour of day", None, "hour"),
        ("by month name", None, "month_name"),
        ("which day of the week", None, "weekday_name"),
        ("hour of the day", None, "hour"),
    ],
)
def test_buckets(text: str, grain: str | None, part: str | None) -> None:
    found = only(text)
    assert isinstance(found, TimeBucket)
    assert (found.grain, found.part) == (grain, part)


def test_year_over_year_names_the_period() -> None:
    found = only("year over year")
    assert isinstance(found, TimeBucket)
    assert found.previous == "year"


@pytest.mark.parametrize("text", ["may I see it", "the second player", "in 12 rooms", "week"])
def test_not_time(text: str) -> None:
    assert find_times(tokenize(text), TODAY) == ()


def test_a_bare_number_is_not_sure() -> None:
    found = only("more than 2000")
    assert isinstance(found, TimeRange)
    assert not found.sure


def test_what_is_sure_says_so_in_words() -> None:
    found = only("last month")
    assert isinstance(found, TimeRange)
    assert found.sure
    assert found.description == "last month (April 2024)"


_WORDS = (
    "last first this between and from to since may march monday week year quarter half of the in "
    "on 5 31 2020 90 s q2 h1 days months until after or by each every today th , 30 february"
)


@given(st.lists(st.sampled_from(_WORDS.split()), max_size=9), st.dates())
@settings(max_examples=400, deadline=None)
def test_any_order_of_words_is_read_without_failing(words: list[str], today: date) -> None:
    if not 1000 < today.year < 9000:
        return
    found = find_times(tokenize(" ".join(words)), today)
    assert all(a.stop <= b.first for a, b in pairwise(found))

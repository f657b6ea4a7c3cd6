"""Which words of a question are values that the data hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cache

from spark_interpreter.generation.base import FindValues
from spark_interpreter.generation.planner.language.tokens import Token
from spark_interpreter.generation.planner.language.words import read_data, singular, stem
from spark_interpreter.generation.planner.parsing.items import LinkedValue
from spark_interpreter.model import ColumnProfile, TableProfile
from spark_interpreter.model.types import family

_LONGEST = 8
_WORD = 4


def normal(text: str) -> str:
    """A text as values are compared: lower case, single spaces."""
    return " ".join(text.casefold().split())


def typed(column: ColumnProfile, text: str) -> str | int | float | bool | None:
    """The text as a value of the column's type, None if it cannot be one."""
    kind = family(column.type)
    try:
        if kind == "integer":
            return int(text)
        if kind in {"decimal", "float"}:
            return float(text)
    except ValueError:
        return None
    if kind == "boolean":
        return {"true": True, "false": False}.get(text.casefold())
    return text


@cache
def _value_codes() -> dict[str, frozenset[str]]:
    """Word of a question -> how short codes write it."""
    codes: dict[str, frozenset[str]] = {}
    for line in read_data("value_words.txt").splitlines():
        words, _, short = line.partition(":")
        if short and not line.startswith("#"):
            codes.update(dict.fromkeys(words.split(), frozenset(short.split())))
    return codes


def _is_coded(column: ColumnProfile) -> bool:
    """Whether at least two of a few values are words of the list, or all but lone letters."""
    if family(column.type) != "text" or not column.values_complete or len(column.top_values) > 5:
        return False
    known = frozenset().union(*_value_codes().values())
    values = [normal(entry.value) for entry in column.top_values]
    coded = sum(value in known for value in values)
    return coded > 1 or (coded == 1 and all(value in known or len(value) <= 1 for value in values))


@cache
def _yes_no_words() -> tuple[frozenset[str], frozenset[str]]:
    lines = read_data("yes_no.txt").splitlines()
    yes, no = (frozenset(line.split()) for line in lines if not line.startswith("#"))
    return yes, no


def yes_and_no(column: ColumnProfile) -> tuple[str | bool, str | bool] | None:
    """How the column writes a yes and a no; None when it holds anything else."""
    if family(column.type) == "boolean":
        return True, False
    if family(column.type) != "text" or not column.values_complete or len(column.top_values) != 2:
        return None
    yes, no = _yes_no_words()
    first, second = sorted((e.value for e in column.top_values), key=lambda v: normal(v) in no)
    return (first, second) if normal(first) in yes and normal(second) in no else None


class ValueIndex:
    """The sampled values of a table's text columns, by their words."""

    def __init__(self, profile: TableProfile) -> None:
        self.profile = profile
        self._coded_columns = [c for c in profile.columns if _is_coded(c)]
        self._values: defaultdict[str, list[LinkedValue]] = defaultdict(list)
        self._longest = 1
        for column in profile.columns:
            if family(column.type) != "text":
                continue
            for entry in column.top_values:
                key = normal(entry.value)
                if not key:
                    continue
                self._longest = max(self._longest, len(key.split()))
                self._values[key].append(LinkedValue(column, entry.value, 1.0))

    def text_columns(self) -> list[ColumnProfile]:
        return [c for c in self.profile.columns if family(c.type) == "text"]

    def exact(self, text: str) -> tuple[LinkedValue, ...]:
        """Values equal to the text, ignoring case; as written first."""
        found = self._values.get(normal(text), ())
        return tuple(sorted(found, key=lambda v: v.value != text))

    def near(self, text: str) -> tuple[LinkedValue, ...]:
        """Values equal to the text or to its singular or plural."""
        found = self.exact(text)
        if found:
            return found
        words = normal(text).split()
        if len(words) == 1 and (coded := self._coded(words[0])):
            return coded
        if not words or len(words[-1]) < 4:
            return ()
        base = singular(words[-1])
        for last in (base, base + "s"):
            if last != words[-1] and (found := self.exact(" ".join([*words[:-1], last]))):
                return tuple(LinkedValue(v.column, v.value, 0.9) for v in found)
        return ()

    def _coded(self, word: str) -> tuple[LinkedValue, ...]:
        """Codes that mean the word ("female": F), in columns that hold nothing but such codes."""
        codes = _value_codes().get(word)
        if codes is None:
            return ()
        return tuple(
            LinkedValue(column, entry.value, 0.9)
            for column in self._coded_columns
            for entry in column.top_values
            if normal(entry.value) in codes
        )

    def related(self, word: str) -> tuple[LinkedValue, ...]:
        """Values made from the same verb ("cancellation": cancelled), of short lists of values."""
        return tuple(
            LinkedValue(column, entry.value, 0.85)
            for column in self.text_columns()
            if column.values_complete
            for entry in column.top_values
            if len(word) >= _WORD and stem(normal(entry.value)) == stem(word)
        )

    def spans(
        self, question: str, tokens: Sequence[Token]
    ) -> list[tuple[int, int, tuple[LinkedValue, ...]]]:
        """Runs of tokens that spell a value."""
        out = []
        longest = min(_LONGEST, self._longest + 2)
        for first, token in enumerate(tokens):
            if token.kind == "quoted":
                if found := self.exact(token.text):
                    out.append((first, first + 1, found))
                continue
            for stop in range(first + 1, min(first + longest, len(tokens)) + 1):
                if tokens[stop - 1].kind == "quoted":
                    break
                text = question[token.start : tokens[stop - 1].end]
                if found := self.near(text):
                    out.append((first, stop, found))
        return out

    def look_up(
        self, text: str, find: FindValues | None, columns: Sequence[ColumnProfile]
    ) -> tuple[LinkedValue, ...]:
        """Values equal to the text, from the sample or else from the whole source."""
        known = self.exact(text)
        if known or find is None:
            return known
        out = []
        for column in columns:
            if column.values_complete:
                continue
            out += [
                LinkedValue(column, entry.value, 1.0)
                for entry in find(self.profile, column.name, text)
                if normal(entry.value) == normal(text)
            ]
        return tuple(out)

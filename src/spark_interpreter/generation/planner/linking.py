"""Linking: which words of a question name which columns, values or the table itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from spark_interpreter.generation.planner.house import HouseMetric, house_of
from spark_interpreter.generation.planner.language.similarity import (
    NameIndex,
    NameMatch,
    full_words,
)
from spark_interpreter.generation.planner.language.tokens import Token
from spark_interpreter.generation.planner.language.words import singular
from spark_interpreter.generation.planner.linking_values import ValueIndex
from spark_interpreter.generation.planner.parsing.items import Linked
from spark_interpreter.generation.planner.recent import Recent
from spark_interpreter.model import ColumnProfile, TableProfile

MIN_COLUMN_SCORE = 0.55
_WHOLE = 0.84
_SHARED = 0.78
_SERIES = 3
TIE = 0.02


_BREAKS = frozenset(
    (
        "and",
        "or",
        "each",
        "every",
        "per",
        "with",
        "by",
        "whose",
        "is",
        "are",
        "for",
        "in",
        "on",
        "at",
        "who",
        "which",
        "that",
        "have",
        "has",
        "had",
        "no",
        "not",
    )
)
_KEYS = frozenset(("id", "key", "no", "nr", "number"))
_NUMBER_WORDS = frozenset(("number", "num", "no", "n", "count", "cnt", "total"))
_AMOUNT_WORDS = frozenset(("amount", "quantity", "qty", "total"))
_COUNTING = {
    "number": _NUMBER_WORDS, "numbers": _NUMBER_WORDS, "count": _NUMBER_WORDS,
    "amount": _AMOUNT_WORDS | {"value"}, "quantity": _AMOUNT_WORDS,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Link:
    """Tokens `first` up to (not with) `stop` name one of the columns, best first."""

    first: int
    stop: int
    options: tuple[Linked, ...]


class TableLinker:
    """Everything that is known about a table's words; made once for a profile.

    Attributes:
        own: the columns of the table that the rows are of.
        references: names of columns that hold keys of other tables.
        joins: the words may speak of several tables.
    """

    joins = False

    def __init__(self, profile: TableProfile) -> None:
        self.profile = profile
        self.own = profile.columns
        self.references = frozenset(n for key in profile.foreign_keys for n in key.columns)
        house = house_of(profile)
        self.table_words = full_words(" ".join((profile.name, *house.words)))
        self.values: ValueIndex = ValueIndex(profile)
        names = [column.name for column in profile.columns]
        self._places = [*range(len(names)), *(at for _, at in house.column_words)]
        self._index = NameIndex([*names, *(word for word, _ in house.column_words)], profile.name)
        self._table = NameIndex([profile.name, *house.words])
        self._metrics = MetricIndex(house.metrics)
        self._words = {column.name: full_words(column.name) for column in profile.columns}
        self._numbered: defaultdict[tuple[str, ...], list[ColumnProfile]] = defaultdict(list)
        for column in profile.columns:
            words = self.words(column)
            if len(words) > 1 and words[-1].isdigit():
                self._numbered[*words[:-1], str(int(words[-1]))].append(column)
        self._named: dict[str, tuple[Linked, ...]] = {}

    def distance(self, column: ColumnProfile) -> int:
        """How far the column's table is from the one the rows are of."""
        del column
        return 0

    def owner(self, column: ColumnProfile) -> str | None:
        """The table a column belongs to, where the words may mean several."""
        del column
        return None

    def entity(self, linked: Linked) -> bool:
        """Whether a column stands for the rows of another table."""
        del linked
        return False

    def stands_for_rows(self, column: ColumnProfile) -> bool:
        """Whether a column is what the rows of another table are shown by."""
        del column
        return False

    def key_of(self, column: ColumnProfile) -> ColumnProfile | None:
        """The column that holds the key of the thing that a column stands for."""
        words = self.words(column)
        return column if len(words) > 1 and words[-1] in _KEYS else None

    def names_rows(self, tokens: Sequence[Token]) -> bool:
        """Whether the words name the table's rows by the table's own name."""
        return any(score >= _WHOLE for _, _, score in self.table(tokens))

    def relates(self, token: Token) -> bool:
        """Whether the word only says how rows of several tables belong together."""
        del token
        return False

    def words(self, column: ColumnProfile) -> tuple[str, ...]:
        """The words of the column's name, in the singular."""
        return tuple(singular(word) for word in self._words.get(column.name, ()))

    def columns(self, tokens: Sequence[Token]) -> list[Link]:
        """Every run of tokens that may name a column."""
        spans: defaultdict[tuple[int, int], list[Linked]] = defaultdict(list)
        for found in self._index.scan(tokens, longest=6, least=MIN_COLUMN_SCORE):
            column = self.profile.columns[self._places[found.match.index]]
            words = tuple(singular(word) for word in full_words(found.match.name))
            if _joins_too_much(tokens[found.first : found.stop], column, words):
                continue
            spans[found.first, found.stop].append(Linked(column, _adjusted(found.match)))
        self._add_numbered(tokens, spans)
        self._add_key(tokens, spans)
        self._add_label(tokens, spans)
        self._add_shared_nouns(tokens, spans)
        return [Link(first, stop, _each_once(options)) for (first, stop), options in spans.items()]

    def _add_label(
        self, tokens: Sequence[Token], spans: dict[tuple[int, int], list[Linked]]
    ) -> None:
        """As in "name" means the title when no column is called a name."""
        own = {singular(word) for word in self.table_words}
        columns = [c for c in self.profile.columns if not c.numeric]
        titles = [c for c in columns if {"title", "label"} & set(self.words(c))]
        titles = titles or [c for c in columns if set(self.words(c)) == own]
        for at, token in enumerate(tokens):
            if titles and token.lemma == "name" and (at, at + 1) not in spans:
                spans[at, at + 1] = [Linked(titles[0], 0.85)]

    def _add_numbered(
        self, tokens: Sequence[Token], spans: dict[tuple[int, int], list[Linked]]
    ) -> None:
        """As in "answer 7" names answer_007; "answers" alone names none of a long row of them."""
        for key, options in list(spans.items()):
            close = [o for o in options if o.score > options[0].score - TIE]
            if len(close) > _SERIES and close[0].score < _WHOLE:
                del spans[key]
        for at, (word, number) in enumerate(pairwise(tokens)):
            if word.kind == "word" and number.lower.isdigit():
                wanted = (word.lemma, str(int(number.lower)))
                for column in self._numbered.get(wanted, ()):
                    spans[at, at + 2] = [Linked(column, 1.0)]

    def _add_key(self, tokens: Sequence[Token], spans: dict[tuple[int, int], list[Linked]]) -> None:
        """As in "id" means the table's key when no column is called so ("eid", "stuid")."""
        for at, token in enumerate(tokens):
            if token.lemma in {"id", "identifier"} and (at, at + 1) not in spans:
                keys = [c for c in self.profile.columns if c.name.lower().endswith("id")]
                own = [c for c in keys if c.unique] or keys
                if len(own) == 1:
                    spans[at, at + 1] = [Linked(own[0], 0.88)]

    def _add_shared_nouns(
        self, tokens: Sequence[Token], spans: dict[tuple[int, int], list[Linked]]
    ) -> None:
        """As in "first and last name": the noun goes with both."""
        for at in range(1, len(tokens) - 2):
            if tokens[at].lower not in {"and", "or", ",", "/"}:
                continue
            noun = next(
                (t for t in tokens[at + 2 : at + 6] if self._is_noun_of(tokens[at + 1], t)), None
            )
            if noun is None or ((at - 1, at) in spans and spans[at - 1, at][0].score > _WHOLE):
                continue
            found = [
                link
                for link in self.named(f"{tokens[at - 1].lower} {noun.lemma}")
                if link.score > _WHOLE
            ]
            if found:
                spans[at - 1, at] = [Linked(found[0].column, 0.97)]

    def _is_noun_of(self, modifier: Token, noun: Token) -> bool:
        if noun.kind != "word":
            return False
        found = self.named(f"{modifier.lower} {noun.lemma}")
        return bool(found) and found[0].score > _SHARED

    def named(
        self, phrase: str, *, fits: Callable[[ColumnProfile], bool] | None = None
    ) -> tuple[Linked, ...]:
        """Columns that a phrase of our own ("birth date") names, best first."""
        if phrase not in self._named:
            self._named[phrase] = _each_once(
                Linked(self.profile.columns[self._places[match.index]], match.score)
                for match in self._index.match(phrase, least=0.62)
            )
        found = self._named[phrase]
        return found if fits is None else tuple(link for link in found if fits(link.column))

    def table(self, tokens: Sequence[Token]) -> list[tuple[int, int, float]]:
        """Every run of tokens that names the table, with its score."""
        return [
            (found.first, found.stop, found.match.score)
            for found in self._table.scan(tokens, longest=4, least=0.55)
        ]

    def metrics(self, tokens: Sequence[Token]) -> list[tuple[int, int, HouseMetric]]:
        """Every run of tokens that names a metric of the glossary."""
        return self._metrics.spans(tokens)

    def metric(self, phrases: Sequence[str]) -> HouseMetric | None:
        """The glossary's metric of one of these names, if it has one."""
        return self._metrics.named(phrases)


class MetricIndex:
    """Metrics by what they are called."""

    def __init__(self, metrics: Sequence[HouseMetric]) -> None:
        self._named = [(word, metric) for metric in metrics for word in metric.words]
        self._index = NameIndex([word for word, _ in self._named])

    def spans(self, tokens: Sequence[Token]) -> list[tuple[int, int, HouseMetric]]:
        """Runs of tokens that name a metric in full."""
        if not self._named:
            return []
        return [
            (found.first, found.stop, self._named[found.match.index][1])
            for found in self._index.scan(tokens, longest=8, least=0.95)
            if found.match.evidence in {"exact", "stem"}
        ]

    def named(self, phrases: Sequence[str]) -> HouseMetric | None:
        """The metric that is called one of the phrases."""
        by_name = {word.casefold(): metric for word, metric in self._named}
        return next((by_name[phrase] for phrase in phrases if phrase in by_name), None)


def _each_once(options: Iterable[Linked]) -> tuple[Linked, ...]:
    """Each column once, by its best score, best first."""
    found: dict[str, Linked] = {}
    for option in sorted(options, key=lambda option: -option.score):
        found.setdefault(option.column.name, option)
    return tuple(found.values())


def _joins_too_much(span: Sequence[Token], column: ColumnProfile, words: tuple[str, ...]) -> bool:
    """Whether the span runs over words that cannot stand inside the name it was taken for."""
    lower = [token.lower for token in span]
    if any(word in _BREAKS and word not in words for word in lower):
        return True
    lemmas = [token.lemma for token in span if token.lower not in {"of", "the"}]
    if len(set(lemmas)) < len(lemmas):
        return True
    counted = lower[0] in _COUNTING and "of" in lower[1:3]
    named = _COUNTING.get(lower[0], frozenset()) & set(words[:-1] if len(words) > 1 else words)
    return counted and not (column.numeric and named)


def _adjusted(match: NameMatch) -> float:
    """The score, with a part of a name that is said exactly above a mere relative of a name."""
    if match.evidence == "partial":
        return max(match.score, 0.7 + 0.08 * match.coverage)
    if match.evidence == "synonym" and match.score < 0.8:
        return match.score * 0.9
    return match.score


_LINKERS: Recent[TableLinker] = Recent(64)


def linker_for(profile: TableProfile) -> TableLinker:
    """The linker of a profile; the last few are kept."""
    return _LINKERS.of(profile, make=lambda: TableLinker(profile))

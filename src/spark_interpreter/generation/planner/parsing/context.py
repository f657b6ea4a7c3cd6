"""What the rules of a parse share: the table, its columns as expressions, choices made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from spark_interpreter.generation.base import FindValues
from spark_interpreter.generation.planner.house import HouseMetric
from spark_interpreter.generation.planner.language.lexicon import Adjective, Verb, lexicon
from spark_interpreter.generation.planner.language.tokens import Token, split_name
from spark_interpreter.generation.planner.language.words import singular
from spark_interpreter.generation.planner.linking import Link, TableLinker
from spark_interpreter.generation.planner.linking_values import typed
from spark_interpreter.generation.planner.parsing.items import ColumnLinks, Item, Linked
from spark_interpreter.generation.planner.plan import (
    Aggregated,
    Column,
    Constant,
    Expression,
    Named,
)
from spark_interpreter.model import ColumnProfile, TableProfile
from spark_interpreter.model.types import family

Fits = Callable[[ColumnProfile], bool]
_ID_WORDS = frozenset(
    ("id", "ids", "code", "number", "no", "nr", "nbr", "num", "key", "zip", "phone", "ssn")
)
_LABEL_WORDS = ("name", "title", "label")
_BIRTH = frozenset(("birth", "birthday", "birthdate", "born", "dob"))
_FEW = 20
TIE = 0.03
_ALIKE, _WHOLE, _RELATED = 0.01, 0.85, 0.7


@dataclass(frozen=True, slots=True)
class Choice:
    """Columns that the same words name equally well, and how one of them makes the words clear."""

    words: str
    options: tuple[ColumnProfile, ...]
    form: str = "{column}"

    def questions(self, question: str) -> tuple[str, ...]:
        """The question once for each option, with the words made clear."""
        asked = []
        for column in self.options:
            name = " ".join(split_name(column.name)) or column.name
            clear = self.form.format(column=name, words=self.words)
            at = question.casefold().find(self.words.casefold())
            if at < 0:
                asked.append(f"{question.rstrip('?. ')} ({clear})")
            else:
                asked.append(question[:at] + clear + question[at + len(self.words) :])
        return tuple(asked)


@dataclass
class Context:
    """One parse of one question over one table.

    Attributes:
        derived: expressions of columns that are computed ("revenue"), by name.
        computed: those columns themselves.
        parts: columns that together stand for a computed one ("full name"), by its name.
        links: columns that the question's words may name.
        metrics: where the question names metrics of the glossary.
        choices: ties between columns that the parse came across.
    """

    linker: TableLinker
    find_values: FindValues | None = None
    anchor: date = date.min
    anchor_column: str | None = None
    derived: dict[str, Expression] = field(default_factory=dict)
    computed: dict[str, ColumnProfile] = field(default_factory=dict)
    parts: dict[str, tuple[ColumnProfile, ...]] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    metrics: list[tuple[int, int, HouseMetric]] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)

    @property
    def profile(self) -> TableProfile:
        return self.linker.profile

    # --- columns ------------------------------------------------------------------------------

    def pick(self, links: ColumnLinks, fits: Fits | None = None) -> ColumnProfile | None:
        """The best of the linked columns that fits."""
        options = [o for o in links.options if fits is None or fits(o.column)]
        return options[0].column if options else None

    def expression(self, column: ColumnProfile) -> Expression:
        return self.derived.get(column.name) or Column(name=column.name)

    def named(self, column: ColumnProfile) -> Named:
        return Named(name=column.name, value=self.expression(column))

    def column(self, phrase: str, fits: Fits | None = None) -> ColumnProfile | None:
        """The column that a phrase of our own ("birth date") names best."""
        found = self.linker.named(phrase, fits=fits)
        return found[0].column if found else None

    def known(self, name: str) -> ColumnProfile | None:
        """The column of this name, stored or computed."""
        stored = (c for c in self.profile.columns if c.name == name)
        return self.computed.get(name) or next(stored, None)

    def measurable(self, column: ColumnProfile) -> bool:
        """Whether sums and averages of the column make sense."""
        return column.numeric and not self.is_id(column) and not self.refers(column)

    def refers(self, column: ColumnProfile) -> bool:
        """Whether the column holds keys of another table."""
        return column.name in self.linker.references

    def is_id(self, column: ColumnProfile) -> bool:
        """Whether the column tells rows or things apart rather than measuring them."""
        words = self.linker.words(column)
        return bool(words) and words[-1] in _ID_WORDS

    def is_deed(self, item: Item) -> bool:
        """Whether the word says what was done with the rows, and no column is called so.

        As in "students who registered": a registration date is not asked for.
        """
        words = item.text.split()
        column = item.data.best
        done = len(words) == 1 and words[0].endswith("ed")
        return (
            done and words[0] not in self.linker.words(column) and column.name not in self.computed
        )

    def says_key(self, word: str) -> bool:
        """Whether the word asks for what tells things apart ("id", "number")."""
        return singular(word) in _ID_WORDS

    def people(self) -> list[ColumnProfile]:
        """The column of the persons that the rows are about, if one comes up again and again."""
        own = {singular(word) for word in self.linker.table_words}
        if self.label() or any(lexicon().has("person", word) for word in own):
            return []
        found = (
            column
            for column in self.linker.own
            if not column.unique
            and (column.distinct_count or 0) > 1
            and any(lexicon().has("person", word) for word in self.linker.words(column))
        )
        return list(found)[:1]

    def repeats(self, column: ColumnProfile) -> bool:
        """Whether the column's values are a short list that comes up again and again."""
        filled = sum(entry.count for entry in column.top_values)
        return (
            not (column.unique or column.numeric or column.temporal)
            and column.values_complete
            and 2 * len(column.top_values) <= filled
        )

    def names_rows(self, column: ColumnProfile) -> bool:
        """Whether the column is called like the table: its values name the rows."""
        own = {singular(word) for word in self.linker.table_words}
        return (
            bool(set(self.linker.words(column)) - set(_LABEL_WORDS))
            and set(self.linker.words(column)) - set(_LABEL_WORDS) <= own
        )

    def tells_rows(self, column: ColumnProfile) -> bool:
        """Whether the column tells the rows apart, and not just happens to in a few of them."""
        many = (self.profile.row_count or 0) > _FEW
        return column.unique and (many or self.is_id(column) or self.names_rows(column))

    def may_be_rows(self, token: Token) -> bool:
        """Whether a table whose name says nothing may hold the people the word speaks of."""
        nameless = all(lexicon().has("nameless", word) for word in self.linker.table_words)
        return nameless and lexicon().has("person", token.lemma)

    def gradable(self, adjective: Adjective) -> tuple[ColumnProfile, int] | None:
        """The column an adjective speaks of, with the direction; None when there is none."""
        best: tuple[float, ColumnProfile, int] | None = None
        for rank, attribute in enumerate(adjective.attributes):
            if attribute.words.startswith("*"):
                continue
            for linked in self.linker.named(attribute.words, fits=self._sortable):
                score = linked.score - 0.02 * rank
                if linked.score >= _RELATED and (best is None or score > best[0]):
                    best = (score, linked.column, attribute.direction)
        return (best[1], best[2]) if best else None

    def counts(self, adjective: Adjective) -> bool:
        """Whether the adjective can mean the number of rows ("common")."""
        return any(attribute.words.startswith("*") for attribute in adjective.attributes)

    def _sortable(self, column: ColumnProfile) -> bool:
        if family(column.type) == "boolean" or (column.unique and self.is_id(column)):
            return False
        if self.refers(column):
            return False
        return column.numeric or column.temporal or self.date_like(column)

    def date_like(self, column: ColumnProfile) -> bool:
        """Whether the column's name speaks of time, whatever its type."""
        words = set(self.linker.words(column))
        return column.temporal or bool(words & {"date", "year", "time", "day", "month", "birthday"})

    def spoken(self, verb: Verb, fits: Fits) -> ColumnProfile | None:
        """The column a verb stands for."""
        return next(iter(self.spoken_alike(verb, fits)), None)

    def spoken_alike(self, verb: Verb, fits: Fits) -> list[ColumnProfile]:
        """The columns a verb stands for equally well."""
        scores: dict[str, float] = {}
        for rank, attribute in enumerate(verb.attributes):
            for linked in self.linker.named(attribute, fits=fits):
                score = linked.score - 0.02 * rank
                scores[linked.column.name] = max(score, scores.get(linked.column.name, score))
        best = max(scores.values(), default=0.0)
        columns = (self.known(name) for name, score in scores.items() if score == best)
        return [column for column in columns if column is not None]

    def years(self) -> list[ColumnProfile]:
        """Numeric columns that hold calendar years."""
        return [c for c in self.profile.columns if self.is_year(c) and not self._of_birth(c)]

    def is_year(self, column: ColumnProfile) -> bool:
        if not column.numeric or not isinstance(column.minimum, int | float):
            return False
        high = column.maximum if isinstance(column.maximum, int | float) else 0
        return "year" in self.linker.words(column) or (
            family(column.type) == "integer"
            and column.minimum >= 1000
            and high <= 2200
            and self.date_like(column)
        )

    def dates(self) -> list[ColumnProfile]:
        """The table's dates and times, the main one first.

        Only those the question speaks of, if it does of any.
        """
        dates = (c for c in self.profile.columns if c.temporal and not self._of_birth(c))
        found = sorted(dates, key=self._distance)
        said = {link.options[0].column.name for link in self.links}
        return [c for c in found if c.name in said] or found

    def _of_birth(self, column: ColumnProfile) -> bool:
        """Whether the column says when somebody was born, and the question does not ask for it."""
        said = {link.options[0].column.name for link in self.links}
        return bool(_BIRTH & set(self.linker.words(column))) and column.name not in said

    def _distance(self, column: ColumnProfile) -> tuple[int, bool, int, bool]:
        """How far a date is from when the row's event happened: nearest is least."""
        words = set(self.linker.words(column))
        aside = any(lexicon().has("aside_date", word) for word in words)
        own = {singular(word) for word in self.linker.table_words}
        return self.linker.distance(column), aside, column.null_count, not words & own

    def label(self) -> tuple[ColumnProfile, ...]:
        """The columns that tell a person which row is meant."""
        first = [
            c
            for word in _LABEL_WORDS
            for c in self.linker.own
            if word in self.linker.words(c) and not c.numeric
        ]
        own = [c for c in first if self._is_own(c)]
        return tuple(dict.fromkeys(own or first))[:3]

    def _is_own(self, column: ColumnProfile) -> bool:
        words = set(self.linker.words(column)) - set(_LABEL_WORDS)
        return words <= set(self.linker.table_words) | {"first", "last", "full", "f", "l", "given"}

    def note_choice(
        self, words: str, options: Sequence[ColumnProfile], form: str = "{column}"
    ) -> None:
        """Remember that the words fit several columns equally well.

        `form` says how a column makes them clear ("{words} of {column}").
        """
        self.choices.append(Choice(words, tuple(options), form))

    def note_tie(self, item: Item, chosen: ColumnProfile) -> None:
        """Remember that part of a name ("airport", "goals") fits several columns alike."""
        options = item.data.options
        equal = [
            option.column
            for option in options
            if option.score > options[0].score - _ALIKE
            and self.measurable(option.column) == self.measurable(chosen)
        ]
        if len(equal) > 1 and options[0].score < _WHOLE and chosen in equal:
            self.note_choice(item.text, equal)

    # --- values -------------------------------------------------------------------------------

    def constant(self, column: ColumnProfile, value: object) -> Constant | None:
        """The value as a constant that compares with the column; None if it cannot be one."""
        if isinstance(value, bool):
            return Constant(value=value)
        if column.numeric:
            number = typed(column, str(value)) if isinstance(value, str) else value
            if isinstance(number, float) and number.is_integer():
                number = int(number)
            return Constant(value=number) if isinstance(number, int | float) else None
        if family(column.type) == "text":
            if isinstance(value, float) and value.is_integer():
                value = int(value)
            return Constant(value=self.spelled(column, str(value)))
        if column.temporal and isinstance(value, str):
            return Constant(value=value, type="date")
        return None

    def spelled(self, column: ColumnProfile, text: str) -> str:
        """The text as the data spell it, when they have it."""
        find = None if column.name in self.computed else self.find_values
        known = self.linker.values.look_up(text, find, (column,))
        for value in known:
            if value.column.name == column.name:
                return str(value.value)
        return text


def count(distinct: ColumnProfile | None = None, value: Expression | None = None) -> Aggregated:
    """The number of rows, or of different values of a column."""
    if distinct is not None:
        value = value or Column(name=distinct.name)
    return Aggregated(function="count", value=value, distinct=distinct is not None)


def links(columns: Sequence[ColumnProfile], score: float = 1.0) -> ColumnLinks:
    return ColumnLinks(tuple(Linked(column, score) for column in columns))

"""Which of many tables a question is about: found by its words, before anything is parsed."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import cache

from spark_interpreter.generation.planner.house import house_of
from spark_interpreter.generation.planner.language.lexicon import find_measures, lexicon
from spark_interpreter.generation.planner.language.similarity import full_words
from spark_interpreter.generation.planner.language.tokens import Token, tokenize
from spark_interpreter.generation.planner.language.words import singular, stem
from spark_interpreter.generation.planner.recent import Recent
from spark_interpreter.model import TableProfile
from spark_interpreter.model.types import family

MOST_TABLES = 8
"""Tables that are read closely; a question over more is seldom one question."""

_NAME, _LABEL, _COLUMN, _COMMENT, _VALUE, _MEANING = 3.0, 1.5, 1.0, 0.5, 1.2, 0.4
_VALUES = 20
_LONGEST_VALUE = 4


class TableIndex:
    """The words of many tables; rare words weigh more than common ones."""

    def __init__(self, profiles: Sequence[TableProfile]) -> None:
        self.profiles = tuple(profiles)
        self._words: defaultdict[str, dict[int, float]] = defaultdict(dict)
        self._values: defaultdict[str, set[int]] = defaultdict(set)
        for number, profile in enumerate(profiles):
            self._add(number, full_words(profile.name), _NAME)
            self._add(number, full_words(profile.label), _LABEL)
            self._add_house(number, profile)
            for column in profile.columns:
                self._add(number, full_words(column.name), _COLUMN)
                self._add(number, (column.comment or "").lower().split(), _COMMENT)
                if family(column.type) == "text":
                    for entry in column.top_values[:_VALUES]:
                        self._values[entry.value.casefold()].add(number)

    def _add_house(self, number: int, profile: TableProfile) -> None:
        """The glossary's words for the table, its columns and its metrics."""
        house = house_of(profile)
        metrics = [word for metric in house.metrics for word in metric.words]
        for phrase in (*house.words, *metrics):
            self._add(number, full_words(phrase), _NAME)
        for phrase, _ in house.column_words:
            self._add(number, full_words(phrase), _COLUMN)
        for sentence in house.descriptions:
            self._add(number, sentence.lower().split(), _COMMENT)

    def _add(self, number: int, words: Iterable[str], weight: float) -> None:
        for word in words:
            known = self._words[stem(singular(word))]
            known[number] = max(known.get(number, 0.0), weight)

    def best(self, question: str, most: int = MOST_TABLES) -> tuple[TableProfile, ...]:
        """At most so many tables, in the order given: those that fit best, and their bridges."""
        scores = self._scores(question)
        ranked = [number for number, _ in scores.most_common(most)]
        chosen = set(ranked[:most])
        for bridge in self._bridges(chosen):
            if len(chosen) > most:
                break
            chosen.add(bridge)
        return tuple(self.profiles[number] for number in sorted(chosen))

    def _scores(self, question: str) -> Counter[int]:
        """How well each table fits, in hundredths."""
        scores: Counter[int] = Counter()
        tokens = [token for token in tokenize(question) if token.kind != "punctuation"]
        for token in tokens:
            if lexicon().has("stop", token.lower):
                continue
            base = stem(singular(token.lower))
            self._count(scores, self._words.get(base, {}), 1.0)
            for group in lexicon().synonyms.get((singular(token.lower),), ()):
                for word in _meanings(group):
                    if word != base:
                        self._count(scores, self._words.get(word, {}), _MEANING)
        for word in self._operands(tokens):
            self._count(scores, self._words.get(word, {}), 1.0)
        for first in range(len(tokens)):
            for stop in range(first + 1, min(first + _LONGEST_VALUE, len(tokens)) + 1):
                text = question[tokens[first].start : tokens[stop - 1].end].strip("\"'").casefold()
                held = self._values.get(text, ())
                self._count(scores, dict.fromkeys(held, _VALUE), 1.0)
        return scores

    @staticmethod
    def _operands(tokens: Sequence[Token]) -> set[str]:
        """What has to be there for the measures that are named ("revenue": price, quantity)."""
        found = {id(measure): measure for measure, _, _ in find_measures(tokens)}
        phrases = [p for m in found.values() for operand in m.operands for p in operand]
        return {stem(singular(word)) for phrase in phrases for word in phrase.split()}

    def _count(self, scores: Counter[int], found: dict[int, float], factor: float) -> None:
        rare = math.log(1 + len(self.profiles) / (1 + len(found)))
        for number, weight in found.items():
            scores[number] += round(100 * weight * rare * factor)

    def _bridges(self, chosen: set[int]) -> list[int]:
        """Tables that refer to at least two of the chosen, the most connecting first."""
        names = {self.profiles[number].name for number in chosen}
        links = Counter(
            {
                number: len(names & {key.table for key in profile.foreign_keys})
                for number, profile in enumerate(self.profiles)
                if number not in chosen
            }
        )
        return [number for number, count in links.most_common() if count > 1]


@cache
def _words_of() -> dict[int, set[str]]:
    """The single words of each group of synonyms."""
    found: dict[int, set[str]] = {}
    for words, groups in lexicon().synonyms.items():
        if len(words) == 1:
            for group in groups:
                found.setdefault(group, set()).add(words[0])
    return found


@cache
def _meanings(group: int) -> frozenset[str]:
    """Stems of the single words of a group of synonyms."""
    return frozenset(map(stem, _words_of().get(group, ())))


_INDEXES: Recent[TableIndex] = Recent(4)


def relevant(question: str, profiles: Sequence[TableProfile]) -> tuple[TableProfile, ...]:
    """The tables worth reading closely for a question; all of them when they are few."""
    if len(profiles) <= MOST_TABLES:
        return tuple(profiles)
    index = _INDEXES.of(*profiles, make=lambda: TableIndex(profiles))
    return index.best(question) or tuple(profiles[:MOST_TABLES])

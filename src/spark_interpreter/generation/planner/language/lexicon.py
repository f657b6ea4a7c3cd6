"""Knowledge about language as data: synonyms, abbreviations, adjectives, verbs, phrases, measures.

The data files stand in `data/`; this module reads them once and gives typed access.
"""

from __future__ import annotations

import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any, Literal

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from spark_interpreter.generation.planner.language.tokens import Token
from spark_interpreter.generation.planner.language.words import read_data, singular

Degree = Literal["positive", "comparative", "superlative"]
MeasureKind = Literal[
    "product", "difference", "ratio", "sum", "age", "duration", "concat", "count"
]  # fmt: skip
Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A fixed expression found in a question.

    Attributes:
        category: the section of `phrases.toml` it is from ("comparison", "aggregate", ...).
        value: what it means there (">=", "sum", ...).
        first, stop: the tokens it covers, `stop` not included.
    """

    category: str
    value: str
    first: int
    stop: int


@dataclass(frozen=True, slots=True)
class Attribute:
    """Words of a column that an adjective or verb speaks of.

    `direction` +1: large values mean the word ("old": age); -1: small ones ("old": birth date).
    """

    words: str
    direction: int


@dataclass(frozen=True, slots=True)
class Adjective:
    """A gradable adjective found in a question ("older", "most expensive").

    `attributes` are ordered, the likeliest first; `value` is its base form.
    """

    value: str
    degree: Degree
    attributes: tuple[Attribute, ...]
    first: int
    stop: int


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb that stands for a column ("cost": price, "born in": birth place or date)."""

    value: str
    attributes: tuple[str, ...]
    first: int
    stop: int


@dataclass(frozen=True, slots=True)
class Measure:
    """A value that can be computed from columns when no column holds it.

    Attributes:
        name: what it is called ("revenue").
        names: all the phrases that ask for it.
        kind: "product", "difference", "ratio" and "sum" take the operands in their order;
            "age" takes a birth date, "duration" a start and an end; "concat" joins texts with a
            space.
        operands: for each operand the words a column may have, the likeliest first.
        discount: words of an optional fraction (or percentage) taken off a product.
        formula: in words, for the assumption line ("quantity * unit price").
    """

    name: str
    names: tuple[str, ...]
    kind: MeasureKind
    operands: tuple[tuple[str, ...], ...]
    discount: tuple[str, ...] = ()
    formula: str = ""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything the data files say.

    Attributes:
        synonyms: singular words of a phrase -> ids of the groups it belongs to. Negative ids are
            looser groups: related, not the same.
        groups: id -> the phrases of the group.
        expansions: abbreviation -> the words it may stand for.
        vocabulary: single words that are known.
        phrases: words of a fixed phrase -> (category, value) pairs.
        adjectives: base form -> attributes of the positive.
        adjective_forms: form -> (base form, degree).
        verbs: phrase -> (base form, attributes).
        measures: all derived measures.
        sections: section of `words.toml` -> its words.
    """

    synonyms: Mapping[Words, frozenset[int]]
    groups: Mapping[int, tuple[str, ...]]
    expansions: Mapping[str, tuple[str, ...]]
    vocabulary: frozenset[str]
    phrases: Mapping[Words, tuple[tuple[str, str], ...]]
    adjectives: Mapping[str, tuple[Attribute, ...]]
    adjective_forms: Mapping[str, tuple[str, Degree]]
    verbs: Mapping[Words, tuple[str, tuple[str, ...]]]
    measures: tuple[Measure, ...]
    sections: Mapping[str, frozenset[str]]

    def has(self, section: str, word: str) -> bool:
        """Whether the section of `words.toml` ("stop", "question", ...) has the word."""
        return word in self.sections[section]

    def synonyms_of(self, phrase: str) -> tuple[str, ...]:
        """Other phrases that mean the same, in the order of the data."""
        key = tuple(singular(word) for word in phrase.lower().split())
        found: dict[str, None] = {}
        for group in sorted(self.synonyms.get(key, ()), reverse=True):
            found.update(dict.fromkeys(self.groups[group]))
        found.pop(phrase.lower(), None)
        return tuple(found)


@cache
def lexicon() -> Lexicon:
    """The lexicon, read once in a process."""
    synonyms, groups = _read_synonyms()
    expansions = _read_expansions()
    adjectives, adjective_forms = _read_adjectives()
    words = {word for key in synonyms for word in key}
    words.update(expansions)
    words.update(word for full in expansions.values() for word in full)
    words.update(read_data("vocabulary.txt").split())
    return Lexicon(
        synonyms=MappingProxyType(synonyms),
        groups=MappingProxyType(groups),
        expansions=MappingProxyType(expansions),
        vocabulary=frozenset(words),
        phrases=MappingProxyType(_read_phrases()),
        adjectives=MappingProxyType(adjectives),
        adjective_forms=MappingProxyType(adjective_forms),
        verbs=MappingProxyType(_read_verbs()),
        measures=_read_measures(),
        sections=MappingProxyType(_read_sections()),
    )


def find_phrases(tokens: Sequence[Token]) -> tuple[Phrase, ...]:
    """Every fixed phrase of the question, in order of position; longest first at each.

    Phrases overlap where the language is ambiguous; the parser chooses.
    """
    return _find_phrases(tuple(tokens))


@lru_cache(maxsize=64)
def _find_phrases(tokens: tuple[Token, ...]) -> tuple[Phrase, ...]:
    table = lexicon().phrases
    found: list[Phrase] = []
    for first, stop, key in _spans(tokens, _longest("phrases")):
        found.extend(Phrase(category, value, first, stop) for category, value in table.get(key, ()))
    return tuple(_unique(found))


def find_adjectives(tokens: Sequence[Token]) -> tuple[Adjective, ...]:
    """Every gradable adjective, with "more", "most", "less" and "least" taken into account."""
    words = lexicon()
    found: list[Adjective] = []
    for at, token in enumerate(tokens):
        form = words.adjective_forms.get(token.lower) if token.kind == "word" else None
        if form is None:
            continue
        base, degree = form
        first, sign = at, 1
        if degree == "positive" and at and tokens[at - 1].lower in _DEGREE_WORDS:
            degree, sign = _DEGREE_WORDS[tokens[at - 1].lower]
            first = at - 1
        attributes = tuple(
            Attribute(attribute.words, attribute.direction * sign)
            for attribute in words.adjectives[base]
        )
        found.append(Adjective(base, degree, attributes, first, at + 1))
    return tuple(found)


def find_verbs(tokens: Sequence[Token]) -> tuple[Verb, ...]:
    """Every verb that stands for a column, longest first at each position.

    Of "born in" there is also "born", for "born in the 80s".
    """
    table = lexicon().verbs
    found: list[Verb] = []
    for first, stop, key in _spans(tokens, _longest("verbs")):
        covered = any(verb.first < first and stop <= verb.stop for verb in found)
        if (entry := table.get(key)) and not covered:
            found.append(Verb(entry[0], entry[1], first, stop))
    return tuple(found)


def find_measures(tokens: Sequence[Token]) -> tuple[tuple[Measure, int, int], ...]:
    """Derived measures that the question names, each with its first token and stop."""
    found: list[tuple[Measure, int, int]] = []
    names = _measure_names()
    for first, stop, key in _spans(tokens, _longest("measures")):
        found.extend((measure, first, stop) for measure in names.get(key, ()))
    return tuple(found)


@cache
def correct(word: str) -> str | None:
    """The known word that an unknown one of four letters or more misspells, if there is one.

    Of words that are equally near the one that phrases use most is meant.
    """
    if len(word) < 4 or not word.isalpha() or is_known(word):
        return None
    found = process.extractOne(
        word,
        [other for other in _by_use() if other[0] == word[0] and len(other) > 4],
        scorer=DamerauLevenshtein.distance,
        score_cutoff=1 if len(word) < 8 else 2,
    )
    return str(found[0]) if found else None


def is_known(word: str) -> bool:
    """Whether the word, or its singular, is spelt right."""
    known = _known_words()
    return word in known or singular(word) in known


@cache
def _by_use() -> tuple[str, ...]:
    """The known words, those first that most phrases have in them."""
    uses = Counter(word for phrase in lexicon().phrases for word in phrase)
    return tuple(sorted(_known_words(), key=lambda word: (-uses[word], word)))


@cache
def _known_words() -> frozenset[str]:
    """Every word that is spelt right."""
    words = lexicon()
    tables: tuple[Mapping[Words, object], ...] = (words.phrases, words.verbs, _measure_names())
    spelt = {word for table in tables for key in table for word in key}
    return frozenset(spelt.union(words.vocabulary, words.adjective_forms, *words.sections.values()))


def value_variants(text: str) -> tuple[str, ...]:
    """Other ways to write a value: "British" and "UK" for "United Kingdom", "Texas" for "TX".

    Codes of up to three letters count only when the text has them in capitals ("US", not "us").
    """
    table = _value_table()
    key = text.strip().casefold()
    if len(key) <= 3 and not text.strip().isupper():
        return ()
    return tuple(dict.fromkeys(v for v in table.get(key, ()) if v.casefold() != key))


@cache
def _value_table() -> Mapping[str, tuple[str, ...]]:
    index: defaultdict[str, list[str]] = defaultdict(list)
    for line in _lines("values.txt"):
        variants = [part.strip() for part in line.split(",")]
        for variant in variants:
            index[variant.casefold()].extend(variants)
    return {key: tuple(variants) for key, variants in index.items()}


def split_compound(word: str) -> tuple[str, ...]:
    """The words of a lower-case word written together, or the word itself."""
    return _split_compound(word)


_AFTER_A_LETTER = frozenset({"name", "id", "code", "type", "date", "names", "ids"})
"""Words that column names put behind the initial of their table ("cname", "eid")."""

_DEGREE_WORDS: dict[str, tuple[Degree, int]] = {
    "more": ("comparative", 1),
    "most": ("superlative", 1),
    "less": ("comparative", -1),
    "least": ("superlative", -1),
}


@cache
def _split_compound(word: str) -> tuple[str, ...]:
    known = lexicon().vocabulary
    if word in known or singular(word) in known or not word.isalpha():
        return (word,)
    if word[1:] in _AFTER_A_LETTER:
        return word[0], word[1:]
    return (len(word) >= 5 and _best_split(word, known)) or (word,)


def _best_split(word: str, known: frozenset[str]) -> tuple[str, ...] | None:
    """The fewest known words that make up the word: at most three, one of them may be short."""
    best: tuple[str, ...] | None = None
    for at in range(len(word) - 2, 2, -1):
        head, tail = word[:at], word[at:]
        if head not in known:
            continue
        if tail in known or singular(tail) in known:
            rest: tuple[str, ...] | None = (tail,)
        else:
            rest = _best_split(tail, known) if len(tail) >= 6 and at >= 3 else None
        if rest and at >= 3:
            split = (head, *rest)
            if len(split) <= 3 and (best is None or len(split) < len(best)):
                best = split
    return best


def _spans(tokens: Sequence[Token], longest: int) -> Iterator[tuple[int, int, Words]]:
    """Runs of tokens, longest first at each position: as written, singular, spelt right."""
    forms = [
        [token.lower for token in tokens],
        [token.lemma for token in tokens],
        [(token.kind == "word" and correct(token.lower)) or token.lower for token in tokens],
    ]
    for first, token in enumerate(tokens):
        if token.kind == "quoted":
            continue
        for stop in range(min(first + longest, len(tokens)), first, -1):
            if any(t.kind == "quoted" for t in tokens[first:stop]):
                continue
            for key in dict.fromkeys(tuple(form[first:stop]) for form in forms):
                yield first, stop, key


@cache
def _longest(name: Literal["phrases", "verbs", "measures"]) -> int:
    """Words of the table's longest entry."""
    words = lexicon()
    tables: dict[str, Mapping[Words, object]] = {
        "phrases": words.phrases,
        "verbs": words.verbs,
        "measures": _measure_names(),
    }
    return max(map(len, tables[name]), default=0)


def _unique(phrases: Sequence[Phrase]) -> Iterator[Phrase]:
    """Without the shorter ones of the same category that a longer one covers."""
    seen: list[Phrase] = []
    for phrase in phrases:
        covered = any(
            p.category == phrase.category and p.first <= phrase.first and phrase.stop <= p.stop
            for p in seen
        )
        if not covered:
            seen.append(phrase)
            yield phrase


def _lines(name: str) -> Iterator[str]:
    for line in read_data(name).splitlines():
        if line and not line.startswith("#"):
            yield line


def _read_synonyms() -> tuple[dict[Words, frozenset[int]], dict[int, tuple[str, ...]]]:
    index: defaultdict[Words, set[int]] = defaultdict(set)
    groups: dict[int, tuple[str, ...]] = {}
    for number, line in enumerate(_lines("synonyms.txt"), start=1):
        loose = line.startswith("~")
        group = -number if loose else number
        members = tuple(part.strip() for part in line.lstrip("~").split(","))
        groups[group] = members
        for member in members:
            index[tuple(singular(word) for word in member.split())].add(group)
    return {key: frozenset(ids) for key, ids in index.items()}, groups


def _read_expansions() -> dict[str, tuple[str, ...]]:
    index: defaultdict[str, list[str]] = defaultdict(list)
    for line in _lines("abbreviations.txt"):
        full, _, short = line.partition(":")
        for abbreviation in short.split():
            index[abbreviation].append(full.strip())
    return {key: tuple(full) for key, full in index.items()}


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads(read_data(name))


def _read_sections() -> dict[str, frozenset[str]]:
    return {name: frozenset(words.split()) for name, words in _toml("words.toml").items()}


def _read_phrases() -> dict[Words, tuple[tuple[str, str], ...]]:
    index: defaultdict[Words, list[tuple[str, str]]] = defaultdict(list)
    for category, values in _toml("phrases.toml").items():
        for value, phrases in values.items():
            for phrase in phrases.split(","):
                index[tuple(phrase.split())].append((category, value))
    index.pop((), None)
    return {key: tuple(found) for key, found in index.items()}


def _read_adjectives() -> tuple[
    dict[str, tuple[Attribute, ...]], dict[str, tuple[str, Degree]]
]:  # fmt: skip
    attributes: dict[str, tuple[Attribute, ...]] = {}
    forms: dict[str, tuple[str, Degree]] = {}
    degrees: tuple[Degree, ...] = ("positive", "comparative", "superlative")
    for line in _lines("adjectives.txt"):
        head, _, tail = line.partition(":")
        bases = [group.split() for group in head.split("|")]
        meant = tuple(
            Attribute(part.strip().lstrip("-"), -1 if part.strip().startswith("-") else 1)
            for part in tail.split(",")
        )
        for group in bases:
            attributes[group[0]] = meant
            for form, degree in zip(group, degrees, strict=False):
                if form != "_":
                    forms[form] = (group[0], degree)
    return attributes, forms


def _read_verbs() -> dict[Words, tuple[str, tuple[str, ...]]]:
    index: dict[Words, tuple[str, tuple[str, ...]]] = {}
    for line in _lines("verbs.txt"):
        head, _, tail = line.partition(":")
        attributes = tuple(part.strip() for part in tail.split(","))
        phrases = [part.strip() for part in head.split(",")]
        for phrase in phrases:
            index[tuple(phrase.split())] = (phrases[0], attributes)
    return index


def _read_measures() -> tuple[Measure, ...]:
    return tuple(
        Measure(
            name=entry["name"],
            names=tuple(entry["names"]),
            kind=entry["kind"],
            operands=tuple(tuple(operand) for operand in entry["operands"]),
            discount=tuple(entry.get("discount", ())),
            formula=entry["formula"],
        )
        for entry in _toml("measures.toml")["measure"]
    )


@cache
def _measure_names() -> Mapping[Words, tuple[Measure, ...]]:
    index: defaultdict[Words, list[Measure]] = defaultdict(list)
    for measure in lexicon().measures:
        for name in measure.names:
            index[tuple(singular(word) for word in name.split())].append(measure)
    return {key: tuple(found) for key, found in index.items()}

"""How well words of a question name a column, a table or a value."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal

from rapidfuzz.distance import DamerauLevenshtein

from spark_interpreter.generation.planner.language.lexicon import correct, is_known, lexicon
from spark_interpreter.generation.planner.language.tokens import Token, split_name
from spark_interpreter.generation.planner.language.words import singular, stem

Evidence = Literal["exact", "stem", "compound", "abbreviation", "synonym", "fuzzy", "partial"]

_STRENGTH: dict[Evidence, float] = {
    "exact": 1.0,
    "stem": 0.98,
    "compound": 0.96,
    "abbreviation": 0.92,
    "synonym": 0.84,
    "fuzzy": 0.84,
}
_LOOSE_SYNONYM = 0.68
_DERIVED = 0.82
_CORRECTED = 0.93
_HOLLOW = 0.88
_LITERAL = 0.79
_GAP = 0.05
_WHOLE = 0.85
_LONGEST_UNIT = 4
_LETTERS = str.maketrans({"ß": "ss", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "æ": "ae", "đ": "d"})
_WEAK_WEIGHT = 0.35
_REMEMBERED = 2_000
_UNIT_WEIGHT = 0.12


Place = tuple[int, int, int]
"""A name's position in the index, and the run of its words: first, stop."""


@dataclass(frozen=True, slots=True)
class NameMatch:
    """A name that words of a question may mean.

    Attributes:
        index: position of the name in the index.
        score: 0 to 1; every word of the phrase counts, and words of the name that the phrase
            leaves out take a part off.
        evidence: the weakest kind of agreement that was needed; "partial" when words of the name
            are left out.
        coverage: weighted share of the name's words that the phrase names.
    """

    index: int
    name: str
    score: float
    evidence: Evidence
    coverage: float


@dataclass(frozen=True, slots=True)
class SpanMatch:
    """A `NameMatch` for the tokens from `first` up to `stop`, not included."""

    first: int
    stop: int
    match: NameMatch


@dataclass(frozen=True, slots=True)
class _Piece:
    """Words of the phrase that agree with words of a name; both ends half-open."""

    phrase: tuple[int, int]
    name: tuple[int, int]
    strength: float
    evidence: Evidence


_APART = frozenset(
    ("and", "or", "with", "than", "who", "that", "which", "is", "are", "has", "have")
)  # fmt: skip
"""Words that stand between two names, and in one only if it has them."""


@dataclass(slots=True)
class NameIndex:
    """Column or table names, prepared for many look-ups.

    Args:
        names: the names, in the order their positions refer to.
        context: the name of the table the columns belong to; its words count little in a
            column's name ("customer_name" in "customers" is the name).
    """

    names: Sequence[str]
    context: str = ""
    _words: list[tuple[str, ...]] = field(init=False, repr=False)
    _weights: list[tuple[float, ...]] = field(init=False, repr=False)
    _units: dict[tuple[str, ...], list[Place]] = field(init=False, repr=False)
    _joined: dict[str, list[Place]] = field(init=False, repr=False)
    _groups: dict[int, list[Place]] = field(init=False, repr=False)
    _vocabulary: dict[str, list[tuple[int, int]]] = field(init=False, repr=False)
    _known: dict[tuple[str, ...], list[NameMatch]] = field(init=False, repr=False)
    _short: dict[str, list[Place]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._known = {}
        self._words = [full_words(name) for name in self.names]
        context = {stem(word) for word in full_words(self.context)} | _shared(self._words)
        self._weights = [_weights(words, context) for words in self._words]
        units, joined, groups = defaultdict(list), defaultdict(list), defaultdict(list)
        vocabulary = defaultdict(list)
        for index, words in enumerate(self._words):
            for at, word in enumerate(words):
                vocabulary[word].append((index, at))
            for first in range(len(words)):
                for stop in range(first + 1, min(first + _LONGEST_UNIT, len(words)) + 1):
                    place = (index, first, stop)
                    units[tuple(stem(word) for word in words[first:stop])].append(place)
                    joined["".join(words[first:stop])].append(place)
                    for group in _groups_of(words[first:stop]):
                        groups[group].append(place)
        self._units, self._joined, self._groups = units, joined, groups
        self._vocabulary = vocabulary
        self._short = defaultdict(list)
        for word, places in vocabulary.items():
            for full in lexicon().expansions.get(word, ()):
                self._short[full].extend((index, at, at + 1) for index, at in places)

    def match(self, phrase: str | Sequence[Token], *, least: float = 0.5) -> list[NameMatch]:
        """Names the whole phrase may mean, best first; at least `least` in score."""
        words = phrase_words(phrase)
        found = self._matches(words, least) if words else []
        if len(words) == 1 and _grades(words[0]):
            return [match for match in found if match.coverage > _WHOLE]
        if found or not words:
            return found
        if len(words) > 1 and lexicon().has("hollow", words[-1]):
            return [
                replace(match, score=round(match.score * _HOLLOW, 4))
                for match in self._matches(words[:-1], least / _HOLLOW)
                if match.coverage > _WHOLE
            ]
        corrected = tuple(correct(word) or word for word in words)
        if corrected == words:
            return []
        return [
            replace(match, score=round(match.score * _CORRECTED, 4), evidence="fuzzy")
            for match in self._matches(corrected, least / _CORRECTED)
        ]

    def _matches(self, words: tuple[str, ...], least: float) -> list[NameMatch]:
        if words not in self._known:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[words] = self._all_matches(words)
        return [match for match in self._known[words] if match.score >= least]

    def _all_matches(self, words: tuple[str, ...]) -> list[NameMatch]:
        pieces: defaultdict[int, list[_Piece]] = defaultdict(list)
        for first in range(len(words)):
            for stop in range(first + 1, min(first + _LONGEST_UNIT, len(words)) + 1):
                for index, piece in self._pieces(words[first:stop], first):
                    pieces[index].append(piece)
        found = [self._score(index, words, parts) for index, parts in pieces.items()]
        kept = _named_before_meant([match for match in found if match is not None])
        return sorted(kept, key=lambda match: (-match.score, match.index))

    def scan(
        self, tokens: Sequence[Token], *, longest: int = 5, least: float = 0.6
    ) -> list[SpanMatch]:
        """Matches of every run of word tokens, by position, longest first."""
        found: list[SpanMatch] = []
        for first in range(len(tokens)):
            for stop in range(min(first + longest, len(tokens)), first, -1):
                span = tokens[first:stop]
                if all(token.kind == "word" for token in span) and not _edge_is_small(span):
                    apart = {token.lower for token in span} & _APART
                    found.extend(
                        SpanMatch(first, stop, match)
                        for match in self.match(span, least=least)
                        if apart <= set(self._words[match.index])
                    )
        return found

    def _pieces(self, words: Sequence[str], at: int) -> Iterable[tuple[int, _Piece]]:
        """Agreements of one run of phrase words with runs of words of any name."""
        span = (at, at + len(words))
        seen: set[Place] = set()
        for places, strength, evidence in self._lookups(words):
            for place in places:
                if place not in seen:
                    seen.add(place)
                    yield place[0], _Piece(span, place[1:], strength, evidence)

    def _lookups(self, words: Sequence[str]) -> Iterable[tuple[list[Place], float, Evidence]]:
        units = self._units.get(tuple(stem(word) for word in words), [])
        exact = [p for p in units if list(self._words[p[0]][p[1] : p[2]]) == list(words)]
        yield exact, _STRENGTH["exact"], "exact"
        yield units, _STRENGTH["stem"], "stem"
        joined = "".join(words)
        yield self._joined.get(joined, []), _STRENGTH["compound"], "compound"
        yield self._joined.get(singular(joined), []), _STRENGTH["compound"], "compound"
        yield from self._abbreviations(words)
        groups = _groups_of(tuple(words))
        same = self._of_groups(g for g in groups if g > 0)
        yield self._within(words, same), _STRENGTH["compound"], "synonym"
        yield same, _STRENGTH["synonym"], "synonym"
        yield self._of_groups(g for g in groups if g < 0), _LOOSE_SYNONYM, "synonym"
        if len(words) == 1:
            yield self._initials(words[0]), 0.8, "abbreviation"
            yield from self._by_spelling(words[0], known=bool(units or groups))

    def _within(self, words: Sequence[str], places: list[Place]) -> list[Place]:
        """Those of the places whose words are among these ("email" for "email address")."""
        stems = {stem(word) for word in words}
        return [p for p in places if all(stem(w) in stems for w in self._words[p[0]][p[1] : p[2]])]

    def _initials(self, word: str) -> list[Place]:
        """Single letters before "id" and the like that begin the word ("r_id" for "reviewer")."""
        places = self._vocabulary.get(word[0], ()) if len(word) > 2 else ()
        return [(i, at, at + 1) for i, at in places if at == 0 and len(self._words[i]) == 2]

    def _of_groups(self, groups: Iterable[int]) -> list[Place]:
        return [place for group in groups for place in self._groups.get(group, [])]

    def _abbreviations(self, words: Sequence[str]) -> Iterable[tuple[list[Place], float, Evidence]]:
        """Names that abbreviate the words ("qty", "dob"), and words that abbreviate names."""
        full = " ".join(words)
        plain = " ".join(singular(word) for word in words)
        short = [*self._short.get(full, ()), *(self._short.get(plain, ()) if plain != full else ())]
        yield short, _STRENGTH["abbreviation"], "abbreviation"
        if len(words) == 1:
            for expansion in lexicon().expansions.get(words[0], ()):
                stems = tuple(stem(word) for word in expansion.split())
                yield self._units.get(stems, []), _STRENGTH["abbreviation"], "abbreviation"
        if len(words) > 1:
            initials = "".join(word[0] for word in words)
            places = [(i, at, at + 1) for i, at in self._vocabulary.get(initials, [])]
            yield (places if len(initials) > 2 else []), 0.8, "abbreviation"

    def _by_spelling(
        self, word: str, *, known: bool
    ) -> Iterable[tuple[list[Place], float, Evidence]]:
        """Shortened and misspelt words."""
        for other, places in self._vocabulary.items():
            strength, evidence = spelling(word, other, known=known)
            if strength:
                yield [(i, at, at + 1) for i, at in places], strength, evidence

    def _score(
        self, index: int, words: Sequence[str], pieces: Sequence[_Piece]
    ) -> NameMatch | None:
        """The best choice of pieces that do not overlap; None if words of the phrase remain."""
        choices = (
            _choose(sorted(pieces, key=lambda p: (p.phrase[0] - p.phrase[1], -p.strength))),
            _choose(sorted(pieces, key=lambda p: (-p.strength, p.phrase[0] - p.phrase[1]))),
        )
        matches = [self._weigh(index, words, chosen) for chosen in choices]
        return max((m for m in matches if m), key=lambda m: m.score, default=None)

    def _weigh(
        self, index: int, words: Sequence[str], chosen: Sequence[_Piece]
    ) -> NameMatch | None:
        phrase_left, name_left = set(range(len(words))), set(range(len(self._words[index])))
        for piece in chosen:
            phrase_left -= set(range(*piece.phrase))
            name_left -= set(range(*piece.name))
        gained = sum(piece.strength * (piece.phrase[1] - piece.phrase[0]) for piece in chosen)
        evidence = min(chosen, key=lambda piece: piece.strength).evidence
        loose = [words[at] for at in phrase_left if not _is_small(words[at])]
        if loose:
            return None
        named = len(words) - len(phrase_left)
        weights = self._weights[index]
        coverage = 1 - sum(weights[at] for at in name_left) / (sum(weights) or 1)
        tail = len(weights) - 1 in name_left and weights[-1] == 1.0
        score = (gained / max(named, 1)) * (0.6 + 0.4 * coverage) * (0.95 if tail else 1.0)
        kind: Evidence = (
            "partial" if coverage < 0.999 and evidence in {"exact", "stem"} else evidence
        )
        return NameMatch(
            index, self.names[index], round(min(score, 1.0), 4), kind, round(coverage, 4)
        )


def _named_before_meant(matches: Sequence[NameMatch]) -> list[NameMatch]:
    """A name that has the words themselves goes before one that only means the same.

    "price" is rather "list_price" than "cost".
    """
    literal = max((m.score for m in matches if m.evidence == "partial"), default=0.0)
    if literal < _LITERAL:
        return list(matches)
    most = round(literal - _GAP, 4)
    return [replace(m, score=min(m.score, most)) if m.evidence == "synonym" else m for m in matches]


def _choose(pieces: Sequence[_Piece]) -> list[_Piece]:
    """Pieces in the given order of preference, without those that overlap earlier ones."""
    chosen: list[_Piece] = []
    for piece in pieces:
        if not any(
            _overlap(piece.phrase, c.phrase) or _overlap(piece.name, c.name) for c in chosen
        ):
            chosen.append(piece)
    return chosen


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def similarity(phrase: str | Sequence[Token], name: str, *, context: str = "") -> float:
    """How well the phrase names `name`, 0 to 1."""
    matches = NameIndex([name], context).match(phrase, least=0.0)
    return matches[0].score if matches else 0.0


def phrase_words(phrase: str | Sequence[Token]) -> tuple[str, ...]:
    """The words of a phrase of a question; names in it ("unit_price") come apart."""
    if isinstance(phrase, str):
        return full_words(phrase)
    return tuple(
        word
        for token in phrase
        if token.kind in {"word", "number", "symbol", "quoted"}
        for word in full_words(token.text)
    )


def full_words(name: str) -> tuple[str, ...]:
    """`split_name` without accents, and with single letters before "name" written out ("lname")."""
    words = list(split_name(_plain_letters(name)))
    for at, word in enumerate(words[:-1]):
        if words[at + 1] == "name":
            words[at] = {"f": "first", "l": "last", "m": "middle"}.get(word, word)
    return tuple(words)


def _plain_letters(text: str) -> str:
    """The text without accents ("Bevölkerung" as "Bevolkerung")."""
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    kept = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return unicodedata.normalize("NFC", kept)


@lru_cache(maxsize=65536)
def spelling(word: str, other: str, *, known: bool = False) -> tuple[float, Evidence]:
    """How much `other` looks like `word` shortened or misspelt: (0, "fuzzy") if it does not.

    A `known` word (one that names something else already, or has synonyms) is not taken for a
    misspelling.
    """
    if len(word) > len(other) >= 3 and _shortens(other, word):
        return 0.8 if len(other) >= 4 else 0.74, "abbreviation"
    if len(other) > len(word) >= 3 and _shortens(word, other):
        return 0.76, "abbreviation"
    if word[0] == other[0] and _derived(word, other):
        return _DERIVED, "stem"
    both_known = (known or is_known(word)) and is_known(other)
    if both_known or min(len(word), len(other)) < 4 or word[0] != other[0]:
        return 0.0, "fuzzy"
    distance = DamerauLevenshtein.distance(word, other, score_cutoff=2)
    if distance > (1 if min(len(word), len(other)) < 8 else 2):
        return 0.0, "fuzzy"
    return _STRENGTH["fuzzy"] - 0.04 * (distance - 1), "fuzzy"


def _shortens(short: str, full: str) -> bool:
    """A beginning ("dept", "desc") or the consonants ("mgr", "cstmr") of the full word."""
    if short in lexicon().vocabulary and short not in lexicon().expansions:
        return False
    if full.startswith(short):
        return len(full) - len(short) >= 2 and len(short) * 4 >= len(full)
    if short[0] != full[0] or len(short) < 3 or any(letter in "aeiou" for letter in short[1:]):
        return False
    letters = iter(full)
    skeleton = [letter for letter in full[1:] if letter not in "aeiou"]
    return all(letter in letters for letter in short) and 2 * len(short) >= len(skeleton)


def _derived(word: str, other: str) -> bool:
    """Whether one is built on the other ("settlement" and "settled", "national" and "nation")."""
    one, two = sorted((stem(word), stem(other)), key=len)
    if len(one) < 4 or any(lexicon().has("underived", w) for w in (word, other)):
        return False
    return two.startswith(one) and lexicon().has("ending", two[len(one) :])


@lru_cache(maxsize=32768)
def _groups_of(words: tuple[str, ...]) -> frozenset[int]:
    return lexicon().synonyms.get(tuple(singular(word) for word in words), frozenset())


def _shared(names: Sequence[tuple[str, ...]]) -> set[str]:
    """Stems that begin so many of the names that they tell nothing ("emp_id", "emp_name", ...)."""
    counts = Counter(stem(words[0]) for words in names if len(words) > 1)
    return {first for first, count in counts.items() if count >= 4 and 2 * count >= len(names)}


def _weights(words: Sequence[str], context: set[str]) -> tuple[float, ...]:
    """How much each word says: words of the table's name, units and the like say little."""
    weights = [_weight(word, context) for word in words]
    if words and all(weight < 1 for weight in weights):
        return tuple(1.0 if weight > _UNIT_WEIGHT else weight for weight in weights)
    return tuple(weights)


def _weight(word: str, context: set[str]) -> float:
    words = lexicon()
    if words.has("unit", word) or words.has("stop", word):
        return _UNIT_WEIGHT
    if stem(word) in context or len(word) == 1 or words.has("weak_column", word):
        return _WEAK_WEIGHT
    return 1.0


def _grades(word: str) -> bool:
    """Whether the word alone is an adjective rather than a part of a name ("highest")."""
    return word in lexicon().adjective_forms and word not in {"first", "last"}


def _is_small(word: str) -> bool:
    return lexicon().has("stop", word)


def _edge_is_small(span: Sequence[Token]) -> bool:
    edges = (span[0], span[-1])
    return any(_is_small(token.lower) for token in edges)

"""Words of a question, and words of a column's or table's name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from spark_interpreter.generation.planner.language.words import singular, stem

TokenKind = Literal["word", "number", "quoted", "date", "email", "symbol", "punctuation"]


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a question.

    Attributes:
        text: as written; without its quotes for a quoted string.
        lower: `text` in lower case.
        stem: the word's stem; equal to `lower` for everything that is not a word.
        start, end: character positions in the NFC form of the question, quotes included.
        kind: what it is. Possessive endings ("'s") are punctuation of their own.
    """

    text: str
    lower: str
    stem: str
    start: int
    end: int
    kind: TokenKind

    @property
    def lemma(self) -> str:
        """The word in the singular, lower case."""
        return singular(self.lower) if self.kind == "word" else self.lower

    def __str__(self) -> str:
        return self.text


_QUOTES = {
    '"': '"',
    "'": "'",
    "`": "`",
    "“": "”",
    "‘": "’",
    "„": "“”",
    "«": "»",
    "‹": "›",
    "’": "’",
}
_PATTERNS: tuple[tuple[TokenKind, str], ...] = (
    ("email", r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    ("date", r"\d{4}-\d{1,2}-\d{1,2}(?:[T ]\d{1,2}:\d{2}(?::\d{2})?Z?)?(?!\w)"),
    ("date", r"\d{1,2}/\d{1,2}/\d{2,4}(?!\w)|\d{4}/\d{1,2}/\d{1,2}(?!\w)"),
    ("date", r"\d{1,2}\.\d{1,2}\.\d{4}(?!\w)|\d{4}-\d{2}(?![\w-])|\d{1,2}:\d{2}(?::\d{2})?(?!\w)"),
    ("word", r"[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|edu|gov|io|co|uk|csv|txt|html|pdf|json)(?!\w)"),
    ("word", r"(?<!\S)/[\w./-]*\w"),
    ("word", r"[A-Z]{1,4}-\d+(?:-\w+)*(?!\w)|[^\W\d_]+(?:\.?\d+)+(?:-[^\W_]+)*(?!\.?\w)"),
    ("number", r"(?:(?<![\w.)])-)?\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\w,]\d)"),
    ("number", r"(?:(?<![\w.)])-)?(?:\d*\.)?\d+(?=(?:[kKmMbBsx]|bn|mm|st|nd|rd|th)?(?!\w)|-|%)"),
    ("word", r"\w+(?:_\w+)+|\d+[^\W\d_]\w*|_\w+"),
    ("word", r"[^\W\d_]\.(?:[^\W\d_]\.)+"),
    ("word", r"[^\W\d_]+n['’]t(?!\w)"),
    ("word", r"[OoDdL]['’][^\W\d_]{2,}"),
    ("punctuation", r"['’][sS](?!\w)|(?<=[sS])['’](?!\w)"),
    ("word", r"[^\W_][^\W_\u2019']*(?:[ªº])?"),
    ("symbol", r">=|<=|<>|!=|==|=>|=<|&&|\|\||[<>=≥≤≠±×÷+*/%$€£¥₹#@&~|^-]"),
    ("punctuation", r"\.{2,}|[^\w\s]|_"),
)  # fmt: skip
_SCANNERS = tuple((kind, re.compile(pattern)) for kind, pattern in _PATTERNS)
_SPACE = re.compile(r"\s+")
_NUMBER_SUFFIX = re.compile(r"(?:k|m|bn?|st|nd|rd|th|s|x|mm)(?!\w)", re.IGNORECASE)


def tokenize(question: str) -> tuple[Token, ...]:
    """The question's words, numbers, quoted strings, dates and signs, in order.

    Hyphenated words become separate words ("year-over-year"); codes ("AB-123"), `snake_case` and
    `camelCase` stay whole. The suffix of a number ("1.5k", "3rd") is a word of its own.
    """
    text = unicodedata.normalize("NFC", question)
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        if space := _SPACE.match(text, position):
            position = space.end()
            continue
        token = _quoted(text, position) or _next(text, position, tokens)
        tokens.append(token)
        position = token.end
        if text[position : position + 1] == "-" and _joins_words(text, position):
            position += 1
    return tuple(tokens)


def _next(text: str, position: int, tokens: Sequence[Token]) -> Token:
    after_number = tokens and tokens[-1].kind == "number" and tokens[-1].end == position
    if after_number and (suffix := _NUMBER_SUFFIX.match(text, position)):
        return _token(suffix.group(), position, suffix.end(), "word")
    for kind, scanner in _SCANNERS:
        if match := scanner.match(text, position):
            return _token(match.group(), position, match.end(), kind)
    return _token(text[position], position, position + 1, "punctuation")


def _token(text: str, start: int, end: int, kind: TokenKind) -> Token:
    lower = text.lower().replace("’", "'")
    return Token(text, lower, stem(lower) if kind == "word" else lower, start, end, kind)


def _quoted(text: str, position: int) -> Token | None:
    """The quoted string that opens here, unless the sign is an apostrophe."""
    closers = _QUOTES.get(text[position])
    before = text[position - 1] if position else " "
    if closers is None or before.isalnum():
        return None
    for end in range(position + 1, len(text)):
        if text[end] in closers and not _inside_word(text, end):
            content = text[position + 1 : end].strip()
            if not content:
                return None
            return _token(content, position, end + 1, "quoted")
    return None


def _inside_word(text: str, position: int) -> bool:
    after = text[position + 1 : position + 2]
    return text[position] in "'’" and after.isalnum()


def _joins_words(text: str, position: int) -> bool:
    before, after = text[position - 1], text[position + 1 : position + 2]
    return (after.isalpha() and before.isalnum()) or (before.isalpha() and after.isdigit())


_LETTERS_BEFORE_CAMEL = re.compile(r"([a-zà-ÿ])([A-ZÀ-Þ])")
_ACRONYM_BEFORE_WORD = re.compile(r"([A-ZÀ-Þ])([A-ZÀ-Þ][a-zà-ÿ])")
_DIGIT_EDGE = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
_NOT_WORD = re.compile(r"[\W_]+")


@lru_cache(maxsize=16384)
def split_name(name: str) -> tuple[str, ...]:
    """The words of a column's or table's name, in lower case.

    Understands `snake_case`, `camelCase`, spaces and punctuation, and words written together when
    all of them are known ("unitprice", "fname").
    """
    # Imported here: the vocabulary is the lexicon's, which is built on this module.
    from spark_interpreter.generation.planner.language.lexicon import (
        split_compound,
    )

    text = unicodedata.normalize("NFC", name).replace("%", " percent ").replace("#", " number ")
    text = text.replace("'s", "s").replace("’s", "s")
    if not text.isupper():
        text = _ACRONYM_BEFORE_WORD.sub(r"\1 \2", _LETTERS_BEFORE_CAMEL.sub(r"\1 \2", text))
    text = _DIGIT_EDGE.sub(" ", text)
    pieces = [piece.lower() for piece in _NOT_WORD.split(text) if piece]
    return tuple(word for piece in pieces for word in split_compound(piece))

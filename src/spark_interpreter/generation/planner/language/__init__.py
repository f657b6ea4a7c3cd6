"""Language: tokens, numbers, time, likeness of names, and the lexicon. No question leaves here."""

from spark_interpreter.generation.planner.language.lexicon import (
    Adjective,
    Attribute,
    Lexicon,
    Measure,
    Phrase,
    Verb,
    find_adjectives,
    find_measures,
    find_phrases,
    find_verbs,
    lexicon,
    value_variants,
)
from spark_interpreter.generation.planner.language.moments import (
    TimeBucket,
    TimeExpression,
    TimePart,
    TimeRange,
)
from spark_interpreter.generation.planner.language.numbers import (
    Number,
    find_numbers,
    parse_number,
)
from spark_interpreter.generation.planner.language.similarity import (
    NameIndex,
    NameMatch,
    SpanMatch,
    similarity,
)
from spark_interpreter.generation.planner.language.time import find_times
from spark_interpreter.generation.planner.language.tokens import Token, split_name, tokenize
from spark_interpreter.generation.planner.language.words import singular, stem

__all__ = [
    "Adjective",
    "Attribute",
    "Lexicon",
    "Measure",
    "NameIndex",
    "NameMatch",
    "Number",
    "Phrase",
    "SpanMatch",
    "TimeBucket",
    "TimeExpression",
    "TimePart",
    "TimeRange",
    "Token",
    "Verb",
    "find_adjectives",
    "find_measures",
    "find_numbers",
    "find_phrases",
    "find_times",
    "find_verbs",
    "lexicon",
    "parse_number",
    "similarity",
    "singular",
    "split_name",
    "stem",
    "tokenize",
    "value_variants",
]

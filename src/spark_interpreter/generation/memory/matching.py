"""Which verified examples belong to a question."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from spark_interpreter.model import Example, ExampleTable, FileSource, TableProfile, source_word

_LIKE = 55.0
"""Similarity (0 to 100) below which an example would only distract."""


def same_question(left: str, right: str) -> bool:
    """Whether two questions differ in nothing but case, spaces and a sign at their end."""
    return _folded(left) == _folded(right)


def fits(example: Example, profiles: Iterable[TableProfile]) -> bool:
    """Whether the example's tables are there, with the columns its program uses as they were."""
    by_name = {profile.name: profile for profile in profiles}
    return all(_has(by_name.get(table.name), table) for table in example.tables)


def similar(
    question: str, examples: Iterable[Example], profiles: Sequence[TableProfile], *, limit: int = 4
) -> tuple[Example, ...]:
    """The examples that fit the tables and say something like the question, closest first."""
    from rapidfuzz import fuzz

    wanted = _folded(question)
    scored = [
        (fuzz.token_set_ratio(wanted, _folded(example.question)), example)
        for example in examples
        if fits(example, profiles)
    ]
    close = sorted((s for s in scored if s[0] >= _LIKE), key=lambda s: (-s[0], s[1].id))
    return tuple(example for _, example in close[:limit])


def place_of(profile: TableProfile) -> str:
    """What an example says of a source: a table's word; of a file only its name."""
    source = profile.source
    if isinstance(source, FileSource):
        return re.split(r"[/\\]", source.uri.rstrip("/\\"))[-1]
    return source_word(source)


def _has(profile: TableProfile | None, table: ExampleTable) -> bool:
    if profile is None or place_of(profile) != table.source:
        return False
    types = {column.name: column.type for column in profile.columns}
    return all(types.get(name) == kind for name, kind in table.columns.items())


def _folded(question: str) -> str:
    text = unicodedata.normalize("NFKC", question).casefold()
    return " ".join(text.split()).rstrip("?!. ")

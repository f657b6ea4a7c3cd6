"""Tables that belong together by two or three columns at once.

Such keys are looked for in the data, so only where a question needs two tables that nothing else
links, and only among columns that both call the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations, islice

from spark_interpreter.generation.base import ColumnPair, GenerationRequest
from spark_interpreter.generation.planner.house import house_of
from spark_interpreter.generation.planner.language.lexicon import lexicon
from spark_interpreter.generation.planner.language.similarity import full_words
from spark_interpreter.generation.planner.language.tokens import tokenize
from spark_interpreter.generation.planner.language.words import singular
from spark_interpreter.generation.planner.linking import linker_for
from spark_interpreter.generation.planner.views.scope import table_mentions
from spark_interpreter.generation.planner.views.view import view_of
from spark_interpreter.model import ColumnProfile, Draft, ForeignKey, Reference, TableProfile
from spark_interpreter.model.types import family

MEMORY = "keys"
"""Where a draft's state has the references that its joins go by."""

Way = tuple[Reference, ...]
Words = tuple[str, ...]

_MOST_PAIRS = 6
_SAID, _NAMED = 0.75, 0.95
_KEY_WORDS = frozenset(("id", "ids", "key", "code", "no", "nr", "number", "num"))
_AMOUNTS = frozenset(
    ("quantity", "qty", "amount", "price", "total", "count", "sum", "value", "cost", "weight",
     "score", "revenue", "sale", "unit", "discount", "rate")
)  # fmt: skip
_CHOICE = re.compile(r"\s*\(matched by ([^()]+)\)")


def choice_in(question: str) -> tuple[str, str]:
    """The question without the words that choose among keys, and these words."""
    found = _CHOICE.search(question)
    return (_CHOICE.sub("", question), found[1]) if found else (question, "")


def chosen(question: str, key: Reference) -> str:
    """The question with words that choose the key."""
    return f"{question.rstrip('?. ')} (matched by {' and '.join(key.key.columns)})"


def ways(request: GenerationRequest, choice: str = "") -> tuple[Way, ...]:
    """How the tables of the question can be linked that nothing links yet, the best keys of each.

    Several if two keys of the same tables are equally good.

    Args:
        choice: the words that choose among them.
    """
    found = [keys for pair in _apart(request) if (keys := _keys_between(*pair, request, choice))]
    first = tuple(keys[0] for keys in found)
    several = next((keys for keys in found if len(keys) > 1), ())
    rest = tuple(key for key in first if key not in several)
    return tuple((key, *rest) for key in several) or ((first,) if first else ())


def overlooks(request: GenerationRequest, tables: Sequence[str]) -> bool:
    """Whether words name a table that is not used, or a column of one, and none of those used."""
    tokens = tokenize(request.question)
    if any(mention.table not in tables for mention in table_mentions(tokens, request.profiles)):
        return True
    named: dict[bool, set[int]] = {True: set(), False: set()}
    for profile in request.profiles:
        inside = profile.name in tables
        for link in linker_for(profile).columns(tokens):
            if link.options[0].score >= (_SAID if inside else _NAMED):
                named[inside] |= set(range(link.first, link.stop))
    return not named[False] <= named[True]


def linked(request: GenerationRequest, way: Way) -> GenerationRequest:
    """The request with the references among those of its tables.

    What a part of such a key alone refers to is not one row.
    """
    profiles = []
    for profile in request.profiles:
        keys = tuple(one.key for one in way if one.holder == profile.name)
        known = tuple(
            k for k in profile.foreign_keys if not any(_is_part_of(k, key) for key in keys)
        )
        more = profile.model_copy(update={"foreign_keys": (*known, *keys)}) if keys else profile
        profiles.append(more)
    return request.model_copy(update={"profiles": tuple(profiles)})


def _is_part_of(key: ForeignKey, whole: ForeignKey) -> bool:
    inferred = key.origin == "inferred" and key.table == whole.table
    return inferred and set(key.columns) < set(whole.columns)


def resumed(request: GenerationRequest) -> tuple[GenerationRequest, Way]:
    """The request with the keys that the answer before went by, and these, measured again.

    Without the conversation where they hold no longer: its joins would count rows twice.
    """
    drafts = [turn.outcome for turn in request.history if isinstance(turn.outcome, Draft)]
    before = drafts[-1].state.get(MEMORY, ()) if drafts else ()
    way = tuple(map(Reference.model_validate, before))
    again = tuple(key for one in way if (key := _again(one, request)) is not None)
    if len(again) < len(way):
        return request.model_copy(update={"history": ()}), ()
    return (linked(request, again), again) if way else (request, ())


def used(way: Way, tables: Sequence[str]) -> Way:
    """The references between the tables."""
    return tuple(one for one in way if {one.holder, one.key.table} <= set(tables))


def shared_columns(one: TableProfile, other: TableProfile) -> tuple[ColumnPair, ...]:
    """Columns of two tables that may be a key together, those first that are called like keys.

    None where one of them is a key by itself: what it refers to is known without the others.
    """
    pairs = [
        (mine, its) for mine, its in _namesakes(one, other) if _comparable(mine.type, its.type)
    ]
    if any((m.name,) == one.primary_key or (i.name,) == other.primary_key for m, i in pairs):
        return ()
    pairs.sort(key=lambda pair: full_words(pair[0].name)[-1:][0] not in _KEY_WORDS)
    return tuple((mine.name, its.name) for mine, its in pairs)


def unlike_types(one: TableProfile, other: TableProfile) -> str:
    """Which columns of the same name are not compared, as one is text and the other is not."""
    said = [
        f"{mine.name} ({mine.type} in {one.name}, {its.type} in {other.name})"
        for mine, its in _namesakes(one, other)
        if not _comparable(mine.type, its.type)
    ]
    return f" Values of different types are not matched: {', '.join(said)}." if said else ""


def spoken_of(request: GenerationRequest) -> tuple[TableProfile, ...]:
    """Tables that the question names, or a column or value of."""
    tokens = tokenize(request.question)
    return tuple(
        profile
        for profile in request.profiles
        if any(link.options[0].score >= _SAID for link in linker_for(profile).columns(tokens))
        or any(score >= _NAMED for _, _, score in linker_for(profile).table(tokens))
        or linker_for(profile).values.spans(request.question, tokens)
    )


def _apart(request: GenerationRequest) -> Iterator[tuple[TableProfile, TableProfile]]:
    """Tables that the question speaks of, and that are in no view together."""
    views = [view for profile in request.profiles if (view := view_of(profile, request.profiles))]
    together = [{leg.profile.name for leg in view.legs} for view in views]
    apart = (
        (one, other)
        for one, other in combinations(spoken_of(request), 2)
        if not any({one.name, other.name} <= names for names in together)
        and len(shared_columns(one, other)) > 1
    )
    return islice(apart, _MOST_PAIRS)


def _keys_between(
    one: TableProfile, other: TableProfile, request: GenerationRequest, choice: str
) -> tuple[Reference, ...]:
    if request.find_keys is None:
        return ()
    found = tuple(request.find_keys(one, other, shared_columns(one, other)) or ())
    meant = tuple(key for key in found if " and ".join(key.key.columns) == choice)
    return meant or found


def _again(key: Reference, request: GenerationRequest) -> Reference | None:
    """The reference as it is measured now."""
    tables = {profile.name: profile for profile in request.profiles}
    one, other = tables.get(key.holder), tables.get(key.key.table)
    if one is None or other is None or request.find_keys is None:
        return None
    pairs = tuple(zip(key.key.columns, key.key.references, strict=True))
    found = request.find_keys(one, other, pairs) or ()
    same = (
        each
        for each in found
        if each.holder == key.holder and set(each.key.columns) == set(key.key.columns)
    )
    return next(same, None)


def _namesakes(
    one: TableProfile, other: TableProfile
) -> Iterator[tuple[ColumnProfile, ColumnProfile]]:
    """Each column that may be a part of a key, with the other table's column of the same name."""
    theirs = [(column, _meanings(column, other)) for column in other.columns if _is_part(column)]
    for mine in one.columns:
        names = _meanings(mine, one) if _is_part(mine) else ()
        for name in names:
            its = next((column for column, others in theirs if name in others), None)
            if its is not None:
                theirs = [(column, others) for column, others in theirs if column is not its]
                yield mine, its
                break


def _is_part(column: ColumnProfile) -> bool:
    words = full_words(column.name)
    whole = family(column.type) in {"integer", "text", "date", "timestamp", "decimal"}
    return whole and bool(words) and singular(words[-1]) not in _AMOUNTS


def _meanings(column: ColumnProfile, table: TableProfile) -> tuple[object, ...]:
    """What a column is called: its name, the glossary's words for it, what means the same."""
    words = _singular(column.name)
    core = words
    while core and core[-1] in _KEY_WORDS:
        core = core[:-1]
    core = core or _singular(table.name)
    called = (_singular(w) for w, at in house_of(table).column_words if table.columns[at] == column)
    groups = sorted(group for group in lexicon().synonyms.get(core, ()) if group > 0)
    return (words, core, *called, *groups)


def _singular(name: str) -> Words:
    return tuple(singular(word) for word in full_words(name))


def _comparable(mine: str, its: str) -> bool:
    """Whether equal values are equal for every engine; points in time have types of their own."""
    exact = family(mine) in {"timestamp", "decimal"}
    return mine == its if exact else family(mine) == family(its)

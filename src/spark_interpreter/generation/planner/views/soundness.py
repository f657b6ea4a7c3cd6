"""Keys that a sample suggests, looked at in all rows before an answer goes by them.

A column without repeats in the rows that were seen may have some further on; a join over it would
count rows twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from spark_interpreter.generation.base import GenerationRequest
from spark_interpreter.model import Draft, Generation, NeedsInput, Reference, TableProfile


def repeating(request: GenerationRequest, tables: Sequence[str]) -> tuple[Reference, ...]:
    """References between the tables to a column that repeats."""
    return tuple(one for one in _doubtful(request, tables) if _is_key(one, request) is False)


def without(request: GenerationRequest, broken: Sequence[Reference]) -> GenerationRequest:
    """The request without the references, and without a conversation that went by them."""
    repeats = {(one.key.table, one.key.references[0]) for one in broken}
    profiles = tuple(_corrected(profile, broken, repeats) for profile in request.profiles)
    return request.model_copy(update={"profiles": profiles, "history": ()})


def _corrected(
    profile: TableProfile, broken: Sequence[Reference], repeats: set[tuple[str, str]]
) -> TableProfile:
    """The table without the references, and without keys in columns that repeat."""
    keys = [k for k in profile.foreign_keys if Reference(holder=profile.name, key=k) not in broken]
    columns = [
        column.model_copy(update={"unique": False})
        if (profile.name, column.name) in repeats
        else column
        for column in profile.columns
    ]
    own = profile.primary_key
    lost = len(own) == 1 and (profile.name, own[0]) in repeats
    return profile.model_copy(
        update={
            "foreign_keys": tuple(keys),
            "columns": tuple(columns),
            "primary_key": () if lost else own,
        }
    )


def with_reason(found: Generation, broken: Sequence[Reference]) -> Generation:
    """What is asked back, with why the tables are not joined."""
    if not isinstance(found, NeedsInput):
        return found
    columns = dict.fromkeys(f"{one.key.table}.{one.key.references[0]}" for one in broken)
    reason = f"{' and '.join(columns)} is no key: its values repeat, so rows would count twice."
    return found.model_copy(update={"message": f"{found.message} {reason}"})


def with_doubts(draft: Draft, request: GenerationRequest) -> Draft:
    """The draft, with the keys of which only a sample was seen."""
    owners = {profile.name: profile for profile in request.profiles}
    unsure = dict.fromkeys(
        f"{one.key.table}.{one.key.references[0]} does not repeat in the "
        f"{owners[one.key.table].sampled_rows:,} rows seen"
        for one in _doubtful(request, draft.tables)
        if _is_key(one, request) is None
    )
    if not unsure:
        return draft
    return draft.model_copy(update={"assumptions": (*draft.assumptions, *unsure)})


def _doubtful(request: GenerationRequest, tables: Sequence[str]) -> Iterator[Reference]:
    """References that nobody declared, to a column of a table that was not seen whole."""
    owners = {profile.name: profile for profile in request.profiles if profile.name in tables}
    for profile in owners.values():
        for key in profile.foreign_keys:
            owner = owners.get(key.table)
            single = key.origin == "inferred" and len(key.columns) == 1
            if single and owner is not None and not _is_whole(owner):
                yield Reference(holder=profile.name, key=key)


def _is_whole(table: TableProfile) -> bool:
    return table.row_count is not None and table.sampled_rows >= table.row_count


def _is_key(one: Reference, request: GenerationRequest) -> bool | None:
    """Whether the column has no repeats; None if nobody can tell."""
    if request.find_keys is None:
        return None
    owner = next(profile for profile in request.profiles if profile.name == one.key.table)
    column = one.key.references[0]
    found = request.find_keys(owner, owner, ((column, column),))
    return None if found is None else bool(found)

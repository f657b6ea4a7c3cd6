"""Scripts written by the code generation agent's runtime.

A runtime cannot look into the sources: where the generator would, it says what it would look for,
the caller looks, and asks again with what was found. An invocation changes nothing anywhere, so
asking again does no work twice.
"""

import uuid
from collections.abc import Sequence

from pydantic import ValidationError

from spark_interpreter.agent_runtime import AgentRuntime
from spark_interpreter.errors import AgentUnavailable, GenerationError
from spark_interpreter.generation.base import ColumnPair, GenerationRequest, Generator, PastTurn
from spark_interpreter.model import Draft, Generation, Reference, TableProfile, ValueCount
from spark_interpreter.model.agents import (
    GenerationInvocation,
    GenerationReply,
    KeyLookup,
    Lookup,
)
from spark_interpreter.model.deployment import AgentSettings

MOST_ROUNDS = 5
"""How often a question is asked with more of what was looked up."""


class RemoteGenerator:
    """A generator that is somewhere else."""

    def __init__(self, settings: AgentSettings) -> None:
        self._runtime = AgentRuntime(settings.code_generation_arn, settings)
        self._session = f"{uuid.uuid4()}-{uuid.uuid4()}"
        self.name = f"agentcore {settings.code_generation_arn.rpartition('/')[2]}"

    def generate(self, request: GenerationRequest) -> Generation:
        """See `Generator.generate`.

        Raises:
            AgentUnavailable: the runtime cannot be reached, or failed.
            GenerationError: it could write no script.
        """
        known: tuple[Lookup, ...] = ()
        keys: tuple[KeyLookup, ...] = ()
        for _ in range(MOST_ROUNDS):
            reply = self._ask(request, known, keys)
            if reply.error is not None:
                raise GenerationError(reply.error.message, remedy=reply.error.remedy)
            outcome = reply.draft or reply.needs_input
            if outcome is not None:
                return outcome
            known = (*known, *(_looked_up(request, lookup) for lookup in reply.lookups))
            keys = (*keys, *(_keys_of(request, lookup) for lookup in reply.key_lookups))
        raise GenerationError(
            "The code generation agent looked for too many values.",
            remedy="Name the column that a word of the question belongs to.",
        )

    def _ask(
        self, request: GenerationRequest, known: tuple[Lookup, ...], keys: tuple[KeyLookup, ...]
    ) -> GenerationReply:
        given = GenerationInvocation(
            question=request.question,
            profiles=request.profiles,
            history=tuple((past.question, past.outcome) for past in request.history),
            today=request.today,
            glossary=request.glossary,
            examples=request.examples,
            planned=request.planned,
            attempts=request.attempts,
            lookups=known,
            key_lookups=keys,
        )
        answer = self._runtime.invoke(given.model_dump_json(), self._session)
        try:
            return GenerationReply.model_validate(answer)
        except ValidationError as exc:
            raise AgentUnavailable(
                "The code generation agent answered with something that is not understood.",
                remedy="Deploy the same version of the agent and of this service.",
            ) from exc


def reply_to(given: GenerationInvocation, generator: Generator) -> GenerationReply:
    """What the runtime answers, with a generator of its own.

    Raises:
        GenerationError: the generator failed.
    """
    found = {(k.table, k.column, k.text): k.found for k in given.lookups}
    missing: dict[tuple[str, str, str], None] = {}

    def find_values(table: TableProfile, column: str, text: str) -> tuple[ValueCount, ...]:
        key = (table.name, column, text)
        if key not in found:
            missing[key] = None
        return found.get(key, ())

    measured = {(k.one, k.other, k.pairs): k.found for k in given.key_lookups}
    unmeasured: dict[tuple[str, str, tuple[ColumnPair, ...]], None] = {}

    def find_keys(
        one: TableProfile, other: TableProfile, pairs: Sequence[ColumnPair]
    ) -> tuple[Reference, ...] | None:
        key = (one.name, other.name, tuple(pairs))
        if key not in measured:
            unmeasured[key] = None
        return measured.get(key)

    outcome = generator.generate(
        GenerationRequest(
            question=given.question,
            profiles=given.profiles,
            history=tuple(PastTurn(question=q, outcome=o) for q, o in given.history),
            today=given.today,
            glossary=given.glossary,
            examples=given.examples,
            planned=given.planned,
            attempts=given.attempts,
            find_values=find_values,
            find_keys=find_keys,
        )
    )
    if missing or unmeasured:
        return GenerationReply(
            lookups=tuple(Lookup(table=t, column=c, text=x) for t, c, x in missing),
            key_lookups=tuple(KeyLookup(one=a, other=b, pairs=p) for a, b, p in unmeasured),
        )
    if isinstance(outcome, Draft):
        return GenerationReply(draft=outcome)
    return GenerationReply(needs_input=outcome)


def _looked_up(request: GenerationRequest, lookup: Lookup) -> Lookup:
    """The lookup with what the sources have; nothing where it names no table of the question."""
    profile = next((p for p in request.profiles if p.name == lookup.table), None)
    if profile is None or request.find_values is None:
        return lookup
    found = request.find_values(profile, lookup.column, lookup.text)
    return lookup.model_copy(update={"found": tuple(found)})


def _keys_of(request: GenerationRequest, lookup: KeyLookup) -> KeyLookup:
    """The lookup with the keys that are there; none where it names no tables of the question."""
    tables = {profile.name: profile for profile in request.profiles}
    one, other = tables.get(lookup.one), tables.get(lookup.other)
    if one is None or other is None or request.find_keys is None:
        return lookup
    columns = ({c.name for c in one.columns}, {c.name for c in other.columns})
    if not all(mine in columns[0] and its in columns[1] for mine, its in lookup.pairs):
        return lookup
    found = request.find_keys(one, other, lookup.pairs)
    told = None if found is None else tuple(found)
    return lookup.model_copy(update={"found": told})

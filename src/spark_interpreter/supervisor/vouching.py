"""From an answer that a person has found right to a verified example."""

import re
import uuid
from collections.abc import Sequence
from datetime import timedelta

from spark_interpreter.errors import Conflict, UsageError
from spark_interpreter.generation.base import GenerationRequest
from spark_interpreter.generation.memory import place_of
from spark_interpreter.generation.planner import Planner
from spark_interpreter.model import (
    Draft,
    Example,
    ExampleTable,
    Glossary,
    TableProfile,
    Turn,
    now,
)
from spark_interpreter.script import analysis_of
from spark_interpreter.sources import Sources

_RELATIVE = re.compile(
    r"\b(today|tonight|yesterday|tomorrow|now|current|currently|latest|recent|recently|ago|since|"
    r"so far|to date|ytd|mtd|qtd|until now|(last|past|previous|this|next|coming) "
    r"(\w+ )?(hours?|days?|nights?|weeks?|weekends?|months?|quarters?|years?|decades?))\b",
    re.IGNORECASE,
)
_OTHER_DAY = timedelta(days=1001)


def vouched(
    sources: Sources, turn: Turn, *, question: str = "", comment: str = "", by: str = ""
) -> Example:
    """The example that a finished turn is, once somebody vouches for it.

    Args:
        question: what a script answers; the turn's own question if it has one.

    Raises:
        Conflict: the turn has no answer.
        UsageError: a script without its question, or one whose source section was changed.
        SourceError: the turn's data are not there any more.
    """
    profiles, glossary = sources.profile(turn.sources), sources.glossary()
    return _example(turn, profiles, glossary, question=question, comment=comment, by=by)


def _example(
    turn: Turn,
    profiles: Sequence[TableProfile],
    glossary: Glossary,
    *,
    question: str,
    comment: str,
    by: str,
) -> Example:
    if turn.state != "completed" or turn.script is None:
        raise Conflict(
            f"The turn {turn.number} has no answer to vouch for; it is {turn.state}.",
            remedy="Choose a turn that was answered.",
        )
    question = question.strip() or turn.question
    if not question:
        raise UsageError("A script needs the question that it answers.", remedy="Name it.")
    analysis, used = _analysis(turn, profiles)
    draft = turn.draft
    return Example(
        id=uuid.uuid4().hex[:12],
        question=question,
        analysis=analysis,
        tables=tuple(_table(profile, analysis) for profile in used),
        title=draft.title if draft else "",
        reading=draft.reading if draft else "",
        assumptions=draft.assumptions if draft else (),
        ordered=draft is None or draft.ordered,
        chart=draft.chart if draft else None,
        alone=_says_all(question, profiles, glossary, first=turn.number == 1),
        comment=comment,
        by=by,
        time=now(),
    )


def _analysis(turn: Turn, profiles: Sequence[TableProfile]) -> tuple[str, tuple[TableProfile, ...]]:
    """The analysis of a turn, and the tables it uses."""
    if turn.draft is not None:
        used = tuple(p for p in profiles if p.name in turn.draft.tables)
        return turn.draft.analysis, used
    assert turn.script is not None
    used = tuple(p for p in profiles if re.search(rf"\b{re.escape(p.name)}\b", turn.script.text))
    analysis = analysis_of(turn.script.text, used) if used else None
    if analysis is None:
        raise UsageError(
            "What this script reads is not as the interpreter writes it.",
            remedy="Change only what follows the reads in a script that answered a question, "
            "and run it with the same sources.",
        )
    return analysis, used


def _table(profile: TableProfile, analysis: str) -> ExampleTable:
    used = {c.name: c.type for c in profile.columns if c.name in analysis}
    return ExampleTable(name=profile.name, source=place_of(profile), columns=used)


def _says_all(
    question: str, profiles: Sequence[TableProfile], glossary: Glossary, *, first: bool
) -> bool:
    """Whether the question means the same without a conversation, and on any day."""
    request = GenerationRequest(
        question=question, profiles=tuple(profiles), glossary=glossary, today=now().date()
    )
    later = request.model_copy(update={"today": request.today + _OTHER_DAY})
    planned, then = Planner().generate(request), Planner().generate(later)
    if isinstance(planned, Draft) and isinstance(then, Draft):
        alone = planned.analysis == then.analysis
    else:
        alone = first
    return alone and _RELATIVE.search(question) is None

"""Carrying a turn: what the Python face and the service share."""

import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from spark_interpreter.cancellation import Cancellation
from spark_interpreter.errors import InterpreterError, UsageError
from spark_interpreter.generation.base import Generator, PastTurn
from spark_interpreter.generation.memory import ExampleFolder
from spark_interpreter.model import (
    FINAL_STATES,
    FileSource,
    Place,
    Source,
    Turn,
    parse_place,
    parse_source,
)
from spark_interpreter.model.source import TABLE_KINDS
from spark_interpreter.platforms.configured import configured
from spark_interpreter.platforms.embedded.platform import EmbeddedPlatform
from spark_interpreter.settings import Settings
from spark_interpreter.sources import Sources
from spark_interpreter.storage import Storage
from spark_interpreter.stores import FolderArtifactStore
from spark_interpreter.stores.base import SessionStore
from spark_interpreter.supervisor.recorder import OnEvent, TurnRecorder
from spark_interpreter.supervisor.reuse import Answers
from spark_interpreter.supervisor.workflow import Parts, Workflow

T = TypeVar("T")

MAX_QUESTION = 4_000
"""Characters of a question."""
MAX_SCRIPT = 60_000
"""Characters of a script."""


class InternalError(InterpreterError):
    """A defect of ours; the turn ends as failed and keeps the traceback as detail."""


def make_parts(
    settings: Settings, sources: Sources, platform: EmbeddedPlatform, artifacts: FolderArtifactStore
) -> Parts:
    """The capabilities as the settings want them."""
    from spark_interpreter.generation.memory import Remembering
    from spark_interpreter.generation.planner import Planner
    from spark_interpreter.validation import Validator

    examples = examples_of(settings)
    planner = Planner(settings.confidence_threshold)
    return Parts(
        settings=settings,
        sources=sources,
        generator=Remembering(make_generator(settings), examples, planner),
        planner=planner if settings.model.configured else None,
        examples=examples,
        validator=Validator(settings, platform),
        platforms=configured(settings, platform),
        artifacts=artifacts,
        storage=Storage(settings.storage_uri),
    )


def make_generator(settings: Settings) -> Generator:
    """Who writes scripts: the code generation agent's runtime if there is one, or we ourselves."""
    if settings.agents.code_generation_arn:
        from spark_interpreter.generation.remote import RemoteGenerator

        return RemoteGenerator(settings.agents)
    return own_generator(settings)


def own_generator(settings: Settings) -> Generator:
    """Who writes scripts in this process: the language model if there is one, or the planner."""
    from spark_interpreter.generation.planner import Planner

    return _model(settings) or Planner(settings.confidence_threshold)


def examples_of(settings: Settings) -> ExampleFolder:
    """The verified examples."""
    return ExampleFolder(settings.examples or settings.data_dir / "verified")


def _model(settings: Settings) -> Generator | None:
    """The language model's generator, where one is configured."""
    if not settings.model.configured:
        return None
    from spark_interpreter.generation.llm import ModelGenerator

    return ModelGenerator(
        settings.model,
        settings.prices.model_tokens.get(settings.model.name),
        settings.confidence_threshold,
    )


def carry(
    parts: Parts,
    store: SessionStore,
    turn: Turn,
    past: Sequence[Turn],
    *,
    on_event: OnEvent | None = None,
    cancellation: Cancellation | None = None,
) -> Turn:
    """Carry the turn to its end, which is a final state whatever happens.

    Args:
        past: the turns of the session that a follow-up may refine, oldest first.

    Raises:
        StoreError: the turn cannot be saved, or was deleted meanwhile.
    """
    recorder = TurnRecorder(turn, store, on_event)
    with brought_to_an_end(recorder):
        answers = Answers(
            parts.settings, store, parts.artifacts, parts.generator.name, parts.examples
        )
        workflow = Workflow(parts, recorder, cancellation or Cancellation(), answers)
        workflow.carry(_history(past))
    return recorder.turn


@contextmanager
def brought_to_an_end(recorder: TurnRecorder) -> Iterator[None]:
    """Leave the turn in a final state, whatever happens in the block."""
    try:
        yield
    except Exception as defect:  # noqa: BLE001  the boundary that reports it
        recorder.fail(_internal(defect))
    finally:
        if recorder.turn.state not in FINAL_STATES:
            recorder.enter("cancelled", "Interrupted.")


def checked_question(question: str) -> str:
    """The question without blanks around it.

    Raises:
        UsageError: it is empty or too long.
    """
    question = question.strip()
    if not question:
        raise UsageError("The question is empty.", remedy="Ask something about the data.")
    if len(question) > MAX_QUESTION:
        raise UsageError(
            f"The question has {len(question):,} characters; at most {MAX_QUESTION:,} are read.",
            remedy="Shorten it.",
        )
    return question


def source_named(text: str) -> Source:
    """The source of a word.

    Raises:
        UsageError: it begins like a table and is none.
    """
    return _meant(parse_source, text)


def place_named(text: str) -> Place:
    """The catalog, database or schema of a word.

    Raises:
        UsageError: there is no such form of a place.
    """
    return _meant(parse_place, text)


def place_of_all(text: str) -> Place | None:
    """As in "postgres:shop/public.*": the place of which every table is meant; None for others.

    Raises:
        UsageError: there is no such form of a place.
    """
    word = text.removesuffix(".*")
    tables = word != text and word.startswith(TABLE_KINDS)
    return place_named(word) if tables else None


def last_sources(past: Sequence[Turn]) -> tuple[Source, ...]:
    """What the conversation was about last."""
    return next((turn.sources for turn in reversed(past) if turn.sources), ())


def kept_for(script: str, past: Sequence[Turn]) -> tuple[Source, ...]:
    """The tables of `last_sources` that a script names."""
    return tables_named(script, last_sources(past))


def tables_named(script: str, sources: Sequence[Source]) -> tuple[Source, ...]:
    """The tables that a script names; its files it names in full itself."""
    text = script.casefold()
    return tuple(
        source
        for source in sources
        if not isinstance(source, FileSource) and source.table.casefold() in text
    )


def _meant(parse: Callable[[str], T], text: str) -> T:
    """What a word means, or why it means nothing, as an error of the request."""
    try:
        return parse(text)
    except ValueError as exc:
        raise UsageError(f"{exc}.") from None


def _history(past: Sequence[Turn]) -> list[PastTurn]:
    return [
        PastTurn(question=turn.question, outcome=outcome)
        for turn in past
        if (outcome := turn.draft or turn.needs_input)
    ]


def _internal(defect: Exception) -> InternalError:
    return InternalError(
        f"Something went wrong inside the interpreter ({type(defect).__name__}: {defect}).",
        remedy="This is a defect of ours; please report it with the detail.",
        detail="".join(traceback.format_exception(defect)),
    )

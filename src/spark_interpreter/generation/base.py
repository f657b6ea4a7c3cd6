"""What every generator offers: question and profiles in, a program or a refusal out."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Protocol

from pydantic import ConfigDict

from spark_interpreter.model import (
    Attempt,
    Draft,
    Example,
    Generation,
    Glossary,
    Model,
    NeedsInput,
    Reference,
    TableProfile,
    ValueCount,
)

FindValues = Callable[[TableProfile, str, str], Sequence[ValueCount]]
"""(table, column, text) -> values of the whole source that equal or contain the text."""


ColumnPair = tuple[str, str]
"""A column of one table, and one of another that may hold the same."""

FindKeys = Callable[[TableProfile, TableProfile, Sequence[ColumnPair]], Sequence[Reference] | None]
"""(one, other, pairs) -> references between the tables over two or three of the pairs together.

With the same table twice: one to itself if all the columns together are a key. None where the
tables cannot be looked at whole."""


OnWriting = Callable[[str, dict[str, Any]], None]
"""(message, figures) -> hears how far the writing is."""


class PastTurn(Model):
    """An earlier turn of the conversation, oldest first in a request."""

    question: str
    outcome: Draft | NeedsInput


class GenerationRequest(Model):
    """A question and everything it may be understood from.

    Attributes:
        today: the date "today" and "this year" refer to when the data do not say.
        glossary: the house's own words and metrics.
        examples: verified questions of the same tables, the most similar first.
        find_values: looks a text up in a column of the whole source; None where that is not
            possible. Costs a scan, so only for words nothing else explains.
        find_keys: looks for keys of several columns in two whole sources; costs a scan of both.
        planned: what the built-in planner makes of the question.
        attempts: what was tried for this question and did not work, oldest first.
        on_writing: hears how far the writing is.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    question: str
    profiles: tuple[TableProfile, ...]
    history: tuple[PastTurn, ...] = ()
    today: date
    glossary: Glossary = Glossary()
    examples: tuple[Example, ...] = ()
    find_values: FindValues | None = None
    find_keys: FindKeys | None = None
    planned: Generation | None = None
    attempts: tuple[Attempt, ...] = ()
    on_writing: OnWriting | None = None


class Generator(Protocol):
    """Writes the analysis part of a script."""

    name: str

    def generate(self, request: GenerationRequest) -> Generation:
        """A draft, or what is missing to make one.

        Raises:
            GenerationError: the generator itself failed (a model that cannot be reached).
        """
        ...

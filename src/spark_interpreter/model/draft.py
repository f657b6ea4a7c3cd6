"""What a generator returns."""

from typing import Any, Literal, Self

from pydantic import Field

from spark_interpreter.model.base import Model

ChartKind = Literal[
    "bar", "grouped_bar", "stacked_bar", "line", "area", "scatter", "histogram", "box", "heatmap",
    "pie", "none",
]  # fmt: skip


class ChartHint(Model):
    """What the generator would draw; the result's shape has the last word.

    `overlapping`: what is measured may count in several groups, so that they do not add up.
    """

    kind: ChartKind
    x: str | None = None
    y: tuple[str, ...] = ()
    color: str | None = None
    requested: bool = False
    overlapping: bool = False


TokenPrice = tuple[float, float]
"""US dollars for 1,000 tokens given, and for 1,000 made."""


class Usage(Model):
    """What model calls used; money in US dollars, None where the price is not known."""

    model: str
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = None
    seconds: float = 0

    @classmethod
    def priced(
        cls,
        model: str,
        asked: int,
        answered: int,
        price: TokenPrice | None,
        *,
        seconds: float = 0,
    ) -> Self:
        """Tokens given and made, with what they cost where the price is known."""
        cost = (asked * price[0] + answered * price[1]) / 1000 if price else None
        return cls(
            model=model, input_tokens=asked, output_tokens=answered, cost=cost, seconds=seconds
        )


class Draft(Model):
    """A program for a question.

    Attributes:
        analysis: PySpark code between source and output section. It may use `spark`, `F`,
            `Window` and `T`, and one DataFrame per profile under the profile's name; it leaves a
            DataFrame called `result`.
        title: a headline for the answer ("Revenue by month").
        reading: one sentence that says how the question was understood.
        assumptions: what was taken for granted ("revenue = quantity * unit_price").
        tables: names of the profiles the analysis uses.
        ordered: the order of the result's rows means something.
        confidence: 0 to 1.
        verified: a person has vouched for this program as the answer to this question.
        suggestions: questions these data can answer next.
        state: what the same generator needs to understand a follow-up; opaque to others.
    """

    analysis: str
    title: str
    reading: str
    assumptions: tuple[str, ...] = ()
    explanation: str = ""
    tables: tuple[str, ...]
    ordered: bool = False
    chart: ChartHint | None = None
    confidence: float = Field(ge=0, le=1)
    verified: bool = False
    suggestions: tuple[str, ...] = ()
    generator: str
    usage: Usage | None = None
    state: dict[str, Any] = Field(default_factory=dict)


class NeedsInput(Model):
    """No program, and why: a refusal or a clarifying question.

    Attributes:
        reason: "unanswerable": the data lack what is asked; "ambiguous": several readings are
            equally good; "unclear": too much was not understood.
        message: one or two sentences for the person.
        not_understood: words of the question that found no meaning.
        closest: the nearest reading, if there is one.
        choices: for "ambiguous": complete questions, one a reading.
        suggestions: questions these data can answer.
    """

    reason: Literal["unanswerable", "ambiguous", "unclear"]
    message: str
    not_understood: tuple[str, ...] = ()
    closest: str | None = None
    choices: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    generator: str = ""
    usage: Usage | None = None
    state: dict[str, Any] = Field(default_factory=dict)


Generation = Draft | NeedsInput

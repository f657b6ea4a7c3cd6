"""A generator that knows what people have vouched for."""

from spark_interpreter.generation.base import GenerationRequest, Generator
from spark_interpreter.generation.memory.folder import ExampleFolder
from spark_interpreter.generation.memory.matching import fits, same_question, similar
from spark_interpreter.model import Draft, Example, Generation


class Remembering:
    """Answers verified questions by their programs, and shows another generator the like ones.

    Args:
        generator: writes what nobody has vouched for.
        planner: where it would have written the verified program itself, its draft is taken, so
            that a follow-up can refine it.
    """

    def __init__(self, generator: Generator, examples: ExampleFolder, planner: Generator) -> None:
        self._generator = generator
        self._examples = examples
        self._planner = planner
        self.name = generator.name

    def generate(self, request: GenerationRequest) -> Generation:
        """The verified program for this very question, else what the other generator writes.

        Raises:
            SettingsError: the verified examples cannot be read.
            GenerationError: the other generator failed.
        """
        examples = self._examples.all()
        for example in examples:
            if _answers(example, request):
                return self._verified(example, request)
        close = similar(request.question, examples, request.profiles)
        return self._generator.generate(request.model_copy(update={"examples": close}))

    def _verified(self, example: Example, request: GenerationRequest) -> Draft:
        planned = self._planner.generate(request)
        if isinstance(planned, Draft) and planned.analysis == example.analysis:
            return planned.model_copy(
                update={"verified": True, "explanation": _vouched(example, planned.explanation)}
            )
        return _draft(example)


def _answers(example: Example, request: GenerationRequest) -> bool:
    return (
        example.alone
        and same_question(example.question, request.question)
        and fits(example, request.profiles)
    )


def _draft(example: Example) -> Draft:
    return Draft(
        analysis=example.analysis,
        title=example.title or example.question,
        reading=example.reading or example.question,
        assumptions=example.assumptions,
        explanation=_vouched(example),
        tables=tuple(table.name for table in example.tables),
        ordered=example.ordered,
        chart=example.chart,
        confidence=1.0,
        verified=True,
        generator="verified",
    )


def _vouched(example: Example, explanation: str = "") -> str:
    who = f" by {example.by}" if example.by else ""
    return f"{explanation} Verified{who} on {example.time:%Y-%m-%d}.".strip()

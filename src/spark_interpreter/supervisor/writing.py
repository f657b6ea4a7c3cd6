"""Writing the script: by the model where there is one, with the planner at its side.

What the model writes and does not work goes back to it with the reason, as often as the settings
allow. It ends early when the same error comes twice, when the budget is used up, and when the turn
is cancelled. Where the model gives no answer at all and the planner is sure of its own, that is
given, and said.
"""

from spark_interpreter.cancellation import stop_if_cancelled
from spark_interpreter.errors import GenerationError, InterpreterError, ScriptFailed
from spark_interpreter.generation.base import GenerationRequest, Generator
from spark_interpreter.model import (
    Attempt,
    Draft,
    Finding,
    Generation,
    ModelSettings,
    NeedsInput,
    Script,
    Turn,
)
from spark_interpreter.supervisor.recorder import TurnRecorder, error_info


class Writer:
    """Writes the drafts of one turn.

    Args:
        generator: the model's, or the planner's; either may answer from verified examples.
        planner: for a second opinion; None where there is no model.
        settings: of the model.

    Attributes:
        planned: what the planner makes of the question, if there is a model besides it.
    """

    def __init__(
        self,
        generator: Generator,
        planner: Generator | None,
        settings: ModelSettings,
        recorder: TurnRecorder,
    ) -> None:
        self._generator = generator
        self._planner = planner
        self._settings = settings
        self._recorder = recorder
        self.planned: Generation | None = None

    @property
    def _turn(self) -> Turn:
        return self._recorder.turn

    def write(self, request: GenerationRequest) -> Draft | None:
        """The first draft; None when the turn has ended with a question back or a refusal.

        Raises:
            GenerationError: the model failed, and the planner has no answer either.
        """
        self._enter("Writing the script")
        if self._planner is not None:
            self.planned = self._planner.generate(request)
        return self._generated(request)

    def rewrite(self, request: GenerationRequest) -> Draft | None:
        """The draft for data whose types turned out to be wider.

        What a model wrote is kept: it may well work, and is mended if it does not.
        """
        if self._by_model(self._turn.draft):
            return self._turn.draft
        return self.write(request)

    def mend(self, error: InterpreterError, request: GenerationRequest) -> Draft | None:
        """Another draft in place of the turn's, which was refused or failed.

        Raises:
            InterpreterError: the error, where nothing more is to be tried.
        """
        draft = self._turn.draft
        if not self._by_model(draft):
            raise error
        assert draft is not None
        attempt = _attempt(draft, error, self._turn)
        known = [_same(attempt, before) for before in self._turn.attempts]
        self._recorder.note(
            "attempt",
            f"Attempt {len(known) + 1} does not work: {error.message}",
            attempts=(*self._turn.attempts, attempt),
        )
        if any(known) or len(known) >= self._settings.max_repairs:
            return self._planners(error)
        self._enter("Mending the script")
        return self._generated(request)

    def _generated(self, request: GenerationRequest) -> Draft | None:
        request = request.model_copy(
            update={
                "planned": self.planned,
                "attempts": self._turn.attempts,
                "on_writing": self._recorder.progress,
            }
        )
        try:
            generation = self._generator.generate(request)
        except GenerationError as error:
            if self._planner is None:
                raise
            failed = Attempt(error=error_info(error), usage=error.usage)
            self._recorder.note("attempt", error.message, attempts=(*self._turn.attempts, failed))
            return self._planners(error)
        if isinstance(generation, NeedsInput):
            self._recorder.enter("needs_input", generation.message, needs_input=generation)
            return None
        self._recorder.note("draft", generation.reading, draft=generation)
        return generation

    def _planners(self, error: InterpreterError) -> Draft:
        """The planner's draft in place of the model's, which says so.

        Raises:
            InterpreterError: the error, where the planner is not sure of an answer.
        """
        if not isinstance(self.planned, Draft):
            raise error
        said = "the model gave no script that works; the built-in planner wrote this one"
        draft = self.planned.model_copy(update={"assumptions": (*self.planned.assumptions, said)})
        self._enter("Taking the planner's script")
        self._recorder.note("draft", draft.reading, draft=draft)
        return draft

    def _by_model(self, draft: Draft | None) -> bool:
        return (
            self._planner is not None
            and draft is not None
            and draft.generator == self._generator.name
        )

    def _enter(self, message: str) -> None:
        stop_if_cancelled()
        self._recorder.enter("generating", message)


def _attempt(draft: Draft, error: InterpreterError, turn: Turn) -> Attempt:
    """What was tried, with the line of the analysis that the error names."""
    findings: tuple[Finding, ...] = ()
    line: int | None = None
    if isinstance(error, ScriptFailed):
        line = error.line
    elif turn.verdict is not None:
        findings = turn.verdict.errors
        line = findings[0].line if findings else None
    return Attempt(
        draft=draft,
        error=error_info(error).model_copy(update={"line": line}),
        findings=findings,
        code=_line(draft, turn.script, line),
        usage=draft.usage,
    )


def _line(draft: Draft, script: Script | None, line: int | None) -> str:
    """The text of a script's line, where it belongs to the analysis."""
    analysis = draft.analysis.strip("\n")
    if script is None or line is None or analysis not in script.text:
        return ""
    first = script.text[: script.text.index(analysis)].count("\n") + 1
    lines = analysis.splitlines()
    return lines[line - first].strip() if 0 <= line - first < len(lines) else ""


def _same(attempt: Attempt, before: Attempt) -> bool:
    """Whether the model is going round in circles."""
    if before.draft is None or attempt.draft is None:
        return False
    if before.draft.analysis == attempt.draft.analysis:
        return True
    return (before.error.code, before.error.message) == (attempt.error.code, attempt.error.message)

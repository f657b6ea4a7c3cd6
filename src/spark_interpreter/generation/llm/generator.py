"""The model-backed generator: question and profiles in, a draft or a refusal out."""

import re
import time
from collections.abc import Sequence

from spark_interpreter.cancellation import current_cancellation
from spark_interpreter.errors import BudgetExceeded, GenerationError, ModelUnreadable
from spark_interpreter.generation.base import GenerationRequest
from spark_interpreter.generation.llm.calling import Caller, Said
from spark_interpreter.generation.llm.prompt import make_prompt
from spark_interpreter.generation.llm.reply import ModelReply, read_reply
from spark_interpreter.model import (
    Attempt,
    ChartHint,
    Draft,
    ErrorInfo,
    Generation,
    ModelSettings,
    NeedsInput,
    TableProfile,
    TokenPrice,
    Usage,
)


class ModelGenerator:
    """Lets a language model write the analysis.

    Args:
        settings: which model, and what it may use.
        price: of its tokens; None where it is not known.
        threshold: the confidence below which a question is asked back (0 to 1).
    """

    def __init__(
        self, settings: ModelSettings, price: TokenPrice | None = None, threshold: float = 0.5
    ) -> None:
        self.name = f"{settings.provider}/{settings.name}"
        self._settings = settings
        self._price = price
        self._threshold = threshold
        self._caller = Caller(settings)

    def generate(self, request: GenerationRequest) -> Generation:
        """A draft, or what is missing to make one.

        A reply that cannot be read is asked for once again. With `request.attempts` the model
        mends what it wrote.

        Raises:
            GenerationError: the model did not answer, or nothing could be made of it.
            BudgetExceeded: what the question may use is used up.
            RunCancelled: the turn was cancelled.
        """
        used = self._used(request.attempts)
        deadline = time.monotonic() + self._settings.budget_seconds - used.seconds
        try:
            reply, usage = self._reply(request, deadline, used)
        except ModelUnreadable as unreadable:
            reply, usage = self._reply_again(request, deadline, used, unreadable)
        return self._generation(reply, usage, request.profiles)

    def _reply_again(
        self, request: GenerationRequest, deadline: float, used: Usage, first: ModelUnreadable
    ) -> tuple[ModelReply, Usage]:
        """The reply to the same request with what was wrong with the first one."""
        error = ErrorInfo(code=first.code, phase=first.phase, message=first.message)
        attempts = (*request.attempts, Attempt(error=error))
        again = request.model_copy(update={"attempts": attempts})
        try:
            reply, usage = self._reply(again, deadline, _sum(used, first.usage))
        except GenerationError as second:
            second.usage = _sum(first.usage, second.usage) if second.usage else first.usage
            raise
        return reply, _sum(first.usage, usage)

    def _reply(
        self, request: GenerationRequest, deadline: float, used: Usage
    ) -> tuple[ModelReply, Usage]:
        prompt = make_prompt(request)
        self._check_budget(used, prompt.tokens)
        hear = request.on_writing

        def on_text(characters: int) -> None:
            if hear is not None:
                tokens = -(-characters // 4)
                hear(f"Writing the script: about {tokens:,} tokens", {"tokens": tokens})

        if hear is not None:
            hear(f"Asking {self.name}", {"prompt_tokens": prompt.tokens})
        said = self._caller.call(
            prompt, deadline=deadline, cancellation=current_cancellation(), on_text=on_text
        )
        usage = self._usage(said)
        try:
            return read_reply(said.text, said.arguments), usage
        except ModelUnreadable as unreadable:
            unreadable.usage = usage
            raise

    def _check_budget(self, used: Usage, coming: int) -> None:
        tokens = used.input_tokens + used.output_tokens
        if tokens + coming > self._settings.budget_tokens:
            raise BudgetExceeded(
                f"The question would use more than {self._settings.budget_tokens:,} tokens "
                f"({tokens:,} are used, {coming:,} would be sent).",
                remedy="Raise SPARK_INTERPRETER_MODEL__BUDGET_TOKENS, or name fewer sources.",
            )
        most = self._settings.budget_dollars
        if most and (used.cost or 0) >= most:
            raise BudgetExceeded(
                f"The question has cost {used.cost:.4f} of {most:g} US dollars.",
                remedy="Raise SPARK_INTERPRETER_MODEL__BUDGET_DOLLARS.",
            )

    def _used(self, attempts: Sequence[Attempt]) -> Usage:
        total = self._usage()
        for attempt in attempts:
            total = _sum(total, attempt.usage) if attempt.usage else total
        return total

    def _usage(self, said: Said | None = None) -> Usage:
        asked, answered = (said.input_tokens, said.output_tokens) if said else (0, 0)
        seconds = said.seconds if said else 0
        return Usage.priced(self.name, asked, answered, self._price, seconds=seconds)

    def _generation(
        self, reply: ModelReply, usage: Usage, profiles: Sequence[TableProfile]
    ) -> Generation:
        if reply.kind != "script":
            return NeedsInput(
                reason="ambiguous" if reply.kind == "clarify" else "unanswerable",
                message=reply.message,
                choices=reply.suggestions if reply.kind == "clarify" else (),
                suggestions=reply.suggestions if reply.kind == "refuse" else (),
                generator=self.name,
                usage=usage,
            )
        if reply.confidence < self._threshold:
            return NeedsInput(
                reason="unclear",
                message="The model is not sure how the question is meant."
                + (f" Its nearest reading is: {reply.reading}" if reply.reading else ""),
                closest=reply.reading or None,
                suggestions=reply.suggestions,
                generator=self.name,
                usage=usage,
            )
        return self._draft(reply, usage, profiles)

    def _draft(self, reply: ModelReply, usage: Usage, profiles: Sequence[TableProfile]) -> Draft:
        chart = None
        if reply.chart is not None:
            chart = ChartHint(
                kind=reply.chart, x=reply.chart_x, y=reply.chart_y, color=reply.chart_color
            )
        return Draft(
            analysis=reply.analysis,
            title=reply.title or "Answer",
            reading=reply.reading or reply.title,
            assumptions=reply.assumptions,
            explanation=reply.explanation,
            tables=_tables(reply, profiles),
            ordered=reply.ordered,
            chart=chart,
            confidence=reply.confidence,
            suggestions=reply.suggestions,
            generator=self.name,
            usage=usage,
        )


def _tables(reply: ModelReply, profiles: Sequence[TableProfile]) -> tuple[str, ...]:
    """Tables that the analysis names, whatever the model says of it."""
    named = {*reply.tables, *re.findall(r"\w+", reply.analysis)}
    return tuple(profile.name for profile in profiles if profile.name in named)


def _sum(first: Usage, second: Usage) -> Usage:
    known = [usage.cost for usage in (first, second) if usage.cost is not None]
    return Usage(
        model=first.model,
        input_tokens=first.input_tokens + second.input_tokens,
        output_tokens=first.output_tokens + second.output_tokens,
        cost=sum(known) if known else None,
        seconds=first.seconds + second.seconds,
    )

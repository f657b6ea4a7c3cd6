"""Conversations, their turns, and what a caller sees while a turn proceeds."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from spark_interpreter.model.attempt import Attempt, CrossCheck
from spark_interpreter.model.base import Model
from spark_interpreter.model.draft import Draft, NeedsInput
from spark_interpreter.model.error_info import ErrorInfo
from spark_interpreter.model.profile import DataIssue
from spark_interpreter.model.report import Report
from spark_interpreter.model.result import Result
from spark_interpreter.model.run import FailedRun, Placement, PlatformName, Run
from spark_interpreter.model.script import Script
from spark_interpreter.model.source import Source
from spark_interpreter.model.verdict import Verdict

TurnState = Literal[
    "queued", "profiling", "generating", "validating", "placing", "running",
    "completed", "failed", "cancelled", "needs_input", "refused",
]  # fmt: skip

FINAL_STATES: frozenset[TurnState] = frozenset(
    {"completed", "failed", "cancelled", "needs_input", "refused"}
)

EventKind = Literal[
    "state", "progress", "draft", "attempt", "verdict", "placement", "run", "result", "cross_check",
    "error",
]  # fmt: skip


class Session(Model):
    """A conversation of one owner."""

    id: str
    owner: str
    title: str = ""
    created: datetime
    updated: datetime
    turn_count: int = 0


class Wishes(Model):
    """What the asker decided, kept with the turn so that it can be carried later, or again.

    Attributes:
        platform: None leaves the choice to us.
        dry_run: stop after validation.
        fresh: compute the answer although the same was asked of the same data before.
        policy: check the script against the policy; off only at the operator's own risk.
        investigate: let a language model ask several questions and write a report.
        script: a program to run instead of answering a question.
        retry_of: the number of the turn this one repeats.
        output: `s3://` prefix below which the result is to be written, as well.
        read_roots: local files and folders that may be read; None does not restrict them.
        running_limit: the turn waits while so many of its owner run; 0 sets no limit.
        request_id: what the service's logs know the request by.
    """

    platform: PlatformName | None = None
    dry_run: bool = False
    fresh: bool = False
    policy: bool = True
    investigate: bool = False
    script: str | None = None
    retry_of: int | None = None
    output: str | None = Field(default=None, pattern=r"^s3a?://[^/]+")
    read_roots: tuple[str, ...] | None = None
    running_limit: int = 0
    request_id: str = ""


class Feedback(Model):
    """What a person says of an answer."""

    verdict: Literal["right", "wrong"]
    comment: str = Field(default="", max_length=4000)
    time: datetime


class RequestKey(Model):
    """An idempotency key: the same key and fingerprint find the same turn again."""

    key: str
    fingerprint: str


class Turn(Model):
    """One request and all that came of it; saved after every step.

    Attributes:
        number: 1-based position in its session.
        question: the person's words; empty when a script was run directly.
        sources: the data it was asked of.
        attempts: what the model tried before the draft, oldest first.
        s3_cost: of requests to S3 that were sent from this machine, US dollars.
        failed_runs: those that ended without a result and are billed all the same, oldest first.
        report: what an investigation came to; its questions are the turns after it.
        cross_check: how the answer compares with the planner's, if it was compared.
        data_issues: what was repaired or could not be read, with counts.
        timings: seconds by stage.
        reused: the turn (`session/number`) whose answer this is, as the same was asked.
    """

    session_id: str
    number: int
    state: TurnState
    question: str
    sources: tuple[Source, ...] = ()
    wishes: Wishes = Wishes()
    created: datetime
    updated: datetime
    draft: Draft | None = None
    attempts: tuple[Attempt, ...] = ()
    needs_input: NeedsInput | None = None
    script: Script | None = None
    verdict: Verdict | None = None
    placement: Placement | None = None
    run: Run | None = None
    failed_runs: tuple[FailedRun, ...] = ()
    s3_cost: float = 0.0
    result: Result | None = None
    report: Report | None = None
    cross_check: CrossCheck | None = None
    data_issues: tuple[DataIssue, ...] = ()
    error: ErrorInfo | None = None
    timings: dict[str, float] = Field(default_factory=dict)
    feedback: Feedback | None = None
    reused: str | None = None

    @property
    def model_cost(self) -> float:
        """What its model calls cost, US dollars, as far as prices are known."""
        return sum(cost or 0.0 for cost in self._model_costs)

    @property
    def cost(self) -> float | None:
        """What its runs, failed ones too, S3 requests and model calls cost, US dollars.

        Of one that took its answer from before it is what looking at the data has cost. None where
        a platform or a price list does not say.
        """
        costs = (*self._run_costs, *self._model_costs)
        return None if None in costs else sum(cost or 0.0 for cost in costs)

    @property
    def cost_about(self) -> bool:
        """A part of its cost is reckoned, as a platform has not said it."""
        return any(run.about for run in self.failed_runs)

    @property
    def known_cost(self) -> float:
        """Its cost as far as it is known."""
        return sum(cost or 0.0 for cost in (*self._run_costs, *self._model_costs))

    @property
    def _run_costs(self) -> tuple[float | None, ...]:
        if self.reused:
            return (self.s3_cost,)
        failed = (run.cost for run in self.failed_runs)
        return (self.s3_cost, *failed, self.run.cost if self.run else 0.0)

    @property
    def _model_costs(self) -> tuple[float | None, ...]:
        if self.reused:
            return ()
        last = self.draft or self.needs_input
        used = [attempt.usage for attempt in self.attempts]
        used += [made.usage for made in (last, self.report) if made]
        return tuple(usage.cost for usage in used if usage)


class Event(Model):
    """A step of a turn. `sequence` counts from 1 within the turn without gaps.

    For kind "progress", `data` may have "fraction" (0 to 1) and "rows"; for the others it holds
    the fields that changed.
    """

    session_id: str
    turn: int
    sequence: int
    time: datetime
    kind: EventKind
    state: TurnState
    message: str = ""
    data: dict[str, Any] = Field(default_factory=dict)

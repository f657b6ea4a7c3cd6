"""One job on its way through the function: invoked once, waited for, its result brought here."""

import random
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from spark_interpreter.cancellation import Cancellation
from spark_interpreter.errors import (
    EngineUnavailable,
    RunCancelled,
    RunError,
    RunInterrupted,
    StoreError,
)
from spark_interpreter.model import Job, Resources, Run, now
from spark_interpreter.platforms.aws_lambda.failure import error_of
from spark_interpreter.platforms.aws_lambda.functions import FunctionFacts, Functions
from spark_interpreter.platforms.aws_lambda.invoking import Answer, Invocation, Lost, Throttled
from spark_interpreter.platforms.aws_lambda.logs import FunctionLogs, RunLog, save
from spark_interpreter.platforms.aws_lambda.protocol import CANCEL_MARK, LOGS, Reply
from spark_interpreter.platforms.aws_lambda.report import Report, ending_of, find_report
from spark_interpreter.platforms.aws_lambda.results import bring, left_behind
from spark_interpreter.platforms.base import Bill, OnProgress, RunProgress
from spark_interpreter.storage import Storage

GRACE_SECONDS = 15.0
"""Beyond the function's own time limit, for its start and the way there and back."""
STOP_SECONDS = 3.0
"""A function looks every two seconds whether it is to stop, and then has to."""
_TICK_SECONDS = 0.02
_PROGRESS_SECONDS = 0.5
_LOOK_SECONDS = 1.0
"""Pause between two looks for the result of a run whose answer was lost."""
_PAUSES = (0.25, 0.5, 1, 2, 4)
"""Seconds between invocations that were throttled; each is shortened at random."""


class Reach(NamedTuple):
    """What an execution works with.

    Attributes:
        function: as the settings name it.
        log_seconds: how long a log is waited for that nothing else tells.
        closing: the platform is being closed.
    """

    function: str
    functions: Functions
    logs: FunctionLogs
    storage: Storage
    log_seconds: float
    closing: threading.Event


class Execution:
    """Carries one job to its end."""

    def __init__(
        self,
        reach: Reach,
        job: Job,
        payload: bytes,
        on_progress: OnProgress,
        cancellation: Cancellation,
    ) -> None:
        self._reach = reach
        self._job = job
        self._payload = payload
        self._on_progress = on_progress
        self._cancellation = cancellation
        self._started = now()
        self._begun = self._told_at = time.monotonic()
        self._bill = Bill()
        self._invoked = self._begun
        self._invocation: Invocation | None = None

    def carry(self) -> Run:
        """Invoke the function and see the run through.

        Raises:
            InterpreterError: it failed; see `LambdaPlatform.execute`.
        """
        facts = self._reach.functions.facts()
        if not facts.usable:
            raise EngineUnavailable(facts.detail, remedy=facts.remedy)
        with self._bill:
            try:
                return self._invoke(facts)
            finally:
                self._bill.reckon(self._so_far(facts))

    def _so_far(self, facts: FunctionFacts) -> dict[str, float]:
        """About what has to be paid by the time that has passed since the function was invoked.

        A function that is still at work ends soon, as it was asked to; never after its time limit.
        """
        seconds = time.monotonic() - self._invoked
        if self._bill.later is not None:
            seconds += STOP_SECONDS
        seconds = min(seconds, facts.seconds)
        return {"GBSecond": seconds * facts.memory_mb / 1024, "request": 1}

    def _invoke(self, facts: FunctionFacts) -> Run:
        over = False
        try:
            answer = self._answer(facts)
            over = True
        finally:
            if not over:
                self._ask_to_stop()
                self._bill.later = partial(self._said_later, facts)
        if answer is None:
            return self._finish_lost(facts)
        if answer.failed:
            raise self._ending(answer)
        return self._finish(_reply(answer, self._job), answer.request_id, answer.tail)

    def _answer(self, facts: FunctionFacts) -> Answer | None:
        """The answer to the one invocation that was begun; None if it was lost."""
        client = self._reach.functions.patient_client(facts.seconds + GRACE_SECONDS)
        for pause in (*_PAUSES, None):
            invocation = Invocation(client, self._reach.function, self._payload)
            self._invocation, self._invoked = invocation, time.monotonic()
            invocation.start()
            self._bill.begin()
            while invocation.is_alive():
                self._tick()
                invocation.join(_TICK_SECONDS)
            try:
                return invocation.answer()
            except Lost:
                return None
            except Throttled as throttled:
                self._bill.billed = None
                if pause is None:
                    raise _too_many(throttled) from throttled
                self._wait(pause * random.uniform(0.5, 1))  # noqa: S311 - spreads the load
        return None

    def _wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self._tick()
            self._cancellation.wait(_TICK_SECONDS)

    def _tick(self) -> None:
        """Go on waiting, and tell how long it has been.

        Raises:
            RunCancelled: nobody waits any more.
            RunInterrupted: the platform is being closed.
        """
        if self._cancellation.cancelled:
            raise RunCancelled(
                "The run was cancelled; the Lambda function stops as soon as it notices."
            )
        if self._reach.closing.is_set():
            raise RunInterrupted("The process that waited for the run ends.", remedy="Ask again.")
        if time.monotonic() - self._told_at >= _PROGRESS_SECONDS:
            self._told_at = time.monotonic()
            seconds = self._told_at - self._begun
            self._on_progress(RunProgress(stage="running", seconds=seconds))

    def _ask_to_stop(self) -> None:
        """Leave the mark for the function, without keeping the one who cancelled."""

        def mark() -> None:
            with suppress(StoreError):
                self._reach.storage.put_text(f"{self._job.output}/{CANCEL_MARK}", self._job.run_id)

        marking = threading.Thread(target=mark, name="lambda-cancel")
        marking.start()
        marking.join(_TICK_SECONDS)

    def _finish_lost(self, facts: FunctionFacts) -> Run:
        """Look for what the run left, until it can no longer be running.

        Raises:
            RunInterrupted: it left nothing.
        """
        until = self._begun + facts.seconds + GRACE_SECONDS
        log = RunLog()
        stopped = False
        try:
            while True:
                over = log.complete or time.monotonic() > until
                with suppress(StoreError):
                    reply = left_behind(self._reach.storage, self._job)
                    if reply is not None:
                        stopped = True
                        return self._finish(reply, "", log.lines)
                if over:
                    break
                self._wait(_LOOK_SECONDS)
                log = self._log("", seconds=0)
            stopped = True
        finally:
            if not stopped:
                self._ask_to_stop()
                self._bill.later = partial(self._said_later, facts)
        save(Path(self._job.log_dir), log)
        self._report(log.lines)
        raise RunInterrupted(
            "The answer of the Lambda function was lost, and its run left no result.",
            remedy="Ask again.",
            detail="\n".join(log.lines),
        )

    def _said_later(self, facts: FunctionFacts) -> dict[str, float] | None:
        """What Lambda says a run cost that nobody waited for, once its function has ended.

        It stands at the end of the function's answer, or else in its log.
        """
        assert self._invocation is not None
        self._invocation.join(self._invoked + facts.seconds + GRACE_SECONDS - time.monotonic())
        answer = None
        with suppress(Lost):
            try:
                answer = self._invocation.answer()
            except (Throttled, RunError):  # nothing was begun
                return dict.fromkeys(("GBSecond", "request"), 0.0)
        if answer is not None and (report := find_report(answer.tail)) is not None:
            with suppress(EngineUnavailable):
                return _billed(_reply(answer, self._job), report)
            return report.billed_units
        log = self._reach.logs.await_run(
            self._job.run_id,
            answer.request_id if answer else "",
            since=self._started.timestamp(),
            seconds=max(STOP_SECONDS, self._reach.log_seconds),
            cancellation=Cancellation(),
        )
        report = find_report(log.lines)
        return report.billed_units if report else None

    def _ending(self, answer: Answer) -> RunError:
        """Why there is no reply; with the whole log if it comes in time."""
        log = self._log(answer.request_id, seconds=self._reach.log_seconds)
        if not log.complete:
            log = RunLog((*log.lines, *(line for line in answer.tail if line not in log.lines)))
        save(Path(self._job.log_dir), log)
        problem = answer.payload if isinstance(answer.payload, dict) else {}
        return ending_of(problem, self._report(log.lines), "\n".join(log.lines))

    def _finish(self, reply: Reply, request_id: str, tail: tuple[str, ...]) -> Run:
        report = find_report(tail)
        lines = self._save_logs(reply, request_id or (report.request_id if report else ""), tail)
        report = self._report(tail) or self._report(lines)
        billed = self._bill.billed = _billed(reply, report)
        if reply.failure is not None:
            raise error_of(reply.failure)
        fetched = time.perf_counter()
        bring(self._reach.storage, self._job, reply.manifest_sha256)
        timings = reply.timings | {"bring": time.perf_counter() - fetched}
        for note in reply.notes:
            self._on_progress(RunProgress(stage=note, seconds=time.monotonic() - self._begun))
        return Run(
            run_id=self._job.run_id,
            platform="lambda",
            platform_run_id=request_id or (report.request_id if report else "unknown"),
            engine=reply.engine,
            state="succeeded",
            started=self._started,
            ended=now(),
            timings=timings | _times(reply, report),
            resources=_resources(reply, report, billed),
            warnings=reply.warnings,
        )

    def _report(self, lines: Iterable[str]) -> Report | None:
        """Lambda's report among lines of the log; what it bills is noted."""
        report = find_report(lines)
        if report is not None:
            self._bill.billed = report.billed_units
        return report

    def _save_logs(self, reply: Reply, request_id: str, tail: tuple[str, ...]) -> tuple[str, ...]:
        """Write what the run wrote; from the function's log where the reply has not got it all."""
        folder = Path(self._job.log_dir)
        lines = tail
        if reply.logs_cut:
            log = self._log(request_id, seconds=self._reach.log_seconds)
            lines = log.lines or tail
            save(folder, log)
            if log.complete:
                return lines
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "function.log").write_text("".join(f"{line}\n" for line in lines), "utf-8")
        for name in LOGS:
            if name in reply.logs:
                (folder / f"{name}.log").write_text(reply.logs[name], "utf-8")
        return lines

    def _log(self, request_id: str, *, seconds: float) -> RunLog:
        return self._reach.logs.await_run(
            self._job.run_id,
            request_id,
            since=self._started.timestamp(),
            seconds=seconds,
            cancellation=self._cancellation,
        )


def _reply(answer: Answer, job: Job) -> Reply:
    try:
        reply = Reply.model_validate(answer.payload)
    except ValidationError as exc:
        raise EngineUnavailable(
            "The Lambda function answers in a way that is not understood here.",
            remedy="Deploy the function's image of this version.",
            detail=str(exc),
        ) from exc
    if reply.run_id != job.run_id:
        raise EngineUnavailable("The Lambda function answered for another run.")
    return reply


def _times(reply: Reply, report: Report | None) -> dict[str, float]:
    """Seconds that only Lambda knows: billed, of the start of a process, and left at the end."""
    times = {"remaining": reply.remaining_seconds} if reply.remaining_seconds else {}
    if report is not None:
        times["billed"] = report.billed
        if report.init is not None:
            times["init"] = report.init
    return times


def _billed(reply: Reply, report: Report | None) -> dict[str, float]:
    """What is to be paid for, the function's requests to S3 included.

    Empty without Lambda's report, which has the greater part.
    """
    return {} if report is None else reply.resources.billed | report.billed_units


def _resources(reply: Reply, report: Report | None, billed: dict[str, float]) -> Resources:
    memory = {}
    if report is not None:
        memory = {"peak_memory_mb": report.peak_memory_mb, "memory_mb": report.memory_mb}
    return reply.resources.model_copy(update={"billed": billed, **memory})


def _too_many(throttled: Throttled) -> EngineUnavailable:
    return EngineUnavailable(
        "Lambda takes no more invocations now: the limit of runs at the same time is reached.",
        remedy="Ask again in a while, or raise the function's concurrency.",
        detail=str(throttled),
    )

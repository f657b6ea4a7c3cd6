"""One job run from its start to a final state."""

import time
from collections.abc import Callable, Iterator
from typing import Any

from spark_interpreter.cancellation import Cancellation
from spark_interpreter.errors import EngineUnavailable, RunTimeout
from spark_interpreter.model import Limits
from spark_interpreter.platforms.base import Bill, OnProgress, RunProgress
from spark_interpreter.platforms.emr.service import EmrService, JobRun, JobState, Unanswered

START_SECONDS = 120.0
"""How long a job is asked for when it is not known whether the request arrived."""
SILENCE_SECONDS = 300.0
"""How long EMR Serverless may stay silent before a job is given up."""
STOP_SECONDS = 180.0
"""How long a cancelled job may take to end."""

_WORDS: dict[JobState, str] = {
    "SUBMITTED": "Submitted to EMR Serverless",
    "QUEUED": "Waiting for other jobs of the application to end",
    "PENDING": "Waiting to be scheduled",
    "SCHEDULED": "Starting the workers",
    "RUNNING": "Running on EMR Serverless",
    "SUCCESS": "Finished on EMR Serverless",
    "FAILED": "Failed on EMR Serverless",
    "CANCELLING": "Stopping the job",
    "CANCELLED": "The job has stopped",
}


class Monitor:
    """Starts a job run, follows it, and does not leave before it has ended.

    Args:
        pause: the longest pause between two looks, seconds.
        bill: learns what the job costs.
    """

    def __init__(
        self,
        service: EmrService,
        limits: Limits,
        pause: float,
        bill: Bill,
        *,
        on_progress: OnProgress,
        cancellation: Cancellation,
    ) -> None:
        self._service = service
        self._limits = limits
        self._pause = pause
        self._bill = bill
        self._on_progress = on_progress
        self._cancellation = cancellation
        self._began = time.monotonic()

    def to_the_end(self, request: dict[str, Any], on_started: Callable[[str], None]) -> JobRun:
        """The job run in its final state.

        Args:
            request: of StartJobRun.
            on_started: is told the job run's id.

        Raises:
            EngineUnavailable: EMR Serverless does not take the job, or has fallen silent.
            RunCancelled: its owner stopped it.
            RunTimeout: it took longer than its limit.
        """
        self._cancellation.check()
        run_id = self._start(request)
        self._bill.begin()
        try:
            on_started(run_id)
            job = self._follow(run_id)
            self._note_bill(job)
        except BaseException as exc:
            job = self._end(run_id, exc)
            self._note_bill(job)
            if isinstance(exc, RunTimeout) and job.state == "SUCCESS":
                return job  # it ended between our last look and the end of its time
            raise
        return job

    def _note_bill(self, job: JobRun) -> None:
        """A job whose workers never came costs nothing."""
        self._bill.billed = job.billed if any(job.billed.values()) or job.ran else None

    def _start(self, request: dict[str, Any]) -> str:
        """Ask until there is an answer, even when the run is cancelled: the job may have begun."""
        deadline = time.monotonic() + START_SECONDS
        for pause in growing(self._pause):
            try:
                return self._service.start_job(request)
            except Unanswered as exc:
                if time.monotonic() > deadline:
                    self._bill.begin()
                    raise EngineUnavailable(
                        f"EMR Serverless does not say whether it took the job {request['name']!r}.",
                        remedy="Ask again in a while. If the job runs, it ends by itself within "
                        f"{request['executionTimeoutMinutes']} minutes.",
                        detail=exc.message,
                    ) from exc
            time.sleep(pause)
        raise AssertionError("pauses do not end")

    def _follow(self, run_id: str) -> JobRun:
        heard = time.monotonic()
        for pause in growing(self._pause):
            self._cancellation.check()
            left = self._limits.seconds - self._seconds
            if left < 0:
                raise RunTimeout(
                    f"The run took longer than its limit of {self._limits.seconds:g} seconds.",
                    remedy="Raise `--timeout` or the setting `emr.seconds`, or ask for less data.",
                )
            try:
                job = self._service.job(run_id)
            except Unanswered:
                if time.monotonic() - heard > SILENCE_SECONDS:
                    raise
            else:
                heard = time.monotonic()
                self._on_progress(RunProgress(stage=_WORDS[job.state], seconds=self._seconds))
                if job.final:
                    return job
            self._cancellation.wait(min(pause, max(left, 0.01)))
        raise AssertionError("pauses do not end")

    def _end(self, run_id: str, cause: BaseException) -> JobRun:
        """Cancel the job and wait until it has ended.

        Raises:
            EngineUnavailable: it is not known to have ended.
        """
        deadline = time.monotonic() + STOP_SECONDS
        problem = ""
        for pause in growing(self._pause):
            try:
                job = self._service.job(run_id)
                if job.final:
                    return job
                if job.state != "CANCELLING":
                    self._service.cancel(run_id)
            except EngineUnavailable as exc:  # it may have ended just now: the next look tells
                problem = exc.message
            if time.monotonic() > deadline:
                break
            time.sleep(pause)
        raise EngineUnavailable(
            f"The job {run_id} was to be stopped, and EMR Serverless does not say that it has.",
            remedy="Look at it in the AWS console, and cancel it there.",
            detail=problem,
        ) from cause

    @property
    def _seconds(self) -> float:
        return time.monotonic() - self._began


def growing(longest: float) -> Iterator[float]:
    """Pauses from a second to `longest` seconds, without end."""
    pause = min(1.0, longest)
    while True:
        yield pause
        pause = min(pause * 1.5, longest)

"""Why a job run did not succeed, as an error of ours."""

import re

from spark_interpreter.errors import (
    EngineUnavailable,
    InterpreterError,
    RunInterrupted,
    RunTimeout,
)
from spark_interpreter.platforms.emr.service import JobRun, no_capacity
from spark_interpreter.platforms.spark_failures import run_error

_ROLE = (
    "Let the role in the setting `emr.execution_role_arn` read and write the bucket of "
    "`storage_uri`, and let emr-serverless.amazonaws.com assume it."
)
_NETWORK = "Check the subnets and security groups of the application: it needs a way to S3."
_WORKERS = (
    "Check the settings `emr.max_vcpu` and `emr.max_memory_gb` against the application's largest "
    "capacity."
)
_NOT_STARTED = (
    (re.compile(r"access ?denied|not authorized|assume|forbidden|403", re.IGNORECASE), _ROLE),
    (re.compile(r"subnet|network|endpoint|connect|timed out", re.IGNORECASE), _NETWORK),
    (re.compile(r"memory|cores|vcpu|worker", re.IGNORECASE), _WORKERS),
)
_QUOTED = "Last few exceptions: "
"""What a failed job's details say before they quote its log."""
_TIMED_OUT = re.compile(r"timed? ?out|timeout", re.IGNORECASE)


def job_error(job: JobRun, log: str, script: str) -> InterpreterError:
    """The error for a job run that has failed or was cancelled by others.

    Args:
        log: of the driver; empty if there is none.
        script: the text that ran.
    """
    if job.state == "CANCELLED":
        return _cancelled(job)
    if (full := no_capacity(job.details)) is not None:
        return full
    if log or job.ran:
        return run_error(log or job.details.replace(_QUOTED, "\n"), script)
    told = job.details.removesuffix(".") or "no reason is given"
    remedy = next((r for p, r in _NOT_STARTED if p.search(job.details)), "Ask again.")
    return EngineUnavailable(
        f"The job failed before it started: {told}.",
        remedy=remedy,
        detail=job.details,
    )


def _cancelled(job: JobRun) -> InterpreterError:
    if _TIMED_OUT.search(job.details):
        return RunTimeout(
            "EMR Serverless stopped the job at the end of its time.",
            remedy="Raise the setting `emr.seconds`, or ask for less data.",
            detail=job.details,
        )
    return RunInterrupted(
        "The job was cancelled in EMR Serverless, and not from here.",
        remedy="Ask again.",
        detail=job.details,
    )

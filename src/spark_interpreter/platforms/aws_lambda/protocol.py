"""What the client and the function say to one another: one JSON document each way."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from spark_interpreter.model import Job, Model, Resources
from spark_interpreter.platforms.aws_lambda.failure import Failure

CANCEL_MARK = "_cancelled"
"""An object of this name beside the result asks the function to stop."""
FAILURE_NAME = "_failure.json"
"""Where the function leaves its reply about a failed run, should the answer be lost."""
LOGS = ("stdout", "stderr", "engine")
"""What a run writes; the function's own log has each line behind the name of its stream."""
_MARGIN_SECONDS = 10.0
"""Kept of the function's time to say how it ended; a tenth of it, if that is less."""


class Request(Model):
    """One run.

    Attributes:
        job: with an output in S3, and without anything of the client's machine.
    """

    version: Literal[1] = 1
    job: Job


class Reply(Model):
    """How the run ended, in the function's own words.

    Attributes:
        failure: None where there is a result with a manifest.
        manifest_sha256: hex digest of the manifest's bytes.
        timings: seconds by stage: "check", "fetch", "start", "session", "execute", "store".
        notes: how the data were fetched.
        logs: the beginning of what the run wrote, by stream.
        logs_cut: the function's log has more.
        log_stream: where that is in CloudWatch Logs.
        remaining_seconds: what was left of the function's time.
        cold: the process carried its first run.
    """

    run_id: str
    failure: Failure | None = None
    manifest_sha256: str = ""
    engine: str
    started: datetime
    ended: datetime
    timings: dict[str, float] = Field(default_factory=dict)
    resources: Resources = Resources()
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    logs: dict[str, str] = Field(default_factory=dict)
    logs_cut: bool = False
    log_stream: str = ""
    remaining_seconds: float = 0
    cold: bool = False


def run_mark(run_id: str) -> str:
    """The first line that the function logs about a run; it is found by this."""
    return f"run {run_id}"


def seconds_of_run(seconds: float) -> float:
    """What a run may use of the time that its function has left."""
    return seconds - min(_MARGIN_SECONDS, seconds / 10)

"""Calls of EMR Serverless, and what its errors mean."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal, get_args

from spark_interpreter.aws import AwsClients, aws_errors, error_code
from spark_interpreter.errors import EngineUnavailable, SourceError, SourceUnavailable
from spark_interpreter.model import Model
from spark_interpreter.model.deployment import EmrSettings

ApplicationState = Literal[
    "CREATING", "CREATED", "STARTING", "STARTED", "STOPPING", "STOPPED", "TERMINATED"
]
JobState = Literal[
    "SUBMITTED", "QUEUED", "PENDING", "SCHEDULED", "RUNNING",
    "SUCCESS", "FAILED", "CANCELLING", "CANCELLED",
]  # fmt: skip
_FINAL = ("SUCCESS", "FAILED", "CANCELLED")
_REFUSED = ("ConflictException", "ServiceQuotaExceededException", "ValidationException")
_CAPACITY = re.compile(
    r"maximum ?capacity|capacity limit|quota|vCPU limit|ip address|insufficient capacity"
    r"|ServiceQuotaExceeded|could not be allocated",
    re.IGNORECASE,
)


class Unanswered(EngineUnavailable):
    """EMR Serverless gave no answer now. Ask again.

    Attributes:
        reached: it was there, and throttled the request or failed itself.
    """

    reached = False


class CapacityExceeded(EngineUnavailable):
    """There is no room for the job's workers."""


class Application(Model):
    """An application, as EMR Serverless describes it.

    Attributes:
        auto_start: a job starts it.
    """

    id: str
    name: str
    state: ApplicationState
    details: str
    release_label: str
    auto_start: bool


class JobRun(Model):
    """A job run, as EMR Serverless describes it.

    Attributes:
        billed: what is charged for: vCPUHour, memoryGBHour, storageGBHour.
    """

    id: str
    state: JobState
    details: str
    release_label: str
    seconds: float
    billed: dict[str, float]

    @property
    def final(self) -> bool:
        return self.state in _FINAL

    @property
    def ran(self) -> bool:
        """Whether its driver ever ran, and so has logs."""
        return self.seconds > 0 or "ExitCode" in self.details


class EmrService:
    """One application of EMR Serverless. Safe to share between threads.

    Every method raises `Unanswered` when asking again may help, `CapacityExceeded` when there is
    no room, and `EngineUnavailable` for the rest. All of them may be repeated: starting a job is
    known by its token.
    """

    def __init__(self, settings: EmrSettings, clients: AwsClients) -> None:
        self._settings = settings
        self._clients = clients

    def application(self) -> Application:
        with _errors(self._what, "asked"):
            found = self._client.get_application(applicationId=self._settings.application_id)
        found = found["application"]
        return Application(
            id=found["applicationId"],
            name=found.get("name", ""),
            state=found["state"],
            details=found.get("stateDetails", ""),
            release_label=found["releaseLabel"],
            auto_start=found.get("autoStartConfiguration", {}).get("enabled", True),
        )

    def start_application(self) -> None:
        with _errors(self._what, "started"):
            self._client.start_application(applicationId=self._settings.application_id)

    def create_application(self, request: dict[str, Any]) -> str:
        """The id of a new application."""
        with _errors("An EMR Serverless application", "created"):
            return str(self._client.create_application(**request)["applicationId"])

    def start_job(self, request: dict[str, Any]) -> str:
        """The id of the job run of this request; the same one each time it is asked for."""
        with _errors("The job", "started"):
            return str(self._client.start_job_run(**request)["jobRunId"])

    def job(self, run_id: str) -> JobRun:
        with _errors(f"The job {run_id}", "looked at"):
            found = self._client.get_job_run(**self._job(run_id))["jobRun"]
        billed = found.get("billedResourceUtilization") or {}
        return JobRun(
            id=run_id,
            state=found["state"] if found["state"] in get_args(JobState) else "RUNNING",
            details=found.get("stateDetails") or "",
            release_label=found["releaseLabel"],
            seconds=found.get("totalExecutionDurationSeconds") or 0,
            billed={name: float(value) for name, value in billed.items()},
        )

    def cancel(self, run_id: str) -> None:
        with _errors(f"The job {run_id}", "cancelled"):
            self._client.cancel_job_run(**self._job(run_id))

    def dashboard(self, run_id: str) -> str:
        """The address of the Spark UI or history server, good for an hour."""
        with _errors(f"The Spark UI of the job {run_id}", "opened"):
            return str(self._client.get_dashboard_for_job_run(**self._job(run_id))["url"])

    def _job(self, run_id: str) -> dict[str, str]:
        return {"applicationId": self._settings.application_id, "jobRunId": run_id}

    @property
    def _what(self) -> str:
        return f"The EMR Serverless application {self._settings.application_id}"

    @property
    def _client(self) -> Any:
        return self._clients.get("emr-serverless", region=self._settings.region or None)


def no_capacity(details: str) -> CapacityExceeded | None:
    """The error, if what EMR Serverless says is that there is no room."""
    if not _CAPACITY.search(details):
        return None
    return CapacityExceeded(
        "EMR Serverless has no room for the job's workers.",
        remedy="Ask again when other jobs have ended, raise the application's maximum capacity or "
        "the account's quota, or lower the settings `emr.max_vcpu` and `emr.max_memory_gb`.",
        detail=details,
    )


@contextmanager
def _errors(what: str, verb: str) -> Iterator[None]:
    try:
        with aws_errors(what, verb=verb):
            yield
    except SourceUnavailable as exc:
        problem = Unanswered(exc.message, remedy=exc.remedy, detail=exc.detail)
        problem.reached = bool(_code(exc))
        raise problem from exc
    except SourceError as exc:
        if _code(exc) in _REFUSED:
            raise _refused(what, verb, exc.detail) from exc
        raise EngineUnavailable(exc.message, remedy=exc.remedy, detail=exc.detail) from exc


def _code(exc: SourceError) -> str:
    return error_code(exc.__cause__) if isinstance(exc.__cause__, Exception) else ""


def _refused(what: str, verb: str, detail: str) -> EngineUnavailable:
    told = detail.rpartition(" operation: ")[2]
    return no_capacity(detail) or EngineUnavailable(
        f"{what} cannot be {verb}: {told.removesuffix('.')}.",
        remedy="Check the settings `emr.application_id` and `emr.execution_role_arn`.",
        detail=detail,
    )

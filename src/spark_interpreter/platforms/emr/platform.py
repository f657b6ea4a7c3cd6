"""The EMR Serverless platform: each run a job in an application that is made once."""

import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from threading import Lock

from spark_interpreter.aws import AwsClients
from spark_interpreter.cancellation import Cancellation
from spark_interpreter.errors import (
    EngineUnavailable,
    InterpreterError,
    OutputTooLarge,
    PlacementError,
    ResultError,
    ScriptFailed,
)
from spark_interpreter.model import (
    Job,
    PlatformHealth,
    PlatformName,
    Resources,
    Run,
    TableProfile,
    now,
)
from spark_interpreter.platforms.base import Bill, OnProgress, on_this_machine
from spark_interpreter.platforms.data_sizes import broadcast_bytes, bytes_to_read
from spark_interpreter.platforms.emr.application import CREATE_REMEDY, STATES, require_ready
from spark_interpreter.platforms.emr.failures import job_error
from spark_interpreter.platforms.emr.logs import driver_logs_uri, fetch_logs
from spark_interpreter.platforms.emr.monitoring import Monitor
from spark_interpreter.platforms.emr.request import start_request, upload, worker_settings
from spark_interpreter.platforms.emr.service import EmrService, JobRun, Unanswered
from spark_interpreter.platforms.emr.sizing import sizing
from spark_interpreter.platforms.manifest import MANIFEST_NAME, write_manifest
from spark_interpreter.settings import Settings
from spark_interpreter.storage import Storage, StoredObject

HEALTH_SECONDS = 60.0
ILLNESS_SECONDS = 10.0
"""How long it is believed that the application takes jobs, and that it does not."""
_ASK_SECONDS = 5.0
"""How long the question after the application's health may take; once, without repeating it."""


class EmrPlatform:
    """Runs scripts as jobs of an EMR Serverless application. Safe to use from several threads.

    Args:
        storage: the bucket that the jobs share with us; None where none is set.
    """

    name: PlatformName = "emr"

    def __init__(self, settings: Settings, storage: Storage | None) -> None:
        self._settings = settings
        self._storage = storage if storage is not None and storage.base else None
        self._service = EmrService(settings.emr, AwsClients())
        self._quick = EmrService(settings.emr, AwsClients(read_seconds=_ASK_SECONDS, attempts=1))
        self._lock = Lock()
        self._known: tuple[float, PlatformHealth] | None = None

    def close(self) -> None:
        """Nothing outlives a run: the application stops by itself."""

    def health(self) -> PlatformHealth:
        """Whether the application takes jobs; asked at most once a minute."""
        missing = self._missing()
        if missing:
            return missing
        with self._lock:
            if self._known is None or time.monotonic() > self._known[0]:
                found = self._asked()
                seconds = HEALTH_SECONDS if found.healthy else ILLNESS_SECONDS
                self._known = (time.monotonic() + seconds, found)
            return self._known[1]

    def cannot_read(self, profile: TableProfile) -> str | None:
        """Why jobs cannot read a source: it is on this machine."""
        return on_this_machine(profile)

    def execute(self, job: Job, *, on_progress: OnProgress, cancellation: Cancellation) -> Run:
        """Run the script to its end; see `Platform`.

        Raises:
            PlacementError: it reads what jobs in the cloud cannot reach.
            RunError: the run failed, was cancelled, or went over a limit.
            ResultError: it left an output that is not a result.
            StoreError: the bucket cannot be used.
        """
        with Bill() as bill:
            return self._execute(job, bill, on_progress, cancellation)

    def _execute(
        self, job: Job, bill: Bill, on_progress: OnProgress, cancellation: Cancellation
    ) -> Run:
        storage = self._require_storage()
        _require_reachable(job)
        started, began = now(), time.monotonic()
        settings = self._settings.emr
        application = require_ready(
            self._service, settings.poll_seconds, on_progress=on_progress,
            cancellation=cancellation,
        )  # fmt: skip
        logs = storage.uri("logs", "emr")
        size = sizing(bytes_to_read(job.profiles, job.extents), settings)
        size = size._replace(broadcast=broadcast_bytes(job.profiles, job.extents))
        request = start_request(job, upload(job, storage), logs, size, settings)
        ids: list[str] = []
        try:
            ran = Monitor(
                self._service, job.limits, settings.poll_seconds, bill,
                on_progress=on_progress, cancellation=cancellation,
            ).to_the_end(request, ids.append)  # fmt: skip
        except InterpreterError:
            for run_id in ids:
                self._logs(job, logs, run_id, cancellation, wait=False)
            raise
        waited = time.monotonic() - began
        failed = ran.state != "SUCCESS"
        log = self._logs(job, logs, ran.id, cancellation, wait=failed and ran.ran)
        if failed:
            raise job_error(ran, "\n".join(log.values()), job.script)
        warnings = self._bring(job, storage)
        return Run(
            run_id=job.run_id,
            platform=self.name,
            platform_run_id=ran.id,
            engine=f"Apache Spark on EMR Serverless ({application.release_label})",
            state="succeeded",
            started=started,
            ended=now(),
            timings={
                "job": waited,
                "execute": ran.seconds,
                "fetch": time.monotonic() - began - waited,
            },
            resources=Resources(billed=ran.billed),
            settings=worker_settings(size),
            warnings=warnings,
            ui_url=self._ui(ran),
        )

    def _logs(
        self, job: Job, logs: str, run_id: str, cancellation: Cancellation, *, wait: bool
    ) -> Mapping[str, str]:
        """The driver's logs, if S3 has them; what went wrong is worth waiting for."""
        uri = driver_logs_uri(logs, self._settings.emr.application_id, run_id)
        try:
            return fetch_logs(
                self._require_storage(), uri, Path(job.log_dir),
                wait_seconds=self._settings.emr.log_seconds if wait else 0,
                limit_kb=job.limits.log_kb, cancellation=cancellation,
            )  # fmt: skip
        except InterpreterError:  # a run is judged by its job and its output, not by its logs
            return {}

    def _bring(self, job: Job, storage: Storage) -> tuple[str, ...]:
        """Bring the result here and state it in a manifest, here and in S3."""
        written = [each for each in storage.list(job.output) if not _is_mark(each.name)]
        _require_result(job, written)
        folder = Path(job.folder)
        shutil.rmtree(folder, ignore_errors=True)
        storage.fetch(job.output, folder)
        (folder / MANIFEST_NAME).unlink(missing_ok=True)
        writes = {each.name.split("-", 2)[-1].partition("-c0")[0] for each in written}
        mixed = job.ordered and len(writes) > 1
        manifest = write_manifest(job.model_copy(update={"ordered": False}) if mixed else job)
        text = manifest.model_dump_json(indent=2)
        storage.put_text(f"{job.output.rstrip('/')}/{MANIFEST_NAME}", text)
        if not mixed:
            return ()
        return ("The script wrote its result in several steps: its rows are in no certain order.",)

    def _ui(self, ran: JobRun) -> str | None:
        try:
            return self._quick.dashboard(ran.id)
        except EngineUnavailable:
            return None

    def _require_storage(self) -> Storage:
        if self._storage is None:
            raise EngineUnavailable(
                "EMR Serverless has no bucket for scripts and results.", remedy=_STORAGE_REMEDY
            )
        return self._storage

    def _missing(self) -> PlatformHealth | None:
        emr = self._settings.emr
        if not emr.application_id:
            return self._unhealthy("No application is set.", CREATE_REMEDY, configured=False)
        if not emr.execution_role_arn:
            return self._unhealthy("No role for its jobs is set.", _ROLE_REMEDY, configured=False)
        if self._storage is None:
            return self._unhealthy("No bucket is set.", _STORAGE_REMEDY, configured=False)
        return None

    def _asked(self) -> PlatformHealth:
        try:
            found = self._quick.application()
        except InterpreterError as exc:
            if isinstance(exc, Unanswered) and exc.reached:
                return self._healthy("EMR Serverless is busy, and does not say how it is.")
            return self._unhealthy(exc.message, exc.remedy)
        detail = f"{STATES[found.state]} ({found.release_label})."
        if found.state == "TERMINATED":
            return self._unhealthy(detail, CREATE_REMEDY)
        return self._healthy(detail)

    def _healthy(self, detail: str) -> PlatformHealth:
        return PlatformHealth(platform=self.name, configured=True, healthy=True, detail=detail)

    def _unhealthy(self, detail: str, remedy: str, *, configured: bool = True) -> PlatformHealth:
        return PlatformHealth(
            platform=self.name, configured=configured, healthy=False, detail=detail, remedy=remedy
        )


_STORAGE_REMEDY = "Set SPARK_INTERPRETER_STORAGE_URI to s3://bucket/prefix."
_ROLE_REMEDY = (
    "Set SPARK_INTERPRETER_EMR__EXECUTION_ROLE_ARN to a role that emr-serverless.amazonaws.com "
    "may assume."
)


def _require_reachable(job: Job) -> None:
    for reason in filter(None, map(on_this_machine, job.profiles)):
        raise PlacementError(f"EMR Serverless cannot run this: {reason}")
    for name in job.connections.values():
        if name not in job.secrets:
            raise PlacementError(
                f"EMR Serverless cannot log in to the connection {name!r}: its secret is kept on "
                "this machine.",
                remedy="Let the connection take its secret from AWS Secrets Manager, or run on "
                "this machine.",
            )


def _is_mark(name: str) -> bool:
    """Whether an object of an output is an engine's note to itself."""
    return any(part.startswith(("_", ".")) for part in name.split("/")) or name in (
        "", MANIFEST_NAME,
    )  # fmt: skip


def _require_result(job: Job, written: list[StoredObject]) -> None:
    """See that there is a result that can be brought here, whole."""
    if not written:
        raise ScriptFailed(
            "The script ended without writing its result.",
            remedy=f'End it with `result.write.mode("overwrite").parquet("{job.output}")`.',
        )
    nested = next((each.name for each in written if "/" in each.name), None)
    if nested is not None:
        raise ResultError(
            f"The result lies in folders of its own: {nested}.",
            remedy="Write it without `partitionBy`.",
        )
    size = sum(each.bytes for each in written)
    if size > job.limits.output_mb * 1024**2:
        raise OutputTooLarge(
            f"The result has {size / 1024**2:,.0f} MiB, more than its limit of "
            f"{job.limits.output_mb} MiB. It is left at {job.output}.",
            remedy="Raise the setting `limits.output_mb`, or ask for fewer rows.",
        )

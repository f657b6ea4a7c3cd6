"""Moto's server in which job runs of EMR Serverless really run; a process of its own.

    python -m tests.servers.emr_program

It prints its port, and ends with everything it started when its standard input does. What moto
answers with SUCCESS at once runs through `spark-submit` here, against the same server's S3. Faults
are switched on with `POST /_emr/faults` (see `Faults`), and `GET /_emr/jobs` tells what ran.
"""

import gzip
import json
import logging
import os
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.emrserverless.exceptions import ValidationException
from moto.emrserverless.models import EMRServerlessBackend, JobRun
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.s3.models import s3_backends
from werkzeug.serving import make_server

from tests.parity.spark import ROOT, SPARK_VENV, environment
from tests.servers.moto import KEYS, REGION

Environ = dict[str, Any]
CORES = 2
_FINAL = ("SUCCESS", "FAILED", "CANCELLED")
_CAPACITY = (
    "Worker could not be allocated as the application has exceeded maximumCapacity settings: "
    "[cpu: 4 vCPU, memory: 16 GB]"
)
_NO_START = (
    "Job failed to start. Access denied when trying to read the entry point from S3 with the "
    "execution role"
)


class Faults:
    """What goes wrong, and how often still.

    `throttled`, `broken`: requests answered with 429 or 500; `lost_start`, `lost_look`,
    `lost_cancel`: requests that are carried out and whose connection is then reset; `capacity`,
    `no_start`: jobs that fail without running; `refused_start`: jobs that are not accepted.
    `late_logs` and `waiting` are seconds: until logs are there, and until a job is scheduled.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left: dict[str, float] = {}

    def set(self, left: dict[str, float]) -> None:
        with self._lock:
            self._left = left

    def takes(self, name: str) -> bool:
        """Whether it goes wrong this time."""
        with self._lock:
            left = self._left.get(name, 0)
            self._left[name] = max(left - 1, 0)
            return left > 0

    def seconds(self, name: str) -> float:
        with self._lock:
            return self._left.get(name, 0)


@dataclass
class Job:
    """A job run, and the process that carries it."""

    run: JobRun
    request: dict[str, Any]
    process: subprocess.Popen[bytes] | None = None
    started: int = 0
    cancelled: threading.Event = field(default_factory=threading.Event)

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def describe(self) -> dict[str, Any]:
        return {
            "id": self.run.id, "state": self.run.state, "started": self.started,
            "alive": self.alive, "request": self.request,
        }  # fmt: skip


class Cluster:
    """Carries job runs, one process each."""

    def __init__(self) -> None:
        self.faults = Faults()
        self.address = ""
        self.starts = 0
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}
        self._by_token: dict[str, Job] = {}

    def jobs(self) -> list[dict[str, Any]]:
        with self._lock:
            return [job.describe() for job in self._jobs.values()]

    def start(self, make: Callable[[], JobRun], request: dict[str, Any]) -> JobRun:
        """The job run of this request: a token that was seen before names the one there is."""
        with self._lock:
            self.starts += 1
            token = request["client_token"]
            if (known := self._by_token.get(token)) is not None:
                if known.request != request:
                    raise JsonRESTError("ConflictException", "The token was used before.")
                return known.run
            job = Job(make(), request)
            self._jobs[job.run.id] = self._by_token[token] = job
        job.run.created_at = job.run.updated_at = _now()
        job.run.state = "SUBMITTED"
        threading.Thread(target=self._carry, args=(job,), daemon=True).start()
        return job.run

    def cancel(self, run_id: str) -> None:
        job = self._jobs[run_id]
        if job.run.state not in _FINAL:
            job.run.state = "CANCELLING"
            job.cancelled.set()

    def stop(self) -> None:
        """End every process."""
        for job in list(self._jobs.values()):
            job.cancelled.set()
            _kill(job)

    def _carry(self, job: Job) -> None:
        for state, seconds in (("PENDING", self.faults.seconds("waiting") or 0.1),
                               ("SCHEDULED", 0.1)):  # fmt: skip
            if not job.cancelled.is_set():
                job.run.state = state
            job.cancelled.wait(seconds)
        if job.cancelled.is_set():
            self._end(job, "CANCELLED", "Job run has been cancelled")
        elif self.faults.takes("capacity"):
            self._end(job, "FAILED", _CAPACITY)
        elif self.faults.takes("no_start"):
            self._end(job, "FAILED", _NO_START)
        elif self.faults.takes("instant"):
            self._end(job, "SUCCESS", "")
        else:
            self._run(job)

    def _run(self, job: Job) -> None:
        with tempfile.TemporaryDirectory(prefix="emr-job-") as name:
            folder = Path(name)
            began = time.monotonic()
            with (folder / "stdout").open("wb") as out, (folder / "stderr").open("wb") as err:
                job.process = subprocess.Popen(
                    self._command(job), cwd=folder, env=self._environment(folder),
                    stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True,
                )  # fmt: skip
                job.started += 1
                job.run.state = "CANCELLING" if job.cancelled.is_set() else "RUNNING"
                while job.process.poll() is None and not job.cancelled.wait(0.05):
                    pass
                _kill(job)
                code = job.process.wait()
            hours = (time.monotonic() - began) / 3600
            job.run.total_execution_duration_seconds = 1 + round(hours * 3600)
            job.run.billed_resource_utilization = {
                "vCPUHour": CORES * hours, "memoryGBHour": 2.0 * hours, "storageGBHour": 0.0,
            }  # fmt: skip
            logs = {name: (folder / name).read_bytes() for name in ("stdout", "stderr")}
        late = self.faults.seconds("late_logs")
        if not late:
            self._store_logs(job, logs)
        if job.cancelled.is_set():
            self._end(job, "CANCELLED", "Job run has been cancelled")
        elif code == 0:
            self._end(job, "SUCCESS", "")
        else:
            self._end(job, "FAILED", _details(code, logs["stdout"].decode("utf-8", "replace")))
        if late:
            time.sleep(late)
            self._store_logs(job, logs)

    def _command(self, job: Job) -> list[str]:
        """The request as `spark-submit` takes it, but with as much as this machine has."""
        driver = job.request["job_driver"]["sparkSubmit"]
        jars = [str(p) for p in (ROOT / "jars").glob("*aws*.jar")]
        small = {
            "spark.hadoop.fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
            "spark.hadoop.fs.s3a.endpoint": self.address,
            "spark.hadoop.fs.s3a.endpoint.region": REGION,
            "spark.hadoop.fs.s3a.path.style.access": "true",
            "spark.hadoop.mapreduce.fileoutputcommitter.algorithm.version": "2",
            "spark.driver.extraClassPath": os.pathsep.join(jars),
            "spark.driver.extraJavaOptions": "-Duser.timezone=UTC -XX:TieredStopAtLevel=1",
            "spark.driver.memory": "1g",
            "spark.ui.enabled": "false",
        }
        confs = [part for key, value in small.items() for part in ("--conf", f"{key}={value}")]
        return [
            str(SPARK_VENV / "bin/spark-submit"), "--master", f"local[{CORES}]",
            *shlex.split(driver["sparkSubmitParameters"]), *confs, driver["entryPoint"],
        ]  # fmt: skip

    def _environment(self, folder: Path) -> dict[str, str]:
        aws = {"AWS_ENDPOINT_URL": self.address, "AWS_REGION": REGION}
        return environment() | KEYS | aws | {"TZ": "UTC", "TMPDIR": str(folder)}

    def _store_logs(self, job: Job, logs: dict[str, bytes]) -> None:
        monitoring = job.request["configuration_overrides"]["monitoringConfiguration"]
        uri = monitoring["s3MonitoringConfiguration"]["logUri"].removeprefix("s3://").rstrip("/")
        bucket, _, prefix = uri.partition("/")
        for name, text in logs.items():
            run = job.run
            key = f"{prefix}/applications/{run.application_id}/jobs/{run.id}/SPARK_DRIVER/{name}.gz"
            s3_backends["123456789012"]["aws"].put_object(bucket, key, gzip.compress(text))

    def _end(self, job: Job, state: str, details: str) -> None:
        job.run.state_details = details
        job.run.updated_at = _now()
        job.run.state = state


def _kill(job: Job) -> None:
    if job.process is not None and job.process.poll() is None:
        os.killpg(job.process.pid, signal.SIGKILL)


def _details(code: int, log: str) -> str:
    said = [line.strip() for line in log.splitlines() if "Error" in line or "Exception" in line]
    last = f" Last few exceptions: {said[-1]}" if said else ""
    text = "Job failed, please check complete logs in configured logging destination."
    return f"{text} ExitCode: {code}.{last}"[:253] + "..."


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


CLUSTER = Cluster()


def _started(original: Callable[..., JobRun]) -> Callable[..., JobRun]:
    def start_job_run(self: EMRServerlessBackend, **request: Any) -> JobRun:
        application = self.get_application(request["application_id"])
        if CLUSTER.faults.takes("refused_start"):
            raise ValidationException("Application is in an invalid state for this operation.")
        if application.state in ("CREATED", "STOPPED"):
            auto_start: Any = application.auto_start_configuration
            if not auto_start["enabled"]:
                raise ValidationException(
                    f"Application {application.id} is in state {application.state}. "
                    "Start it, or enable its auto-start."
                )
            application.state = "STARTED"
        return CLUSTER.start(lambda: original(self, **request), request)

    return start_job_run


def _cancelled(original: Callable[..., tuple[str, str]]) -> Callable[..., tuple[str, str]]:
    def cancel_job_run(
        self: EMRServerlessBackend, application_id: str, job_run_id: str
    ) -> tuple[str, str]:
        if self.get_job_run(application_id, job_run_id).state in _FINAL:
            raise ValidationException("The job run is in a final state.")
        CLUSTER.cancel(job_run_id)
        return application_id, job_run_id

    return cancel_job_run


class Front:
    """What stands before moto: the switches, and the faults of single requests."""

    def __init__(self, moto: DomainDispatcherApplication) -> None:
        self._moto = moto

    def __call__(self, environ: Environ, respond: Callable[..., Any]) -> Iterable[bytes]:
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        if path == "/_emr/faults":
            CLUSTER.faults.set(
                json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
            )
            return _answer(respond, "200 OK", {})
        if path == "/_emr/jobs":
            return _answer(respond, "200 OK", {"jobs": CLUSTER.jobs(), "starts": CLUSTER.starts})
        if "/emr-serverless/" not in environ.get("HTTP_AUTHORIZATION", ""):
            return self._moto(environ, respond)  # type: ignore[no-any-return]
        return self._emr(path, method, environ, respond)

    def _emr(
        self, path: str, method: str, environ: Environ, respond: Callable[..., Any]
    ) -> Iterable[bytes]:
        faults = CLUSTER.faults
        if faults.takes("throttled"):
            return _answer(respond, "429 Too Many Requests", {"message": "Rate exceeded"},
                           code="ThrottlingException")  # fmt: skip
        if faults.takes("broken"):
            return _answer(respond, "500 Internal Server Error", {"message": "no"},
                           code="InternalServerException")  # fmt: skip
        if path.endswith("/dashboard"):
            return _answer(respond, "200 OK", {"url": f"https://p-1.emrappui-prod.invalid{path}"})
        parts = path.strip("/").split("/")
        looks_at_a_job = len(parts) == 4 and parts[2] == "jobruns"
        lost = {("POST", False): "lost_start", ("GET", True): "lost_look",
                ("DELETE", True): "lost_cancel"}.get((method, looks_at_a_job))  # fmt: skip
        if method == "POST" and parts[-1] != "jobruns":
            lost = None
        body = list(self._moto(environ, respond))
        if lost and faults.takes(lost):
            _reset(environ["werkzeug.socket"])
        return body


def _answer(
    respond: Callable[..., Any], status: str, document: dict[str, Any], *, code: str = ""
) -> Iterable[bytes]:
    body = json.dumps(document, default=str).encode()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    respond(status, headers + ([("x-amzn-errortype", code)] if code else []))
    return [body]


def _reset(connection: socket.socket) -> None:
    """The client sees its connection broken, with nothing of the answer."""
    connection.shutdown(socket.SHUT_RDWR)
    raise ConnectionResetError


def main() -> None:
    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    EMRServerlessBackend.start_job_run = _started(EMRServerlessBackend.start_job_run)  # type: ignore[method-assign]
    EMRServerlessBackend.cancel_job_run = _cancelled(EMRServerlessBackend.cancel_job_run)  # type: ignore[method-assign]
    front = Front(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, front, threaded=True)
    CLUSTER.address = f"http://127.0.0.1:{server.port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(f"{server.port}\n")
    sys.stdout.flush()
    sys.stdin.read()
    CLUSTER.stop()


if __name__ == "__main__":
    main()

"""The embedded platform: each run in a process tree of its own on this machine."""

import glob
import importlib.util
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple, Self

import psutil

from spark_interpreter.cancellation import Cancellation, current_cancellation
from spark_interpreter.errors import RunOutOfMemory, ScriptFailed
from spark_interpreter.model import (
    EmptyTable,
    Job,
    PlanFailure,
    PlanReport,
    PlatformHealth,
    PlatformName,
    Resources,
    Run,
    TableProfile,
    now,
)
from spark_interpreter.platforms.base import OnProgress
from spark_interpreter.platforms.embedded.believed import believed
from spark_interpreter.platforms.embedded.failures import run_error
from spark_interpreter.platforms.embedded.parent import WarmParent
from spark_interpreter.platforms.embedded.plan_failures import plan_failure
from spark_interpreter.platforms.embedded.protocol import Outcome, Remote, Work
from spark_interpreter.platforms.embedded.supervision import Supervision
from spark_interpreter.platforms.embedded.watch import MIB
from spark_interpreter.platforms.manifest import write_manifest
from spark_interpreter.settings import Settings

CHECK_SECONDS = 30.0
"""A plan that is not resolved after this time is refused."""


_SCRATCH = "spark-interpreter-run-"
_PACKAGES = {"pysail": "pysail", "pyspark-client": "pyspark"}

_NOTHING_WRITTEN = PlanFailure(
    error_class="NO_OUTPUT", message="The script ends without writing its result."
)


class EmbeddedPlatform:
    """Runs scripts on pysail behind a warm parent process. Safe to use from several threads.

    A context manager; leaving it ends the warm parent and every run.

    Args:
        parent: a warm parent that is there already; one of its own if None.
    """

    name: PlatformName = "local"

    def __init__(self, settings: Settings, *, parent: WarmParent | None = None) -> None:
        self._settings = settings
        self._parent = parent or WarmParent.take()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def warm(self) -> None:
        """Start the warm parent in the background, so that the first run need not wait."""
        self._parent.start()

    def close(self) -> None:
        """End the warm parent and every run."""
        self._parent.close()

    def sweep(self) -> int:
        """Remove the private folders that killed processes have left, and count them."""
        left = [
            folder
            for folder in Path(tempfile.gettempdir()).glob(f"{_SCRATCH}[0-9]*-*")
            if not psutil.pid_exists(int(folder.name.removeprefix(_SCRATCH).partition("-")[0]))
        ]
        for folder in left:
            shutil.rmtree(folder, ignore_errors=True)
        return len(left)

    def health(self) -> PlatformHealth:
        """Whether the engine can run here; starts nothing."""
        if sys.platform != "linux":
            return self._unhealthy(f"It needs Linux, not {sys.platform}.", "Use Linux or WSL.")
        for package, module in _PACKAGES.items():
            if importlib.util.find_spec(module) is None:
                return self._unhealthy(f"{package} is not here.", f"Run `pip install {package}`.")
        return PlatformHealth(
            platform=self.name, configured=True, healthy=True, detail=engine_name()
        )

    def cannot_read(self, profile: TableProfile) -> str | None:  # noqa: ARG002 - it is brought here
        """Everything can be read here."""
        return None

    def probe(self) -> None:
        """See that the warm parent gives processes for runs.

        Raises:
            EngineUnavailable: it does not.
        """
        pod = self._parent.pod(Cancellation())
        pod.kill()
        pod.close()

    def _unhealthy(self, detail: str, remedy: str) -> PlatformHealth:
        return PlatformHealth(
            platform=self.name, configured=True, healthy=False, detail=detail, remedy=remedy
        )

    def execute(self, job: Job, *, on_progress: OnProgress, cancellation: Cancellation) -> Run:
        """Run the script to its end; see `Platform`.

        Raises:
            RunError: the run failed, was cancelled, or went over a limit.
            ResultError: it left an output that is not a result.
        """
        return self.run(job, on_progress=on_progress, cancellation=cancellation)

    def run(
        self,
        job: Job,
        *,
        on_progress: OnProgress,
        cancellation: Cancellation,
        remote: Remote | None = None,
        token: str = "",
    ) -> Run:
        """Run the script in a pod: with an engine of its own, or with one elsewhere.

        Args:
            token: of the server elsewhere, if it wants one; the script cannot read it.

        Raises: see `execute`.
        """
        started = now()
        if remote is None:
            _require_inputs(job)
        _prepare_output(Path(job.folder))
        with _scratch() as scratch:
            work = Work(
                mode="run",
                script=job.script,
                scratch=scratch,
                output=job.output,
                folder=job.folder,
                ordered=job.ordered,
                read_paths=job.read_paths,
                staged=job.staged,
                remote=remote,
                limits=job.limits,
            )
            ran = self._carry(
                work, on_progress, cancellation, log_dir=Path(job.log_dir), token=token
            )
        if ran.outcome.raised is not None:
            if ran.outcome.raised.type == "MemoryError":
                raise ran.supervision.out_of_memory()
            raise run_error(ran.outcome.raised, job.staged)
        if not ran.outcome.wrote:
            raise ScriptFailed(
                "The script ended without writing its result.",
                remedy=f'End it with `result.write.mode("overwrite").parquet("{job.output}")`.',
            )
        write_manifest(job)
        return _finished(job, started, ran, remote)

    def check(self, script: str, tables: Sequence[EmptyTable]) -> PlanReport:
        """Resolve the script's plan against empty tables; see `PlanChecker`.

        A script whose plan depends on rows it has fetched gives a report without columns.

        Raises:
            EngineUnavailable: the engine could not be started.
            RunTimeout: the script did not come to its end in time.
            RunCancelled: this thread's work is to stop.
        """
        limits = self._settings.limits
        limits = limits.model_copy(update={"seconds": min(limits.seconds, CHECK_SECONDS)})
        with _scratch() as scratch:
            work = Work(
                mode="check", script=script, scratch=scratch, tables=tuple(tables), limits=limits
            )
            try:
                outcome = self._carry(work, lambda _: None, current_cancellation()).outcome
            except (ScriptFailed, RunOutOfMemory) as exc:
                return PlanReport(failure=PlanFailure(error_class=exc.code, message=exc.message))
        if outcome.raised is not None:
            return PlanReport(failure=plan_failure(outcome.raised, script))
        if not outcome.wrote:
            return PlanReport(failure=_NOTHING_WRITTEN)
        return PlanReport(columns=outcome.columns, needs=believed(outcome.needs, tables))

    def _carry(
        self,
        work: Work,
        on_progress: OnProgress,
        cancellation: Cancellation,
        *,
        log_dir: Path | None = None,
        token: str = "",
    ) -> "_Carried":
        started = time.monotonic()
        pod = self._parent.pod(cancellation)
        waited = time.monotonic() - started
        supervision = Supervision(
            pod, work, on_progress=on_progress, cancellation=cancellation, token=token
        )
        try:
            outcome = supervision.to_the_end()
        finally:
            pod.close()
            if log_dir is not None:
                supervision.save_logs(log_dir)
        return _Carried(supervision, outcome, pod.pid, waited)


class _Carried(NamedTuple):
    supervision: Supervision
    outcome: Outcome
    pid: int
    start_seconds: float


@cache
def engine_name() -> str:
    """Name and version of the embedded engine."""
    return f"pysail {version('pysail')}"


def _finished(job: Job, started: datetime, ran: _Carried, remote: Remote | None) -> Run:
    supervision = ran.supervision
    dropped = supervision.stdout.dropped + supervision.stderr.dropped
    told = remote.settings if remote else {}
    return Run(
        run_id=job.run_id,
        platform="local",
        platform_run_id=str(ran.pid),
        engine=ran.outcome.engine or engine_name(),
        state="succeeded",
        started=started,
        ended=now(),
        timings={"start": ran.start_seconds} | ran.outcome.timings,
        resources=Resources(
            peak_memory_mb=supervision.peak_memory / MIB or None,
            cpu_seconds=supervision.ended.cpu_seconds if supervision.ended else None,
            bytes_read=supervision.bytes_read,
        ),
        settings={name: value for name, value in told.items() if name in ran.outcome.settings},
        warnings=(f"{dropped} bytes of the script's output were not kept.",) if dropped else (),
    )


@contextmanager
def _scratch() -> Iterator[str]:
    """A private folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(
        prefix=f"{_SCRATCH}{os.getpid()}-", ignore_cleanup_errors=True
    ) as folder:
        for name in ("engine", "script"):
            (Path(folder) / name).mkdir()
        yield folder


def _require_inputs(job: Job) -> None:
    copies = (path for copy in job.staged for path in copy.paths)
    for path in (*job.read_paths, *copies):
        if not (Path(path).exists() or glob.glob(path)):  # noqa: PTH207 - the pattern is absolute
            raise ScriptFailed(
                f"The run's input {path} is not there.", remedy="Put it back, or ask again."
            )


def _prepare_output(folder: Path) -> None:
    """An empty folder, whatever an earlier attempt left."""
    if folder.is_symlink() or folder.is_file():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)
    while not folder.exists():
        # Retention may remove the empty folder above it between its making and this one's.
        with suppress(FileNotFoundError):
            folder.mkdir(parents=True)

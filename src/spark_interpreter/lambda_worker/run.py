"""One job inside the function: check, fetch, run, store."""

import hashlib
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import copy_context
from pathlib import Path
from typing import NamedTuple

from spark_interpreter.aws import AwsClients, S3Requests, counting_s3
from spark_interpreter.cancellation import Cancellation, cancelled_by
from spark_interpreter.errors import (
    InterpreterError,
    RunCancelled,
    RunTimeout,
    ScriptFailed,
    StoreError,
    ValidationError,
)
from spark_interpreter.model import Finding, Job, Limits, Need, Resources, Run, Script, Staged, now
from spark_interpreter.platforms.aws_lambda import (
    CANCEL_MARK,
    Reply,
    failure_of,
    require_readable,
    seconds_of_run,
)
from spark_interpreter.platforms.embedded import watch
from spark_interpreter.platforms.embedded.parent import WarmParent
from spark_interpreter.platforms.embedded.platform import EmbeddedPlatform, engine_name
from spark_interpreter.platforms.manifest import MANIFEST_NAME
from spark_interpreter.script import empty_tables
from spark_interpreter.settings import Settings
from spark_interpreter.sources import Sources
from spark_interpreter.storage import Storage
from spark_interpreter.validation import Validator

MARK_SECONDS = 2.0
"""Pause between two looks for the mark of a cancelled run."""
_TICK_SECONDS = 0.1
_RESERVE_MB = 64
_LEAST_MB = 256
_MIB = 1024 * 1024


class Parts(NamedTuple):
    """What stays between runs: nothing of any of them is in it."""

    parent: WarmParent
    clients: AwsClients
    storage: Storage


class LambdaRun:
    """Carries one job.

    Args:
        home: an empty folder for everything that is written.
        seconds: what is left of the invocation.
        memory_mb: of the function; 0 where it is not known.
    """

    def __init__(
        self, job: Job, parts: Parts, home: Path, *, seconds: float, memory_mb: int
    ) -> None:
        self._parts = parts
        self._home = home
        self._output = job.output
        self._started = now()
        self._begun = time.monotonic()
        self._seconds = min(job.limits.seconds, seconds_of_run(seconds))
        self._limits = _limits(job.limits, self._seconds, memory_mb, home)
        self._settings = _settings(home, self._limits)
        self._job = job.model_copy(
            update={
                "read_paths": (),
                "folder": str(home / "output"),
                "log_dir": str(home / "logs"),
                "limits": self._limits,
            }
        )
        self._platform = EmbeddedPlatform(self._settings, parent=parts.parent)
        self._cancellation = Cancellation()
        self._requests = S3Requests()
        self._timings: dict[str, float] = {}
        self._notes: list[str] = []
        self._warnings: list[str] = []

    def carry(self) -> Reply:
        """Run the job to its end: the result is in S3, its manifest last.

        Raises:
            InterpreterError: it failed, and left no manifest.
        """
        require_readable(self._job)
        with counting_s3(self._requests), self._watched(), cancelled_by(self._cancellation):
            run = self._run(self._checked_and_fetched())
            with self._timed("store"):
                digest = self._store()
        return self._reply(run, digest)

    def failed(self, error: InterpreterError) -> Reply:
        """The reply for a job that failed."""
        return Reply(
            run_id=self._job.run_id,
            failure=failure_of(error),
            engine=engine_name(),
            started=self._started,
            ended=now(),
            timings=self._timings,
            resources=Resources(billed=self._requests.billed),
            warnings=tuple(self._warnings),
        )

    def _reply(self, run: Run, digest: str) -> Reply:
        return Reply(
            run_id=self._job.run_id,
            manifest_sha256=digest,
            engine=run.engine,
            started=self._started,
            ended=now(),
            timings=self._timings | run.timings,
            resources=run.resources.model_copy(update={"billed": self._requests.billed}),
            warnings=(*self._warnings, *run.warnings),
            notes=tuple(self._notes),
        )

    def _checked_and_fetched(self) -> tuple[Staged, ...]:
        """The data, fetched while the script is checked.

        What the client says of the script's needs is believed until the check tells.
        """
        told = self._job.needs
        refused = threading.Event()
        with ThreadPoolExecutor(1) as pool:
            fetching = pool.submit(copy_context().run, self._fetch, told, refused)
            try:
                with self._timed("check"):
                    needs = self._check()
            except BaseException:
                refused.set()
                raise
            staged = fetching.result()
        if told and told != needs:
            staged = self._fetch(needs, refused)
        self._notes += [copy.note for copy in staged if copy.note]
        self._warnings += [issue.sentence for copy in staged for issue in copy.issues]
        return staged

    def _check(self) -> tuple[Need, ...]:
        """What the script needs, if it may run: whoever invokes the function is not believed."""
        job = self._job
        script = Script(
            text=job.script,
            local_text=job.script,
            inputs=tuple(place for p in job.profiles for place in p.read.locations),
            output=job.output,
            session=job.settings,
        )
        tables = empty_tables(script, job.profiles)
        verdict = Validator(self._settings, self._platform).validate(script, tables)
        if verdict.errors:
            raise self._refusal(verdict.errors[0])
        return verdict.needs

    def _refusal(self, finding: Finding) -> InterpreterError:
        if finding.rule == "plan-timeout":
            self._cancellation.check()
            return self._timeout()
        if finding.rule in _FROM_THE_PLAN:
            where = f" at line {finding.line}" if finding.line else ""
            return ScriptFailed(
                f"The script failed{where}: {finding.message}",
                remedy=finding.suggestion or "Correct the script and run it again.",
                line=finding.line,
            )
        return ValidationError(finding.message, remedy=finding.suggestion)

    def _fetch(self, needs: tuple[Need, ...], refused: threading.Event) -> tuple[Staged, ...]:
        """Copies of what a script needs; of all that it reads where `needs` are not known."""
        folder = Path(tempfile.mkdtemp(prefix="staged-", dir=self._home))
        with self._timed("fetch"):
            return Sources(self._settings, clients=self._parts.clients).stage(
                self._job.profiles,
                needs,
                folder,
                stopped=lambda: self._cancellation.cancelled or refused.is_set(),
                on_bytes=lambda _: None,
            )

    def _run(self, staged: tuple[Staged, ...]) -> Run:
        left = max(0.1, self._seconds - (time.monotonic() - self._begun))
        limits = self._limits.model_copy(update={"seconds": left})
        return self._platform.execute(
            self._job.model_copy(update={"staged": staged, "limits": limits}),
            on_progress=lambda _: None,
            cancellation=self._cancellation,
        )

    def _store(self) -> str:
        """Bring the result to S3, the manifest when all else is there; its digest."""
        folder, storage = Path(self._job.folder), self._parts.storage
        manifest = (folder / MANIFEST_NAME).read_text("utf-8")
        (folder / MANIFEST_NAME).unlink()
        self._look_for_mark()
        storage.put_folder(folder, self._output)
        try:
            self._look_for_mark()
        except RunCancelled:
            storage.clear(self._output)
            raise
        storage.put_text(f"{self._output}/{MANIFEST_NAME}", manifest)
        return hashlib.sha256(manifest.encode()).hexdigest()

    def _look_for_mark(self) -> None:
        """Go on unless nobody wants the result any more.

        Raises:
            RunCancelled: there is a mark, or time is up.
        """
        if self._marked():
            self._cancellation.cancel()
        self._cancellation.check()

    def _marked(self) -> bool:
        with suppress(StoreError):
            uri = f"{self._output}/{CANCEL_MARK}"
            return self._parts.storage.read_bytes(uri).decode() == self._job.run_id
        return False

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Stop at the end of the time and when the mark is found, wherever the run is."""
        over = threading.Event()
        watching = threading.Thread(
            target=copy_context().run, args=(self._watch, over), name="watch", daemon=True
        )
        watching.start()
        try:
            yield
        except (RunCancelled, RunTimeout) as stopped:
            if self._late:
                raise self._timeout() from stopped
            raise
        finally:
            over.set()
            watching.join()

    def _watch(self, over: threading.Event) -> None:
        look_at = time.monotonic() + MARK_SECONDS
        while not over.wait(_TICK_SECONDS):
            if self._late:
                self._cancellation.cancel()
                return
            if time.monotonic() >= look_at:
                look_at = time.monotonic() + MARK_SECONDS
                if self._marked():
                    self._cancellation.cancel()
                    return

    @property
    def _late(self) -> bool:
        return time.monotonic() - self._begun >= self._seconds

    def _timeout(self) -> RunTimeout:
        return RunTimeout(
            f"The run took longer than its limit of {self._seconds:.3g} seconds.",
            remedy="Raise `--timeout` and the function's own limit, ask for less data, or run it "
            "on a larger platform.",
        )

    @contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        started = time.monotonic()
        try:
            yield
        finally:
            self._timings[stage] = time.monotonic() - started


_FROM_THE_PLAN = frozenset({
    "ambiguous-column", "missing-aggregation", "plan-error", "sql-syntax", "type-mismatch",
    "undefined-name", "unknown-column", "unknown-function", "unknown-member", "unknown-table",
    "wrong-arguments",
})  # fmt: skip
"""Rules that speak of a script that cannot work, rather than of one that may not run."""


def _limits(wanted: Limits, seconds: float, memory_mb: int, home: Path) -> Limits:
    """What the run may use of what the function has."""
    free = shutil.disk_usage(home).free // _MIB
    limits = {"seconds": seconds, "output_mb": max(1, min(wanted.output_mb, free // 2))}
    if memory_mb:
        room = memory_mb - _used_mb() - _RESERVE_MB
        limits["memory_mb"] = max(_LEAST_MB, min(wanted.memory_mb, room))
    return wanted.model_copy(update=limits)


def _used_mb() -> int:
    """Memory of this process and the warm parent."""
    return watch.usage({os.getpid(), *watch.descendants(os.getpid())}).memory // _MIB


def _settings(home: Path, limits: Limits) -> Settings:
    """The function's settings, with nothing kept outside the folder of the run."""
    settings = Settings(data_dir=home / "data", cache_dir=home / "cache", cache_max_mb=0)
    free = max(1, shutil.disk_usage(home).free // _MIB)
    return settings.model_copy(
        update={"limits": limits, "stage_max_mb": min(settings.stage_max_mb, free)}
    )

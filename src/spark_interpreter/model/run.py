"""One execution of a script."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from spark_interpreter.model.base import Model
from spark_interpreter.model.profile import TableProfile
from spark_interpreter.model.staging import Need, Staged

PlatformName = Literal["local", "lambda", "emr", "connect"]
RunState = Literal["pending", "running", "succeeded", "failed", "cancelled"]


class Limits(Model):
    """What a run may use.

    Attributes:
        seconds: wall time; the whole process tree is killed at its end.
        memory_mb: resident memory of the process tree, MiB.
        processes: processes and threads of the tree.
        output_mb: bytes written, MiB.
        log_kb: bytes of standard output and error kept, KiB.
    """

    seconds: float = Field(default=300, gt=0)
    memory_mb: int = Field(default=4096, ge=256)
    processes: int = Field(default=256, ge=16)
    output_mb: int = Field(default=4096, ge=1)
    log_kb: int = Field(default=1024, ge=1)


class Extent(Model):
    """How much of one source a run reads, as far as that is known before it runs.

    Attributes:
        label: the name a person knows the source by.
        kind: of the source ("file", "glue", "postgres", "snowflake").
        remote: it is not on this machine.
        bytes, rows: of the partitions that are needed, at rest; None where nobody says.
        note: what was left out ("3 of 36 partitions").
    """

    label: str
    kind: str
    remote: bool
    bytes: int | None = None
    rows: int | None = None
    note: str = ""


class Job(Model):
    """What a platform is asked to run.

    Attributes:
        script: the text to run, exactly as validated.
        read_paths: local files, folders and absolute glob patterns the run may read.
        staged: copies on this machine of data that are elsewhere; the platforms "local" and
            "connect" take them.
        output: what the script names as the place of its result: a local folder or an `s3://`
            prefix.
        folder: the local folder that has the result and its manifest when the run has finished.
        profiles: what is known of the data the script reads.
        needs: what it takes of them; see `Verdict.needs`.
        extents: how much of each it reads, partitions that it leaves out not counted.
        settings: what its sources ask of the Spark session; see `Script.session`.
        connections: names of connections by their JDBC address; see `Script.connections`.
        secrets: ARNs in AWS Secrets Manager by the names of those connections that have one.
        log_dir: local folder for this run's logs.
        ordered: the result's row order must be kept.
    """

    run_id: str
    session_id: str
    turn: int
    script: str
    read_paths: tuple[str, ...] = ()
    staged: tuple[Staged, ...] = ()
    profiles: tuple[TableProfile, ...] = ()
    needs: tuple[Need, ...] = ()
    extents: tuple[Extent, ...] = ()
    settings: dict[str, str] = Field(default_factory=dict)
    connections: dict[str, str] = Field(default_factory=dict)
    secrets: dict[str, str] = Field(default_factory=dict)
    output: str
    folder: str
    log_dir: str
    limits: Limits = Limits()
    ordered: bool = False


class Resources(Model):
    """What a run used; None where the platform does not say.

    Attributes:
        memory_mb: what it was given, MiB, where that is paid for.
        billed: what the platform charges for, in its own units: "GBSecond" and "request" of
            Lambda; "vCPUHour", "memoryGBHour" and "storageGBHour" of EMR Serverless; "S3Put" and
            "S3Get" requests of a Lambda function to S3.
    """

    peak_memory_mb: float | None = None
    memory_mb: float | None = None
    cpu_seconds: float | None = None
    bytes_read: int | None = None
    billed: dict[str, float] = Field(default_factory=dict)


class Placement(Model):
    """The chosen platform and why.

    Attributes:
        reasons: one sentence each: why this one, how much is read, why not a cheaper one.
        estimated_cost: US dollars; None where nobody can say.
        estimated_seconds: how long it probably takes; None where nobody can say.
    """

    platform: PlatformName
    reasons: tuple[str, ...]
    estimated_cost: float | None = None
    estimated_seconds: float | None = None


class Run(Model):
    """A finished execution. A failed one is reported by an exception instead.

    Attributes:
        platform_run_id: the platform's own id (process id, request id, job run id).
        engine: name and version ("pysail 0.7.2").
        timings: seconds by stage ("start", "session", "execute").
        settings: what Spark was told beside what the script asks for: workers, joins, shuffles.
        ui_url: the engine's own page about the run; the platform may close it after an hour.
        cost: US dollars; 0 on this machine and on a cluster of one's own, None where nobody says.
    """

    run_id: str
    platform: PlatformName
    platform_run_id: str
    engine: str
    state: RunState
    started: datetime
    ended: datetime
    timings: dict[str, float] = Field(default_factory=dict)
    resources: Resources = Resources()
    warnings: tuple[str, ...] = ()
    cost: float | None = None
    settings: dict[str, str] = Field(default_factory=dict)
    ui_url: str | None = None


class FailedRun(Model):
    """An execution that ended without a result, on a platform that bills it all the same.

    Attributes:
        error: the code of the error it ended with.
        billed: see `Resources.billed`.
        cost: US dollars; None where nobody says.
        about: it is reckoned from the time that had passed, as the platform has not said yet.
    """

    run_id: str
    platform: PlatformName
    error: str
    billed: dict[str, float] = Field(default_factory=dict)
    cost: float | None = None
    about: bool = False


class PlatformHealth(Model):
    """Whether a platform can be used now, what is missing, and how to get it.

    Attributes:
        memory_mb, seconds: what it says that one run gets there at the most, MiB and seconds; None
            where it does not say.
    """

    platform: PlatformName
    configured: bool
    healthy: bool
    detail: str
    remedy: str = ""
    memory_mb: int | None = None
    seconds: float | None = None


class ExecutionLogs(Model):
    """What a run printed, and what the engine said; secrets are blotted out.

    Attributes:
        problem: why the run failed, and what to do about it; empty if it did not.
        line, script_line: the script's line (1-based) that was running, and its text.
        errors: the lines that tell of errors, each once, in order.
        stdout, stderr: of the script's process or the driver.
        engine: of the engine, where it has a log of its own.
    """

    problem: str = ""
    line: int | None = None
    script_line: str = ""
    errors: tuple[str, ...] = ()
    stdout: str = ""
    stderr: str = ""
    engine: str = ""

    @property
    def streams(self) -> dict[str, str]:
        """The texts by the names of their files."""
        return {"stdout": self.stdout, "stderr": self.stderr, "engine": self.engine}

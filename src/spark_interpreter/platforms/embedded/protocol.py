"""What the owner of a run and its processes say to one another."""

from typing import Literal

from pydantic import Field

from spark_interpreter.model import EmptyTable, Limits, Model, Need, ResultColumn, Staged


class Remote(Model):
    """A Spark Connect server elsewhere, and the session a run has there.

    Its token is not among this: a script's process is a copy of one that has read it.

    Attributes:
        user: whose session it is, as the server sees it.
        session: id of the session, known to the owner so that he can end it.
        settings: what Spark is told for this session, where neither the script nor the server
            has anything else than Spark's own.
    """

    host: str
    port: int
    tls: bool = False
    user: str = "spark-interpreter"
    session: str
    settings: dict[str, str] = Field(default_factory=dict)


class Work(Model):
    """What one pod is asked to do.

    Attributes:
        mode: "run" executes the script; "check" resolves its plan against `tables`.
        output: the place the script names for its result (run).
        folder: the folder of this machine that its result is written to (run).
        ordered: the rows of the result keep their order (run).
        read_paths: files and folders the engine may read (run).
        staged: what stands for data that the engine cannot ask for; it may read them too (run).
        remote: the engine, where it is not one of the pod's own (run).
        tables: stand-ins for everything the script reads (check).
        scratch: a private folder with the folders `engine` and `script` in it.
    """

    mode: Literal["run", "check"]
    script: str
    scratch: str
    output: str = ""
    folder: str = ""
    ordered: bool = False
    read_paths: tuple[str, ...] = ()
    staged: tuple[Staged, ...] = ()
    remote: Remote | None = None
    tables: tuple[EmptyTable, ...] = ()
    limits: Limits

    @property
    def inputs(self) -> tuple[str, ...]:
        """All files and folders of this machine that an engine of the pod's own may read."""
        if self.remote is not None:
            return ()
        return (*self.read_paths, *(path for copy in self.staged for path in copy.paths))


class Started(Model):
    """The processes of a pod, by their ids in the owner's view."""

    engine: int
    script: int


class Ended(Model):
    """Exit codes of a pod's processes as `subprocess` has them; negative: killed by a signal.

    `engine_first`: the engine went away while the script was still running.
    """

    engine: int
    script: int
    engine_first: bool
    cpu_seconds: float = 0


class Raised(Model):
    """An exception that ended the script.

    Attributes:
        type: the exception's class name.
        engine: the engine or its client raised it, not the script's own Python.
        condition: Spark's error condition, when the engine names one.
        line: 1-based line of the script.
        trace: the traceback as Python prints it.
        after_data: the script had looked at rows before it failed.
        unsupported: Spark has the feature and the engine does not.
        reads: what the script had read, with the columns it gave in a schema.
    """

    type: str
    message: str
    engine: bool = False
    condition: str | None = None
    line: int | None = None
    trace: str = ""
    after_data: bool = False
    unsupported: bool = False
    reads: tuple[EmptyTable, ...] = ()


class Progress(Model):
    """How far the engine says it is (0 to 1); said before the outcome, each on a line."""

    fraction: float = Field(ge=0, le=1)


class Outcome(Model):
    """What the script process says at its end. It comes out of the sandbox: believe nothing.

    Attributes:
        wrote: the declared output was written.
        columns: of the DataFrame that was written.
        needs: what the script takes from its sources; empty if that is not known (check).
        timings: seconds by stage.
        engine: name and version of an engine elsewhere.
        settings: names of `Remote.settings` that the engine took.
    """

    raised: Raised | None = None
    wrote: bool = False
    columns: tuple[ResultColumn, ...] = ()
    needs: tuple[Need, ...] = ()
    timings: dict[str, float] = Field(default_factory=dict)
    engine: str = ""
    settings: tuple[str, ...] = ()


OUTCOME_MAX_BYTES = 4 * 1024 * 1024
"""More than this from a script process is not an outcome."""

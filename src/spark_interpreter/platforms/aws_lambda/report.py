"""What Lambda itself says of an invocation."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from spark_interpreter.errors import (
    EngineUnavailable,
    RunError,
    RunInterrupted,
    RunOutOfMemory,
    RunTimeout,
)

_REPORT = re.compile(
    r"REPORT RequestId: (?P<request>\S+)\s+Duration: (?P<duration>[\d.]+) ms\s+"
    r"Billed Duration: (?P<billed>[\d.]+) ms\s+Memory Size: (?P<size>\d+) MB\s+"
    r"Max Memory Used: (?P<used>\d+) MB(?:\s+Init Duration: (?P<init>[\d.]+) ms)?"
)
_BROKEN = (
    "Runtime.HandlerNotFound", "Runtime.ImportModuleError", "Runtime.InvalidEntrypoint",
    "Runtime.UserCodeSyntaxError", "Runtime.MalformedHandlerName", "Extension.",
)  # fmt: skip
_OUT_OF_MEMORY = ("Runtime.OutOfMemory", "MemoryError")
_KILLED = "signal: killed"
_TIMED_OUT = re.compile(r"Task timed out after ([\d.]+) seconds")


class Report(NamedTuple):
    """The REPORT line of an invocation: seconds and MB.

    Attributes:
        init: of the process, where the invocation had to start one.
    """

    request_id: str
    seconds: float
    billed: float
    memory_mb: float
    peak_memory_mb: float
    init: float | None

    @property
    def billed_units(self) -> dict[str, float]:
        """What Lambda charges for; see `Resources.billed`."""
        return {"GBSecond": self.billed * self.memory_mb / 1024, "request": 1}


def find_report(lines: Iterable[str]) -> Report | None:
    """The report among lines of a log, if it is there."""
    for line in lines:
        if found := _REPORT.search(line):
            return Report(
                request_id=found["request"],
                seconds=float(found["duration"]) / 1000,
                billed=float(found["billed"]) / 1000,
                memory_mb=float(found["size"]),
                peak_memory_mb=float(found["used"]),
                init=float(found["init"]) / 1000 if found["init"] else None,
            )
    return None


def ending_of(problem: Mapping[str, Any], report: Report | None, log: str) -> RunError:
    """Why the function ended without an answer of its own.

    Args:
        problem: `errorType` and `errorMessage` of the payload.
        log: for the detail.
    """
    kind, message = str(problem.get("errorType", "")), str(problem.get("errorMessage", ""))
    if found := _TIMED_OUT.search(message):
        return RunTimeout(
            f"The Lambda function was ended after its limit of {float(found[1]):g} seconds.",
            remedy="Raise the function's time limit, or run it on a larger platform.",
            detail=log,
        )
    full = report is not None and report.peak_memory_mb >= report.memory_mb
    if kind in _OUT_OF_MEMORY or _KILLED in message or full:
        return RunOutOfMemory(
            "The Lambda function needed more than its"
            + (f" {report.memory_mb:g} MB of" if report else "")
            + " memory.",
            remedy="Give the function more memory, or run it on a larger platform.",
            detail=log,
        )
    if kind.startswith(_BROKEN):
        return EngineUnavailable(
            f"The Lambda function cannot start: {message}",
            remedy="Build its image again from deploy/lambda and update the function.",
            detail=log,
        )
    return RunInterrupted(
        f"The process of the Lambda function ended: {message or kind or 'no reason was given'}",
        remedy="Run it again; if it happens again, look into the function's log.",
        detail=log,
    )

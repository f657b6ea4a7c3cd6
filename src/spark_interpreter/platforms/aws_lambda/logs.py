"""The log of one run, from CloudWatch Logs: by its request id, paged until it is complete."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from spark_interpreter.aws import AwsClients, aws_errors
from spark_interpreter.cancellation import Cancellation
from spark_interpreter.errors import SourceDenied, SourceError
from spark_interpreter.platforms.aws_lambda.protocol import LOGS, run_mark

_CLOCKS_MS = 60_000
"""How far the clocks of this machine and of the service may be apart."""
_POLL_SECONDS = 1.0


class RunLog(NamedTuple):
    """The lines of one run in order, and whether its end is among them."""

    lines: tuple[str, ...] = ()
    complete: bool = False


class FunctionLogs:
    """The log group of a function.

    Args:
        function: its name or ARN.
    """

    def __init__(self, function: str, *, region: str | None, clients: AwsClients) -> None:
        self._group = f"/aws/lambda/{function_name(function)}"
        self._region = region
        self._clients = clients

    def await_run(
        self,
        run_id: str,
        request_id: str,
        *,
        since: float,
        seconds: float,
        cancellation: Cancellation,
    ) -> RunLog:
        """The log of a run, waited for until it is complete, or as far as it has come.

        What cannot be read is taken as not written yet: a log is not worth a failure.

        Args:
            request_id: of the invocation; empty where it is not known.
            since: when it was invoked, in seconds since the epoch.
        """
        deadline = time.monotonic() + seconds
        log = RunLog()
        while True:
            try:
                log = self.run(run_id, request_id, since=since)
            except SourceDenied:
                return log
            except SourceError:  # not there yet, or not reachable now
                pass
            if log.complete or time.monotonic() >= deadline:
                return log
            if cancellation.wait(_POLL_SECONDS):
                return log

    def run(self, run_id: str, request_id: str, *, since: float) -> RunLog:
        """What there is now of a run's log.

        Raises:
            SourceError: it cannot be read.
        """
        start = int(since * 1000) - _CLOCKS_MS
        with aws_errors(f"The log group '{self._group}'"):
            stream = self._stream(request_id or run_mark(run_id), start)
            if stream is None:
                return RunLog()
            return _cut_out(list(self._lines(stream, start)), run_id, request_id)

    def _stream(self, mark: str, start: int) -> str | None:
        """The stream that has a mark: each process of the function writes one."""
        pages = self._client.get_paginator("filter_log_events").paginate(
            logGroupName=self._group, startTime=start, filterPattern=f'"{mark}"'
        )
        for page in pages:
            for event in page["events"]:
                if mark in event["message"]:
                    return str(event["logStreamName"])
        return None

    def _lines(self, stream: str, start: int) -> Iterator[str]:
        token: dict[str, str] = {}
        while True:
            page = self._client.get_log_events(
                logGroupName=self._group,
                logStreamName=stream,
                startTime=start,
                startFromHead=True,
                **token,
            )
            for event in page["events"]:
                yield str(event["message"]).rstrip("\n")
            following = page["nextForwardToken"]
            if following == token.get("nextToken"):
                return
            token = {"nextToken": following}

    @property
    def _client(self) -> Any:
        return self._clients.get("logs", region=self._region)


def function_name(function: str) -> str:
    """The name in a name or ARN, without a version or alias."""
    parts = function.split(":")
    return parts[6] if len(parts) > 6 else parts[0]


def _cut_out(lines: Sequence[str], run_id: str, request_id: str) -> RunLog:
    """The lines from START to REPORT around a run; a process carries one after the other."""
    begin, ours = 0, False
    for number, line in enumerate(lines):
        if line.startswith("START RequestId:"):
            if ours:
                return RunLog(tuple(lines[begin:number]))
            begin = number
        ours = ours or line == run_mark(run_id) or bool(request_id and request_id in line)
        if ours and line.startswith("REPORT RequestId:"):
            return RunLog(tuple(lines[begin : number + 1]), complete=True)
    return RunLog(tuple(lines[begin:])) if ours else RunLog()


def save(folder: Path, log: RunLog) -> None:
    """Write `function.log`, and what the run itself wrote, stream by stream."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "function.log").write_text("".join(f"{line}\n" for line in log.lines), "utf-8")
    for name in LOGS:
        text = "".join(
            line.removeprefix(f"{name}: ") + "\n"
            for line in log.lines
            if line.startswith(f"{name}: ")
        )
        (folder / f"{name}.log").write_text(text, "utf-8")

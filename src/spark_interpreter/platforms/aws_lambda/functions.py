"""The function as AWS has it, and the clients that reach it."""

import threading
import time
from functools import cached_property
from typing import Any, NamedTuple

from spark_interpreter.aws import AwsClients, aws_errors, error_code
from spark_interpreter.errors import InterpreterError, SourceDenied, SourceError
from spark_interpreter.model.deployment import LambdaSettings

_FACTS_SECONDS = 60.0
_TROUBLE_SECONDS = 5.0
"""How long an answer is believed: a good one, and a bad one."""
_READ_SECONDS = 5.0


class FunctionFacts(NamedTuple):
    """What is known of the function: its limits, and whether it can be invoked now."""

    usable: bool
    detail: str
    remedy: str = ""
    memory_mb: int = 0
    seconds: float = 0


class Functions:
    """The function that the settings name. Safe to share between threads."""

    def __init__(self, settings: LambdaSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._facts: FunctionFacts | None = None
        self._until = 0.0
        self._patient: dict[float, Any] = {}

    @property
    def region(self) -> str | None:
        """The function's: as set, or as its ARN has it; None for that of the AWS settings."""
        parts = self._settings.function.split(":")
        return self._settings.region or (parts[3] if len(parts) > 6 else None)

    def facts(self) -> FunctionFacts:
        """What AWS said of the function a short while ago, or says now."""
        with self._lock:
            if self._facts is None or time.monotonic() > self._until:
                self._facts = self._ask()
                good = self._facts.usable
                self._until = time.monotonic() + (_FACTS_SECONDS if good else _TROUBLE_SECONDS)
            return self._facts

    def patient_client(self, read_seconds: float) -> Any:
        """A client that sends each request once, and waits for its answer as long as it takes."""
        with self._lock:
            if read_seconds not in self._patient:
                clients = AwsClients(read_seconds=read_seconds, attempts=1)
                self._patient[read_seconds] = clients.get("lambda", region=self.region)
            return self._patient[read_seconds]

    @cached_property
    def _quick(self) -> AwsClients:
        return AwsClients(read_seconds=_READ_SECONDS, attempts=2)

    def _ask(self) -> FunctionFacts:
        name = self._settings.function
        try:
            client = self._quick.get("lambda", region=self.region)
            with aws_errors(f"The Lambda function '{name}'"):
                return _as_facts(name, client.get_function_configuration(FunctionName=name))
        except SourceDenied as denied:
            cause = denied.__cause__
            if not isinstance(cause, Exception) or not error_code(cause).startswith("AccessDenied"):
                return FunctionFacts(False, denied.message, denied.remedy)
            return FunctionFacts(
                True,
                f"{name}; its configuration may not be read, so the settings are believed",
                memory_mb=self._settings.memory_mb,
                seconds=self._settings.seconds,
            )
        except SourceError as error:
            remedy = "Check the settings `aws_lambda.function` and `aws_lambda.region`."
            return FunctionFacts(False, error.message, f"{error.remedy} {remedy}".strip())
        except InterpreterError as error:
            return FunctionFacts(False, error.message, error.remedy)


def _as_facts(name: str, configuration: dict[str, Any]) -> FunctionFacts:
    memory, seconds = int(configuration["MemorySize"]), float(configuration["Timeout"])
    state = configuration.get("State", "Active")
    if state not in ("Active", "Inactive"):
        reason = configuration.get("StateReason", "")
        return FunctionFacts(
            False,
            f"The Lambda function '{name}' is not ready: {reason or state}.",
            "Wait until its update has finished, or deploy it again.",
        )
    (architecture,) = configuration.get("Architectures", ["x86_64"])
    return FunctionFacts(
        True,
        f"{name}: {memory} MB, {seconds:g} s, {architecture}",
        memory_mb=memory,
        seconds=seconds,
    )

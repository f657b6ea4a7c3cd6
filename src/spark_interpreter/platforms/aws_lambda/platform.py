"""The client of the function."""

import threading
from functools import cached_property

from spark_interpreter.aws import AwsClients
from spark_interpreter.cancellation import Cancellation
from spark_interpreter.model import Job, PlatformHealth, PlatformName, Run, TableProfile
from spark_interpreter.platforms.aws_lambda.execution import Execution, Reach
from spark_interpreter.platforms.aws_lambda.functions import Functions
from spark_interpreter.platforms.aws_lambda.logs import FunctionLogs
from spark_interpreter.platforms.aws_lambda.protocol import seconds_of_run
from spark_interpreter.platforms.aws_lambda.requests import payload, unreadable
from spark_interpreter.platforms.base import OnProgress
from spark_interpreter.settings import Settings
from spark_interpreter.storage import Storage

_LOG_READ_SECONDS = 10.0


class LambdaPlatform:
    """Runs scripts over S3 and Glue in a Lambda function. Safe to use from several threads.

    Args:
        storage: where the function leaves results; made from the settings if None.
    """

    name: PlatformName = "lambda"

    def __init__(self, settings: Settings, storage: Storage | None = None) -> None:
        self._settings = settings
        self._storage = storage or Storage(settings.storage_uri)
        self._functions = Functions(settings.aws_lambda)
        self._closing = threading.Event()

    def close(self) -> None:
        """End every run."""
        self._closing.set()

    def health(self) -> PlatformHealth:
        """Whether there is such a function; asks AWS now and then."""
        wanted = {
            "aws_lambda.function": self._settings.aws_lambda.function,
            "storage_uri": self._settings.storage_uri,
        }
        if missing := [name for name, value in wanted.items() if not value]:
            return PlatformHealth(
                platform=self.name,
                configured=False,
                healthy=False,
                detail=f"Not configured: {' and '.join(missing)}.",
                remedy="Deploy the function (docs/platforms.md) and set them.",
            )
        facts = self._functions.facts()
        return PlatformHealth(
            platform=self.name,
            configured=True,
            healthy=facts.usable,
            detail=facts.detail,
            remedy=facts.remedy,
            memory_mb=facts.memory_mb or None,
            seconds=seconds_of_run(facts.seconds) or None,
        )

    def cannot_read(self, profile: TableProfile) -> str | None:
        """Why the function cannot read a source: it sees S3 and Glue."""
        return unreadable(profile)

    def execute(self, job: Job, *, on_progress: OnProgress, cancellation: Cancellation) -> Run:
        """Run the script in the function; see `Platform`.

        Cancelling ends the waiting at once. The function stops when it finds a mark in S3, which
        it looks for every two seconds, and leaves no result.

        Raises:
            PlacementError: the function cannot carry this job; nothing was begun.
            RunError: the run failed, was cancelled, or went over a limit.
            SourceError: the function could not read the data.
            ResultError: what it left is not a result.
            StoreError: the result could not be written, or brought here.
            ValidationError: the function's own check refused the script.
        """
        cancellation.check()
        data = payload(job)
        return Execution(self._reach, job, data, on_progress, cancellation).carry()

    @cached_property
    def _reach(self) -> Reach:
        own = self._settings.aws_lambda
        clients = AwsClients(read_seconds=_LOG_READ_SECONDS, attempts=2)
        return Reach(
            function=own.function,
            functions=self._functions,
            logs=FunctionLogs(own.function, region=self._functions.region, clients=clients),
            storage=self._storage,
            log_seconds=own.log_seconds,
            closing=self._closing,
        )

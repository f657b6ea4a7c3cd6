"""Runs scripts on a Spark cluster over Spark Connect."""

import os
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from urllib.parse import urlsplit

from spark_interpreter.cancellation import Cancellation
from spark_interpreter.errors import EngineUnavailable, ScriptFailed, SettingsError
from spark_interpreter.model import (
    JdbcRead,
    Job,
    PlatformHealth,
    PlatformName,
    Run,
    Staged,
    TableProfile,
)
from spark_interpreter.model.deployment import LOOPBACK
from spark_interpreter.platforms.base import OnProgress, on_this_machine
from spark_interpreter.platforms.connect.copies import in_storage, under_its_path
from spark_interpreter.platforms.connect.server import SparkServer
from spark_interpreter.platforms.data_sizes import session_settings
from spark_interpreter.platforms.embedded.platform import EmbeddedPlatform
from spark_interpreter.platforms.embedded.protocol import Remote
from spark_interpreter.platforms.embedded.relay import upstream
from spark_interpreter.platforms.spark_failures import run_error
from spark_interpreter.settings import Settings
from spark_interpreter.storage import Storage

_PORT = 15002
"""Spark Connect's own."""
_OF_SPARK = "pyspark.errors.exceptions.connect"
"""Stands in the trace of an error that Spark has raised."""


class ConnectPlatform:
    """The script runs in a sandboxed process here, its engine is the cluster.

    Its only way out leads to that cluster. The result comes over the same connection, in its
    order, into the run's folder.

    Args:
        local: has the pods that scripts run in.
    """

    name: PlatformName = "connect"

    def __init__(self, settings: Settings, local: EmbeddedPlatform) -> None:
        self._settings = settings.connect
        self._local = local
        self._storage = Storage(settings.storage_uri)
        self._server = SparkServer(settings.connect)

    def close(self) -> None:
        """Stop the Apache Spark that was started here."""
        self._server.close()

    def health(self) -> PlatformHealth:
        """Whether the cluster can be reached; of a Spark of this machine, whether it is there."""
        detail = remedy = ""
        if not self._settings.url:
            if not os.access(self._server.program, os.X_OK):
                detail = f"There is no Apache Spark in {self._settings.spark_home}."
                remedy = "Set connect.spark_home to its folder."
            place = f"Apache Spark in {self._settings.spark_home}, started when it is needed"
        else:
            try:
                remote = self._remote()
                place = f"{remote.host}:{remote.port}"
                upstream(remote).close()
            except SettingsError as exc:
                place, detail, remedy = "", exc.message, exc.remedy
            except OSError as exc:
                detail = f"The Spark cluster {place} cannot be reached: {exc}."
                remedy = "Start it, or correct connect.url."
        return PlatformHealth(
            platform=self.name, configured=True, healthy=not detail, detail=detail or place,
            remedy=remedy,
        )  # fmt: skip

    def cannot_read(self, profile: TableProfile) -> str | None:
        """Why the cluster cannot read a source: it neither sees its file nor a copy of its table.

        No password is sent there: tables of databases are copied here, and read from the copy.
        """
        if self._shares_files():
            return None
        if isinstance(profile.read, JdbcRead):
            if self._storage.base:
                return None
            return (
                f"it gets a copy of {profile.label} instead of the database's password, and does "
                "not see the files of this machine; set storage_uri to put the copy into S3, or "
                "connect.shares_files if it sees them."
            )
        if on_this_machine(profile) is None:
            return None
        return (
            f"{profile.label} is on this machine, and the cluster does not see its files; set "
            "connect.shares_files if it does."
        )

    def execute(self, job: Job, *, on_progress: OnProgress, cancellation: Cancellation) -> Run:
        """Run the script on the cluster; see `Platform`.

        Raises:
            EngineUnavailable: the cluster cannot be reached, or the local Spark does not start.
            RunError: the run failed, was cancelled, or went over a limit.
            ResultError: it left an output that is not a result.
        """
        cancellation.check()
        settings = session_settings(job.profiles, job.extents)
        with self._engine(cancellation) as remote, self._copies(job) as staged:
            try:
                run = self._local.run(
                    job.model_copy(update={"read_paths": (), "staged": staged}),
                    on_progress=on_progress,
                    cancellation=cancellation,
                    remote=remote.model_copy(update={"settings": settings}),
                    token=self._token,
                )
            except ScriptFailed as error:
                if _OF_SPARK not in error.detail:
                    raise
                raise run_error(error.detail, job.script) from error
        return run.model_copy(update={"platform": self.name, "platform_run_id": remote.session})

    @property
    def _token(self) -> str:
        wanted = self._settings.token if self._settings.url else None
        return wanted.get_secret_value() if wanted else ""

    @contextmanager
    def _engine(self, cancellation: Cancellation) -> Iterator[Remote]:
        """The server with a new session, running and within reach."""
        if self._settings.url:
            yield _reached(self._remote())
            return
        with self._server.lease(cancellation) as port:
            yield _reached(Remote(host="127.0.0.1", port=port, session=str(uuid.uuid4())))

    def _copies(self, job: Job) -> AbstractContextManager[tuple[Staged, ...]]:
        if self._shares_files():
            return nullcontext(under_its_path(job.staged))
        return in_storage(job.staged, self._storage, job.run_id)

    def _remote(self) -> Remote:
        """The server that the settings name, with a new session.

        Raises:
            SettingsError: they name none.
        """
        settings = self._settings
        address = urlsplit(settings.url)
        host = address.hostname or ""
        if address.scheme != "sc" or not host or ";" in host or address.path.strip("/"):
            raise SettingsError(
                "connect.url is not the address of a Spark Connect server.",
                remedy="Write sc://host:port, and the token and TLS as settings of their own.",
            )
        return Remote(
            host=host,
            port=address.port or _PORT,
            tls=settings.tls,
            session=str(uuid.uuid4()),
        )

    def _shares_files(self) -> bool:
        """Whether the workers see the files of this machine; without word those here alone do."""
        settings = self._settings
        if settings.shares_files is not None:
            return settings.shares_files
        if not settings.url and settings.master.startswith("local"):
            return True
        return urlsplit(settings.url or settings.master).hostname in LOOPBACK


def _reached(remote: Remote) -> Remote:
    try:
        upstream(remote).close()
    except OSError as exc:
        raise EngineUnavailable(
            f"The Spark cluster {remote.host}:{remote.port} cannot be reached.",
            remedy="Start it, or correct connect.url.",
            detail=str(exc),
        ) from exc
    return remote

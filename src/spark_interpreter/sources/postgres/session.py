"""Sessions: read-only, in UTC, with a limit on everything that could wait."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from spark_interpreter.errors import RunCancelled, SourceError, SourceUnavailable
from spark_interpreter.model import IamAuth, PostgresConnection
from spark_interpreter.sources.attribution import application_name
from spark_interpreter.sources.base import Stopped
from spark_interpreter.sources.connections import Credentials, Login

if TYPE_CHECKING:
    import psycopg

    from spark_interpreter.sources.postgres.types import PostgresColumn

_RETRY_SECONDS = 0.5
_CANCEL_SECONDS = 2.0
_TICK = 0.05


@dataclass(frozen=True)
class Timeouts:
    """Seconds.

    Attributes:
        connect: to reach the server and log in.
        query: what one look at catalogs, a sample or values may take in the server.
        read: what one reading of rows may take in the server.
        silence: how long nothing may arrive before the connection counts as lost.
    """

    connect: int = 10
    query: float = 20
    read: float = 300
    silence: float = 30


class Session:
    """One read-only transaction with a server; made and closed by `opened`."""

    def __init__(self, inner: "psycopg.Connection[Any]", watch: "Watch") -> None:
        self.inner = inner
        self.watch = watch

    def rows(self, query: str, parameters: Any = None) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        self.watch.touch()
        return self.inner.execute(query.encode(), parameters).fetchall()

    def limit(self, seconds: float) -> None:
        """What each following statement may take in the server."""
        self.inner.execute(f"SET LOCAL statement_timeout = {int(seconds * 1000)}".encode())
        self.watch.patience(seconds)


class Watch(threading.Thread):
    """Ends a session whose server is silent, or whose owner has stopped.

    Network reads do not come back by themselves when the other side is gone without a word.
    """

    def __init__(
        self, inner: "psycopg.Connection[Any]", timeouts: Timeouts, stopped: Stopped
    ) -> None:
        super().__init__(name="postgres-watch", daemon=True)
        self._inner = inner
        self._timeouts = timeouts
        self._patience = timeouts.query + timeouts.silence
        self._stopped = stopped
        self._done = threading.Event()
        self._last = time.monotonic()
        self.cancelled = False
        self.silent = False

    def touch(self) -> None:
        """Something was heard, or something new was asked."""
        self._last = time.monotonic()

    def patience(self, seconds: float) -> None:
        """How long silence is fine: what the server may work, and a margin."""
        self._patience = seconds + self._timeouts.silence
        self.touch()

    def streaming(self) -> None:
        """From the first row on there is no reason for silence."""
        self._patience = self._timeouts.silence
        self.touch()

    def run(self) -> None:
        """Look at both now and then."""
        while not self._done.wait(_TICK):
            if self._stopped():
                self.cancelled = True
                self._cancel()
                return
            if time.monotonic() - self._last > self._patience:
                self.silent = True
                self._hang_up()
                return

    def finish(self) -> None:
        self._done.set()
        self.join(_CANCEL_SECONDS * 2)

    def _cancel(self) -> None:
        """Ask the server to stop; hang up if that does not help."""
        import psycopg

        with contextlib.suppress(psycopg.Error, OSError):
            self._inner.cancel_safe(timeout=_CANCEL_SECONDS)
        if not self._done.wait(_CANCEL_SECONDS):
            self._hang_up()

    def _hang_up(self) -> None:
        import psycopg

        with contextlib.suppress(psycopg.Error, OSError):
            handle = socket.socket(fileno=socket.dup(self._inner.fileno()))
            with handle:
                handle.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.finish()


class Opener:
    """Opens sessions of connections."""

    def __init__(self, credentials: Credentials, timeouts: Timeouts) -> None:
        self._credentials = credentials
        self.timeouts = timeouts

    @contextlib.contextmanager
    def opened(
        self, connection: PostgresConnection, what: str, *, stopped: Stopped = lambda: False
    ) -> Iterator[Session]:
        """A session for one piece of work, closed afterwards.

        Args:
            what: what is asked for, for messages.

        Raises:
            SourceError: there is no connection, or the work in the block failed in the server.
            RunCancelled: `stopped` said so.
        """
        require_driver()
        from spark_interpreter.sources.postgres.errors import mapped

        inner = self._connect(connection)
        watch = Watch(inner, self.timeouts, stopped)
        try:
            with watch, mapped(connection, what):
                yield Session(inner, watch)
        except SourceError as exc:
            if watch.cancelled:
                raise RunCancelled(f"Cancelled while {what} was read.") from exc
            if watch.silent:
                raise SourceUnavailable(
                    f"Connection '{connection.name}' fell silent while {what} was read.",
                    remedy="See to the network and the server, and ask again.",
                ) from exc
            raise
        finally:
            inner.close()

    def _connect(self, connection: PostgresConnection) -> "psycopg.Connection[Any]":
        """Connect; once more with a newer secret, once more where the server was not ready."""
        import psycopg

        from spark_interpreter.sources.postgres.errors import (
            connect_error,
            login_refused,
            worth_retrying,
        )

        login = self._credentials.login(connection)
        for last in (False, True):
            try:
                return self._attempt(connection, login)
            except psycopg.OperationalError as exc:
                newer = None
                if not last and login_refused(exc):
                    newer = self._credentials.newer(connection, login)
                if last or not (newer or worth_retrying(exc)):
                    raise connect_error(exc, connection) from exc
                login = newer or login
                time.sleep(0 if newer else _RETRY_SECONDS)
        raise AssertionError("unreachable")

    def batches(
        self,
        connection: PostgresConnection,
        query: str,
        columns: "Sequence[PostgresColumn]",
        *,
        what: str,
        stopped: Stopped,
    ) -> Iterator[Any]:
        """Many rows of a query of `bulk_list`, as Arrow batches.

        Raises:
            SourceError: the server did not give them.
            UnfitValue: a value is not one of its column's type.
            RunCancelled: `stopped` said so.
        """
        from spark_interpreter.sources.postgres.bulk import batches
        from spark_interpreter.sources.postgres.errors import mapped

        parameters = self._parameters(connection, self._credentials.login(connection))
        parameters["options"] += f" -c statement_timeout={int(self.timeouts.read * 1000)}"
        with mapped(connection, what):
            yield from batches(
                parameters, query, columns, timeouts=self.timeouts, stopped=stopped,
                name=connection.name, what=what,
            )  # fmt: skip

    def _attempt(self, connection: PostgresConnection, login: Login) -> "psycopg.Connection[Any]":
        import psycopg

        inner = psycopg.connect(**self._parameters(connection, login), client_encoding="UTF8")
        inner.read_only = True
        inner.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        return inner

    def _parameters(self, connection: PostgresConnection, login: Login) -> dict[str, Any]:
        """What libpq is told."""
        tls = connection.tls
        if isinstance(connection.auth, IamAuth) and tls in {"disable", "prefer"}:
            tls = "require"
        protected = tls not in {"disable", "prefer"}
        parameters = {
            "host": connection.host,
            "port": connection.port,
            "dbname": connection.database,
            "user": login.user,
            "password": login.secret.get_secret_value(),
            "sslmode": tls,
            "sslrootcert": connection.ca_file or ("system" if tls == "verify-full" else None),
            "gssencmode": "disable",
            # In the clear a password goes only as a proof of it.
            "require_auth": None if protected else "!password",
            "connect_timeout": self.timeouts.connect,
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "application_name": application_name(),
            "options": "-c default_transaction_read_only=on "
            f"-c statement_timeout={int(self.timeouts.query * 1000)} "
            "-c timezone=UTC -c datestyle=ISO -c intervalstyle=postgres -c bytea_output=hex",
        }
        return {name: value for name, value in parameters.items() if value is not None}


def require_driver() -> None:
    """Say what to install where the driver is missing.

    Raises:
        SourceError: it is.
    """
    try:
        import adbc_driver_postgresql  # noqa: F401
        import psycopg  # noqa: F401
    except ImportError as exc:
        raise SourceError(
            f"PostgreSQL needs the package '{exc.name}'.",
            remedy="pip install 'spark-code-interpreter[postgres]'",
        ) from exc

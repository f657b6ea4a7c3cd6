"""Sessions of Snowflake: short ones, each for one piece of work."""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from spark_interpreter.errors import RunCancelled, SourceDenied, SourceError, SourceUnavailable
from spark_interpreter.model import SnowflakeConnection
from spark_interpreter.sources.attribution import query_tag
from spark_interpreter.sources.base import Stopped
from spark_interpreter.sources.connections import Credentials, Login
from spark_interpreter.sources.snowflake.errors import reported
from spark_interpreter.sources.snowflake.names import literal

if TYPE_CHECKING:
    from snowflake.connector import SnowflakeConnection as Driver

T = TypeVar("T")

_TICK_SECONDS = 0.1
_LONG_POLL_SECONDS = 45
"""Snowflake holds a request back for so long while its query runs."""
_ATTEMPTS = 3


@dataclass(frozen=True)
class Timeouts:
    """Seconds.

    Attributes:
        login: until a session is there.
        socket: of silence; longer than a running query keeps its client waiting.
        statement: of one query; Snowflake ends it then.
    """

    login: int = 20
    socket: int = _LONG_POLL_SECONDS + 15
    statement: int = 300


class Session:
    """An open session. Every error is one of ours."""

    def __init__(self, driver: "Driver", connection: SnowflakeConnection, timeouts: Timeouts):
        self._driver = driver
        self._connection = connection
        self._timeouts = timeouts

    def rows(self, sql: str, doing: str) -> list[dict[str, Any]]:
        """All rows of a small result, by column name in lower case."""
        with reported(self._connection, doing), self._driver.cursor() as cursor:
            cursor.execute(sql)
            names = [column.name.lower() for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def batches(self, sql: str, doing: str, *, stopped: Stopped) -> Iterator[Any]:
        """The result as Arrow tables, as they arrive; none where there is no row.

        Raises:
            RunCancelled: `stopped` said so; the query was cancelled.
        """
        with reported(self._connection, doing), self._driver.cursor() as cursor:
            cursor.execute_async(sql)
            query = cursor.sfqid
            assert query is not None
            try:
                self._await(query, doing, stopped)
                cursor.get_results_from_sfqid(query)
                for table in cursor.fetch_arrow_batches():
                    _unless(stopped, doing)
                    yield table
            except (RunCancelled, SourceUnavailable, GeneratorExit):
                self._cancel(query)
                raise

    def _await(self, query: str, doing: str, stopped: Stopped) -> None:
        """Wait until the query has ended, looking often at first and less often later."""
        deadline = time.monotonic() + self._timeouts.statement
        pause = 0.02
        while True:
            status = self._driver.get_query_status_throw_if_error(query)
            if not self._driver.is_still_running(status):
                return
            _unless(stopped, doing)
            if time.monotonic() > deadline:
                raise SourceUnavailable(
                    f"Snowflake took longer than {self._timeouts.statement} s ({doing}).",
                    remedy="Ask again, ask for less, or use a larger warehouse.",
                )
            time.sleep(pause)
            pause = min(pause * 1.5, _TICK_SECONDS * 5)

    def _cancel(self, query: str) -> None:
        with contextlib.suppress(SourceError):
            self.rows(f"SELECT SYSTEM$CANCEL_QUERY({literal(query)})", "cancelling a query")


class Sessions:
    """Opens sessions for named connections.

    Args:
        credentials: where the logins come from.
    """

    def __init__(self, credentials: Credentials, timeouts: Timeouts | None = None) -> None:
        self._credentials = credentials
        self._timeouts = timeouts or Timeouts()

    @contextlib.contextmanager
    def open(self, connection: SnowflakeConnection, purpose: str) -> Iterator[Session]:
        """A session that is closed afterwards.

        A login that is refused is tried once more if the secret was changed meanwhile.

        Args:
            purpose: what Snowflake's query history shows in the tag.

        Raises:
            SourceError: there is no login, it is refused, or Snowflake cannot be reached.
        """
        login = self._credentials.login(connection)
        try:
            driver = self._connect(connection, login, purpose)
        except SourceDenied:
            newer = self._credentials.newer(connection, login)
            if newer is None:
                raise
            driver = self._connect(connection, newer, purpose)
        try:
            yield Session(driver, connection, self._timeouts)
        finally:
            _close(driver)

    def _connect(self, connection: SnowflakeConnection, login: Login, purpose: str) -> "Driver":
        try:
            from snowflake.connector import connect
        except ModuleNotFoundError as exc:
            raise SourceError(
                "Snowflake needs the package 'snowflake-connector-python'.",
                remedy="pip install 'spark-code-interpreter[snowflake]'",
            ) from exc
        with reported(connection, "logging in"):
            driver: Driver = connect(
                **_address(connection),
                **_proof(connection, login),
                application="SparkCodeInterpreter",
                login_timeout=self._timeouts.login,
                network_timeout=self._timeouts.statement,
                socket_timeout=self._timeouts.socket,
                client_session_keep_alive=False,
                client_store_temporary_credential=False,
                client_request_mfa_token=False,
                log_imported_packages_in_telemetry=False,
                platform_detection_timeout_seconds=0.0,
                session_parameters={
                    "QUERY_TAG": query_tag(purpose),
                    "STATEMENT_TIMEOUT_IN_SECONDS": self._timeouts.statement,
                    "TIMEZONE": "UTC",
                    "QUOTED_IDENTIFIERS_IGNORE_CASE": False,
                    "CLIENT_TELEMETRY_ENABLED": False,
                    "CLIENT_OUT_OF_BAND_TELEMETRY_ENABLED": False,
                },
            )
        driver.telemetry_enabled = False
        return driver


def _address(connection: SnowflakeConnection) -> dict[str, Any]:
    address: dict[str, Any] = {
        "account": connection.account,
        "port": connection.port,
        "protocol": "https" if connection.tls else "http",
        "warehouse": connection.warehouse,
        "database": connection.database,
        "role": connection.role,
    }
    if connection.host:
        address["host"] = connection.host
    return {name: value for name, value in address.items() if value is not None}


def _proof(connection: SnowflakeConnection, login: Login) -> dict[str, Any]:
    """Who logs in, and what with."""
    secret = login.secret.get_secret_value()
    if login.kind == "key_pair":
        return {"user": login.user, "private_key": _private_key(connection, login)}
    if login.kind == "password":
        return {"user": login.user, "password": secret}
    return {"user": login.user, "authenticator": "oauth", "token": secret}


def _private_key(connection: SnowflakeConnection, login: Login) -> bytes:
    """The key in the form that the connector takes."""
    from cryptography.hazmat.primitives import serialization

    phrase = login.passphrase.get_secret_value().encode() if login.passphrase else None
    try:
        key = serialization.load_pem_private_key(
            login.secret.get_secret_value().encode(), password=phrase
        )
    except (ValueError, TypeError):
        raise SourceDenied(
            f"The private key of Snowflake connection '{connection.name}' cannot be read.",
            remedy="Store the whole key in PEM form, not encrypted: "
            f"spark-interpreter connections secret {connection.name}",
        ) from None
    return key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _unless(stopped: Stopped, doing: str) -> None:
    if stopped():
        raise RunCancelled(f"Cancelled while {doing}.")


def _close(driver: "Driver") -> None:
    """End the session; Snowflake forgets one that cannot be ended."""
    from snowflake.connector.errors import Error

    with contextlib.suppress(Error, OSError):
        driver.close(retry=False)


def with_retries(
    work: Callable[[], T], *, within: float, began: Callable[[], bool] = lambda: False
) -> T:
    """Do the work again when Snowflake did not answer, unless it has given something already.

    Args:
        within: seconds; what took longer to fail would only take as long once more.
    """
    started = time.monotonic()
    attempt = 1
    while True:
        try:
            return work()
        except SourceUnavailable:
            late = time.monotonic() - started > within
            if late or began() or attempt == _ATTEMPTS:
                raise
        time.sleep(0.5 * attempt)
        attempt += 1

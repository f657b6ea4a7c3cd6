"""psycopg's exceptions as ours."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import errors

from spark_interpreter.errors import (
    RunCancelled,
    SourceDenied,
    SourceError,
    SourceNotFound,
    SourceUnavailable,
    SourceUnreadable,
)
from spark_interpreter.model import PostgresConnection

_REFUSED_LOGIN = ("password authentication failed", "authentication failed", "no password supplied",
                  "PAM authentication failed")  # fmt: skip


@contextmanager
def mapped(connection: PostgresConnection, what: str) -> Iterator[None]:
    """Report what goes wrong in the block.

    Args:
        what: what is asked for ("table public.orders"); names the thing in messages.

    Raises:
        SourceError: the kind that says what to do.
    """
    try:
        yield
    except psycopg.Error as exc:
        raise _source_error(exc, connection, what) from exc


def login_refused(exc: psycopg.OperationalError) -> bool:
    """Whether another secret may help."""
    if isinstance(exc, errors.InvalidPassword | errors.InvalidAuthorizationSpecification):
        return True
    return any(words in str(exc) for words in _REFUSED_LOGIN)


def worth_retrying(exc: psycopg.OperationalError) -> bool:
    """Whether the server may take the next connection: it starts, or hung up on this one."""
    text = str(exc)
    return any(
        words in text
        for words in ("starting up", "too many", "server closed the connection", "reset by peer")
    )


def connect_error(exc: psycopg.OperationalError, connection: PostgresConnection) -> SourceError:
    """Why there is no connection."""
    text = str(exc)
    place = f"'{connection.name}' ({connection.host}:{connection.port})"
    if "server does not support SSL" in text:
        return SourceDenied(
            f"Connection {place} asks for TLS, and the server does not offer it.",
            remedy="Turn TLS on in the server; a tls of 'disable' would send data in the clear.",
        )
    if "pg_hba.conf" in text:
        return SourceDenied(
            f"The server of connection {place} does not admit this user, database, address and "
            "kind of connection.",
            remedy="If it wants TLS set the connection's tls to 'require'; or see to pg_hba.conf.",
            detail=_primary(exc),
        )
    if "certificate" in text:
        return SourceDenied(
            f"The certificate of connection {place} cannot be trusted.",
            remedy="Give the connection the `ca_file` that vouches for the server.",
            detail=_primary(exc),
        )
    if login_refused(exc):
        return SourceDenied(
            f"Connection {place} was refused: wrong user or password, or an expired token.",
            remedy="Give the connection a valid password, or see to the user in the server.",
        )
    if "does not exist" in text and "database" in text:
        return SourceNotFound(
            f"There is no database '{connection.database}' behind connection {place}.",
            remedy="Change the connection's database.",
        )
    if "timeout expired" in text or "timed out" in text:
        return SourceUnavailable(
            f"Connection {place} did not answer in time.",
            remedy="See that the server runs and that its address can be reached from here.",
        )
    return SourceUnavailable(
        f"Connection {place} cannot be reached.",
        remedy="See that the server runs and that host and port are right.",
        detail=_primary(exc),
    )


def _source_error(
    exc: psycopg.Error, connection: PostgresConnection, what: str
) -> SourceError | RunCancelled:
    if isinstance(exc, errors.UndefinedTable | errors.InvalidSchemaName):
        return SourceNotFound(
            f"There is no {what} behind connection '{connection.name}' any more.",
            remedy="Look at its tables again.",
        )
    if isinstance(exc, errors.UndefinedColumn | errors.UndefinedFunction):
        return SourceUnreadable(
            f"The columns of {what} have changed since it was looked at.", remedy="Ask again."
        )
    if isinstance(exc, errors.InsufficientPrivilege):
        return SourceDenied(
            f"Connection '{connection.name}' may not read {what}.",
            remedy="Grant its user SELECT on it.",
            detail=_primary(exc),
        )
    if isinstance(exc, errors.AdminShutdown | errors.CrashShutdown):
        return _gone(connection, what)
    if isinstance(exc, errors.QueryCanceled | errors.LockNotAvailable):
        return SourceUnavailable(
            f"{what[:1].upper()}{what[1:]} was not read in time, or the server cancelled it.",
            remedy="Ask for less, or raise the time limit of runs.",
            detail=_primary(exc),
        )
    if isinstance(exc, psycopg.OperationalError):
        return _gone(connection, what)
    return SourceUnreadable(
        f"{what[:1].upper()}{what[1:]} cannot be read: {_primary(exc)}",
        remedy="See to it in the database.",
    )


def _gone(connection: PostgresConnection, what: str) -> SourceUnavailable:
    return SourceUnavailable(
        f"Connection '{connection.name}' broke off while {what} was read.", remedy="Ask again."
    )


def _primary(exc: psycopg.Error) -> str:
    """The server's own sentence, on one line."""
    return (exc.diag.message_primary or str(exc)).strip().splitlines()[0]

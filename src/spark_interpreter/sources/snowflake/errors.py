"""What Snowflake's connector raises, in our words."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from spark_interpreter.errors import (
    SourceDenied,
    SourceError,
    SourceNotFound,
    SourceUnavailable,
    SourceUnreadable,
)
from spark_interpreter.model import SnowflakeConnection


@dataclass(frozen=True)
class _Rule:
    """Numbers of Snowflake's errors, and what they are here.

    The sentences may name {name}, {account}, {role}, {warehouse} and {doing}.
    """

    numbers: frozenset[int]
    error: type[SourceError]
    message: str
    remedy: str


_SECRET = "spark-interpreter connections secret {name}"  # noqa: S105 - a command
_RULES = (
    _Rule(
        frozenset({390100, 390101, 390102, 390144, 394300, 394301, 394302, 394303, 394304}),
        SourceDenied,
        "Snowflake refused the login of connection '{name}': wrong user, password, key or token.",
        f"Give it the right one: {_SECRET}",
    ),
    _Rule(
        frozenset({390104, 390110, 390111, 390112, 390114, 390195, 390303, 390318, 251010}),
        SourceDenied,
        "The token of Snowflake connection '{name}' is no longer valid.",
        f"Get a new one and store it: {_SECRET}",
    ),
    _Rule(
        frozenset({251006, 251008}),
        SourceDenied,
        "The private key or password of Snowflake connection '{name}' cannot be used.",
        f"Store the whole key in PEM form: {_SECRET}",
    ),
    _Rule(
        frozenset({390106, 390127, 390913, 394507}),
        SourceDenied,
        "The user of Snowflake connection '{name}' is locked or needs a second factor.",
        "Have it unlocked, or use a key pair or OAuth.",
    ),
    _Rule(
        frozenset({390186, 390189}),
        SourceDenied,
        "The role '{role}' of Snowflake connection '{name}' is not granted to its user.",
        "Change the connection's role, or have it granted.",
    ),
    _Rule(
        frozenset({390420, 390422, 390432}),
        SourceDenied,
        "The account's network policy forbids Snowflake connection '{name}' from this address.",
        "Have this machine's address allowed.",
    ),
    _Rule(
        frozenset({2003, 2043, 390201}),
        SourceNotFound,
        "Snowflake found nothing by the name needed for {doing}, or the role '{role}' may not "
        "see it.",
        "Check the database, the schema and the table, or have them granted.",
    ),
    _Rule(
        frozenset({3000, 3001, 3040, 3041}),
        SourceDenied,
        "Snowflake connection '{name}' lacks a privilege for {doing}.",
        "Have USAGE on database, schema and warehouse and SELECT on the table granted to its role.",
    ),
    _Rule(
        frozenset({606}),
        SourceUnreadable,
        "Snowflake connection '{name}' has no warehouse to run queries with.",
        "Set the connection's warehouse to one that its role may use.",
    ),
    _Rule(
        frozenset({607, 608, 90064, 90073}),
        SourceUnavailable,
        "The warehouse '{warehouse}' of Snowflake connection '{name}' is suspended.",
        "Resume it, turn its AUTO_RESUME on, or look at its resource monitor.",
    ),
    _Rule(
        frozenset({604, 630, 639}),
        SourceUnavailable,
        "Snowflake took too long or was stopped ({doing}).",
        "Ask again, ask for less, or use a larger warehouse.",
    ),
    _Rule(
        frozenset({290403, 290404, 261004}),
        SourceNotFound,
        "There is no Snowflake account '{account}' at this address.",
        "Write the account as organization-account, as its web address has it.",
    ),
    _Rule(
        frozenset({904}),
        SourceUnreadable,
        "A column is no longer there ({doing}).",
        "Ask again.",
    ),
)
_BY_NUMBER = {number: rule for rule in _RULES for number in rule.numbers}
_NETWORK = {250001, 250003, 250005, 251011, 251012, 252010, 252012, 252013}


@contextmanager
def reported(connection: SnowflakeConnection, doing: str) -> Iterator[None]:
    """Turn what the connector raises into our errors.

    Args:
        doing: what is not done then ("reading SHOP.PUBLIC.ORDERS").

    Raises:
        SourceError: for every error of the connector and of the network.
    """
    from snowflake.connector import errors as vendor

    try:
        yield
    except vendor.Error as exc:
        raise mapped(exc, connection, doing) from exc
    except OSError as exc:
        raise _unreachable(connection, doing, type(exc).__name__) from exc


def mapped(exc: Any, connection: SnowflakeConnection, doing: str) -> SourceError:
    """Our error for one of the connector's."""
    number = int(getattr(exc, "errno", None) or -1)
    detail = _first_line(exc)
    rule = _BY_NUMBER.get(number)
    if rule is not None:
        words = {
            "name": connection.name, "account": connection.account, "doing": doing,
            "role": connection.role or "default", "warehouse": connection.warehouse or "default",
        }  # fmt: skip
        return rule.error(
            rule.message.format(**words), remedy=rule.remedy.format(**words), detail=detail
        )
    if number in _NETWORK or number // 1000 in {254, 290}:
        return _unreachable(connection, doing, detail)
    return SourceUnreadable(
        f"Snowflake refused {doing}: {detail}.",
        remedy="Snowflake's query history has the statement.",
        detail=detail,
    )


def _first_line(exc: Any) -> str:
    text = str(getattr(exc, "raw_msg", None) or exc)
    return (text.splitlines() or [type(exc).__name__])[0][:300].rstrip(".")


def _unreachable(connection: SnowflakeConnection, doing: str, detail: str) -> SourceError:
    place = connection.host or f"{connection.account}.snowflakecomputing.com"
    return SourceUnavailable(
        f"Snowflake at {place} did not answer ({doing}).",
        remedy=f"Check the account '{connection.account}', the network and any proxy; then ask "
        "again.",
        detail=detail,
    )

"""What Snowflake's numbers mean, in sentences with a remedy."""

import pytest
from snowflake.connector import errors as vendor

from spark_interpreter.errors import (
    SourceDenied,
    SourceError,
    SourceNotFound,
    SourceUnavailable,
    SourceUnreadable,
)
from spark_interpreter.model import PasswordAuth, SnowflakeConnection
from spark_interpreter.sources.snowflake.errors import reported

LAKE = SnowflakeConnection(
    name="lake", account="acme", warehouse="SMALL", auth=PasswordAuth(user="reader")
)


@pytest.mark.parametrize(
    ("number", "error", "message"),
    [
        (390100, SourceDenied, "wrong user, password, key or token"),
        (390144, SourceDenied, "wrong user, password, key or token"),
        (390318, SourceDenied, "no longer valid"),
        (390189, SourceDenied, "is not granted"),
        (390422, SourceDenied, "network policy"),
        (2003, SourceNotFound, "found nothing by the name"),
        (3001, SourceDenied, "lacks a privilege for reading"),
        (606, SourceUnreadable, "no warehouse"),
        (90073, SourceUnavailable, "'SMALL' of Snowflake connection 'lake' is suspended"),
        (630, SourceUnavailable, "too long"),
        (290404, SourceNotFound, "no Snowflake account 'acme'"),
        (250001, SourceUnavailable, "acme.snowflakecomputing.com did not answer"),
        (1003, SourceUnreadable, "Snowflake refused reading ORDERS"),
    ],
)
def test_a_number_has_a_sentence(number: int, error: type[SourceError], message: str) -> None:
    with pytest.raises(error, match=message) as caught, reported(LAKE, "reading ORDERS"):
        raise vendor.DatabaseError("said so", errno=number, send_telemetry=False)
    assert caught.value.remedy
    assert isinstance(caught.value.__cause__, vendor.Error)

"""Values of every type come as Spark's JDBC source gives them, or are counted as missing."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from spark_interpreter.errors import DataMismatch
from tests.sources.postgres.conftest import MakeShop


@pytest.mark.parametrize(
    ("declared", "value", "spark", "expected"),
    [
        ("boolean", "true", "boolean", True),
        ("bit(1)", "B'1'", "boolean", True),
        ("smallint", "-7", "smallint", -7),
        ("integer", "2147483647", "int", 2147483647),
        ("bigint", "-9223372036854775808", "bigint", -(2**63)),
        ("real", "'0.1'", "float", pytest.approx(0.1)),
        ("real", "'-Infinity'", "float", float("-inf")),
        ("double precision", "0.1", "double", 0.1),
        ("double precision", "1e-300", "double", 1e-300),
        ("numeric(10,2)", "12345678.90", "decimal(10,2)", Decimal("12345678.90")),
        ("numeric(5)", "12345", "decimal(5,0)", Decimal(12345)),
        ("numeric(3,-2)", "12345", "decimal(5,0)", Decimal(12300)),
        ("numeric(3,5)", "0.00123", "decimal(5,5)", Decimal("0.00123")),
        ("numeric", "1.5", "decimal(38,18)", Decimal("1.5")),
        ("numeric(38,10)", "1234567890123456789012345678.0123456789", "decimal(38,10)",
         Decimal("1234567890123456789012345678.0123456789")),
        ("money", "1234.5", "string", "$1,234.50"),
        ("text", "''", "string", ""),
        ("text", "E'a,\"b\"\\n''c''\\\\N'", "string", "a,\"b\"\n'c'\\N"),
        ("text", "'Größe 値 😀'", "string", "Größe 値 😀"),
        ("varchar(5)", "'NULL'", "string", "NULL"),
        ("char(4)", "'ab'", "string", "ab  "),
        ("bytea", r"'\x00ff41'", "binary", b"\x00\xffA"),
        ("bytea", "''", "binary", b""),
        ("date", "'0001-01-01'", "date", date(1, 1, 1)),
        ("date", "'9999-12-31'", "date", date(9999, 12, 31)),
        ("timestamp", "'2025-03-09 02:30:00.123456'", "timestamp",
         datetime(2025, 3, 9, 2, 30, 0, 123456, tzinfo=UTC)),
        ("timestamp", "'1900-01-01'", "timestamp", datetime(1900, 1, 1, tzinfo=UTC)),
        ("timestamptz", "'2025-03-01 00:30:00.5+05:30'", "timestamp",
         datetime(2025, 2, 28, 19, 0, 0, 500000, tzinfo=UTC)),
        ("time", "'13:45:10.5'", "timestamp", datetime(1970, 1, 1, 13, 45, 10, 500000, tzinfo=UTC)),
        ("interval", "'1 day 02:00:00'", "string", "1 day 02:00:00"),
        ("uuid", "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'", "string",
         "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
        ("json", """'{"a":  1}'""", "string", '{"a":  1}'),
        ("jsonb", """'{"a":  1}'""", "string", '{"a": 1}'),
        ("inet", "'10.0.0.1'", "string", "10.0.0.1"),
        ("int4range", "'[1,5)'", "string", "[1,5)"),
        ("mood", "'so so'", "string", "so so"),
        ("price", "3.50", "decimal(8,2)", Decimal("3.50")),
        ("integer[]", "'{1,NULL,3}'", "array<int>", [1, None, 3]),
        ("text[]", """'{"a,b","NULL",NULL,""}'""", "array<string>", ["a,b", "NULL", None, ""]),
        ("numeric(6,2)[]", "'{1.5,2}'", "array<decimal(6,2)>", [Decimal("1.50"), Decimal("2.00")]),
        ("date[]", "'{2025-01-31}'", "array<date>", [date(2025, 1, 31)]),
        ("pair", "ROW(1, 'x')", "string", "(1,x)"),
    ],
)  # fmt: skip
def test_a_value_of_each_type(
    types_shop: Any, declared: str, value: str, spark: str, expected: object
) -> None:
    shop = types_shop
    shop.run(
        "DROP TABLE IF EXISTS t", f"CREATE TABLE t (v {declared}, n int)",
        f"INSERT INTO t VALUES ({value}, 1), (NULL, 2)",
    )  # fmt: skip
    profile = shop.profile("t")
    assert profile.column("v").type == spark
    assert profile.row_count == 2
    assert profile.issues == ()
    copy = shop.stage(profile)
    assert copy.column("n").to_pylist() == [1, 2]
    assert copy.column("v").to_pylist() == [expected, None]


@pytest.fixture(scope="module")
def types_shop(postgres_server: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    from tests.sources.postgres.conftest import Shop

    return Shop(
        postgres_server, tmp_path_factory.mktemp("types"),
        "CREATE TYPE mood AS ENUM ('good', 'so so')",
        "CREATE DOMAIN price AS numeric(8,2)",
        "CREATE TYPE pair AS (a int, b text)",
    )  # fmt: skip


def test_values_that_spark_has_none_for_are_counted(make_shop: MakeShop) -> None:
    shop = make_shop(
        "CREATE TABLE t (n int, d date, at timestamptz, x numeric(6,2))",
        "INSERT INTO t VALUES (1, '2025-01-01', '2025-01-01', 1.5), (2, 'infinity', '-infinity', "
        "'NaN'), (3, '0001-12-31 BC', '12000-01-01', 2), (4, NULL, NULL, NULL)",
    )
    profile = shop.profile("t")
    counts = {i.column: (i.count, i.scope) for i in profile.issues}
    assert counts == {"d": (2, "whole"), "at": (2, "whole"), "x": (1, "whole")}
    assert "d: values that are infinite or outside the years 1-9999" in profile.issues[0].message
    copy = shop.stage(profile)
    assert copy.column("d").to_pylist() == [date(2025, 1, 1), None, None, None]
    assert copy.column("x").to_pylist() == [Decimal("1.50"), None, Decimal("2.00"), None]
    assert shop.stage(profile, "n", where="d IS NULL").column("n").to_pylist() == [2, 3, 4]


def test_such_values_beyond_the_sample_stop_the_reading_and_are_learned(
    make_shop: MakeShop,
) -> None:
    shop = make_shop(
        "CREATE TABLE t (n int, d date, x numeric(6,2))",
        "INSERT INTO t SELECT 1, '2025-01-01', 1 FROM generate_series(1, 200)",
    )
    profile = shop.profile("t")
    shop.run("INSERT INTO t VALUES (2, 'infinity', 2), (3, '2025-01-01', 'NaN')")
    for column in ("d", "x"):
        with pytest.raises(DataMismatch, match=r"'public\.t' holds values") as failure:
            shop.stage(profile, column)
        assert failure.value.column == column
    wider = shop.reader.widen(profile, failure.value)
    assert wider is not None
    assert {i.column: (i.count, i.scope) for i in wider.issues} == {
        "d": (1, "whole"), "x": (1, "whole"),
    }  # fmt: skip
    assert shop.stage(wider, "d", where="n > 1").column("d").to_pylist() == [
        None, date(2025, 1, 1),
    ]  # fmt: skip
    assert shop.reader.widen(wider, failure.value) is None


def test_a_number_too_large_for_spark_is_not_cut(make_shop: MakeShop) -> None:
    shop = make_shop("CREATE TABLE t (n int, x numeric)", "INSERT INTO t VALUES (1, 1)")
    profile = shop.profile("t")
    shop.run("INSERT INTO t VALUES (2, 1e30)")
    with pytest.raises(Exception, match="numeric field overflow"):
        shop.stage(profile)

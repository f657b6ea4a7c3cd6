"""Only the needed columns and rows move, and what moves is what the script would have seen."""

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from spark_interpreter.errors import (
    RunCancelled,
    SourceNotFound,
    SourceTooLarge,
    SourceUnreadable,
)
from spark_interpreter.sources.postgres import PostgresReader
from spark_interpreter.sources.postgres.predicate import pushed_condition
from spark_interpreter.sources.postgres.types import PostgresColumn
from tests.sources.postgres.conftest import QUICK, MakeShop, Shop

SALES = (
    (
        "CREATE TABLE sales (id int PRIMARY KEY, region text, sold_on date, at timestamptz, "
        "amount numeric(10,2), note text)"
    ),
    (
        "INSERT INTO sales SELECT g, (ARRAY['North', 'South', 'east', NULL])[1 + g % 4], "
        "date '2025-01-01' + g % 365, timestamptz '2025-01-01 00:00:00Z' + g * interval '1 hour', "
        "g / 100.0, repeat('x', 20) FROM generate_series(1, 3650) g"
    ),
    "ANALYZE sales",
)


def asked(shop: Shop, since: int) -> str:
    [statement] = [s for s in shop.server.statements(since) if s.startswith("COPY")]
    return statement


def position(shop: Shop) -> int:
    return len(shop.server.log())


def test_the_log_shows_that_only_needed_columns_and_rows_moved(make_shop: MakeShop) -> None:
    shop = make_shop(*SALES, "CREATE EXTENSION pg_stat_statements")
    profile = shop.profile("sales")
    since = position(shop)
    copy = shop.stage(
        profile, "region", "amount",
        where="sold_on >= DATE '2025-03-01' AND sold_on < DATE '2025-04-01'",
    )  # fmt: skip
    assert copy.column_names == ["region", "amount"]
    assert copy.num_rows == 310
    statement = asked(shop, since)
    assert "note" not in statement
    assert 'WHERE "sold_on" >= DATE' in statement
    [(rows,)] = shop.run(
        "SELECT rows FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid "
        "WHERE d.datname = current_database() AND query LIKE 'COPY (SELECT \"region\"%'"
    )
    assert rows == 310


def test_nothing_but_a_count_is_needed(make_shop: MakeShop) -> None:
    shop = make_shop(*SALES)
    profile = shop.profile("sales")
    need = profile.read.locations[0]
    from spark_interpreter.model import Need

    [copy] = shop.reader.stage(
        profile, Need(location=need, columns=()), shop.folder / "s", stopped=lambda: False
    )
    import pyarrow.parquet as pq

    table = pq.read_table(copy.paths[0])
    assert (table.num_rows, table.num_columns) == (3650, 1)


def test_no_rows_are_a_copy_too(make_shop: MakeShop) -> None:
    shop = make_shop(*SALES)
    copy = shop.stage(shop.profile("sales"), "region", where="amount > 1000000")
    assert (copy.num_rows, copy.column_names) == (0, ["region"])


def test_a_lone_column_keeps_its_nulls_and_empty_texts(make_shop: MakeShop) -> None:
    shop = make_shop(
        "CREATE TABLE t (v text, n int)",
        "INSERT INTO t VALUES (NULL, 1), ('', 2), ('a', 3), (NULL, 4), (E'\\n', NULL)",
    )
    profile = shop.profile("t")
    assert shop.stage(profile, "v").column("v").to_pylist() == [None, "", "a", None, "\n"]
    assert shop.stage(profile, "n").column("n").to_pylist() == [1, 2, 3, 4, None]


COLUMNS = {
    c.name: c
    for c in (
        PostgresColumn("id", "id", "int4", "b", -1, "integer"),
        PostgresColumn("Price €", "Price €", "numeric", "b", -1, "numeric"),
        PostgresColumn("region", "region", "text", "b", -1, "text"),
        PostgresColumn("folded", "folded", "text", "b", -1, "text", deterministic=False),
        PostgresColumn("code", "code", "bpchar", "b", 8, "character(4)"),
        PostgresColumn("mood", "mood", "mood", "e", -1, "mood"),
        PostgresColumn("paid", "paid", "bool", "b", -1, "boolean"),
        PostgresColumn("sold_on", "sold_on", "date", "b", -1, "date"),
        PostgresColumn("at", "at", "timestamptz", "b", -1, "timestamp with time zone"),
        PostgresColumn("tags", "tags", "_text", "b", -1, "text[]"),
        PostgresColumn("flag", "flag", "bit", "b", 1, "bit(1)"),
    )
}


@pytest.mark.parametrize(
    ("where", "pushed"),
    [
        ("id = 3", '"id" = 3'),
        ("ID <=> 3", '"id" IS NOT DISTINCT FROM 3'),
        ("3 < id", '"id" > 3'),
        ("id IN (1, -2)", '("id" = 1 OR "id" = -2)'),
        ("id IS NOT NULL AND NOT id = 1", 'NOT ("id" IS NULL) AND NOT ("id" = 1)'),
        ("`Price €` > 2.50", '"Price €"::numeric(38,18) > 2.50'),
        (r"region = 'O\'Neill'", "\"region\" = 'O''Neill'"),
        (r"region = 'a\\b'", "\"region\" = E'a\\\\b'"),
        ("mood = 'so so'", "\"mood\"::text = 'so so'"),
        ("paid", '"paid"'),
        ("NOT paid OR id = 1", '(NOT ("paid") OR "id" = 1)'),
        ("sold_on BETWEEN DATE '2025-03-01' AND DATE '2025-03-31'",
         "\"sold_on\" >= DATE '2025-03-01' AND \"sold_on\" <= DATE '2025-03-31'"),
        ("sold_on >= CAST('2025-03-01' AS DATE)", "\"sold_on\" >= DATE '2025-03-01'"),
        ("month(sold_on) = 3", 'extract(month FROM "sold_on") = 3'),
        ("year(at) = 2025", 'extract(year FROM ("at")::date) = 2025'),
        ("at >= TIMESTAMP '2025-03-01 00:00:00'", "\"at\" >= TIMESTAMP '2025-03-01 00:00:00'"),
        ("date_trunc('MONTH', at) = TIMESTAMP '2025-03-01'",
         "date_trunc('month', (\"at\")::timestamp) = TIMESTAMP '2025-03-01'"),
        ("CAST(at AS DATE) = DATE '2025-03-01'", "(\"at\")::date = DATE '2025-03-01'"),
        # The order of texts is a matter of collation; the rest of these is not surely the same.
        ("region > 'M'", None),
        ("folded = 'x'", None),
        ("code = 'ab'", None),
        ("flag", None),
        ("NOT flag = true", None),
        ("lower(region) = 'x'", None),
        ("region LIKE 'N%'", None),
        ("id / 2 = 1", None),
        ("id + 1 > 2", None),
        ("id = '3'", None),
        ("region = 3", None),
        ("sold_on = '2025-02-30'", None),
        ("sold_on > '2025'", None),
        ("at > TIMESTAMP '2025-03-01 00:00:00+02:00'", None),
        ("array_contains(tags, 'x')", None),
        ("unknown = 1", None),
        ("other.id = 1", None),
        ("rand() > 0.5 AND id = 3", '"id" = 3'),
        ("(id = 1 OR id = 2) AND (paid AND rand() > 0.5)",
         '("id" = 1 OR "id" = 2) AND "paid"'),
        ("rand() > 0.5 OR id = 3", None),
        ("NOT (region > 'M' AND id = 3)", None),
        ("id = (SELECT 1)", None),
        ("id = 3; DROP TABLE x", None),
        ("this is ( not SQL", None),
        ("", None),
    ],
)  # fmt: skip
def test_conditions_move_only_where_they_mean_the_same(where: str, pushed: str | None) -> None:
    assert pushed_condition(where, COLUMNS, frozenset()) == pushed


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE sales DROP COLUMN amount",
        "ALTER TABLE sales RENAME COLUMN amount TO total",
        "ALTER TABLE sales ALTER COLUMN amount TYPE double precision",
    ],
)
def test_a_changed_column_is_told(make_shop: MakeShop, change: str) -> None:
    shop = make_shop(*SALES)
    profile = shop.profile("sales")
    shop.run(change)
    with pytest.raises(SourceUnreadable, match=r"sales' has changed .*: column 'amount' is"):
        shop.stage(profile, "region", "amount")
    assert shop.stage(profile, "region").num_rows == 3650


def test_a_dropped_table_is_told(make_shop: MakeShop) -> None:
    shop = make_shop(*SALES, "CREATE TABLE sale (a int)")
    profile = shop.profile("sales")
    shop.run("DROP TABLE sales")
    with pytest.raises(
        SourceNotFound, match=r"no table 'public.sales'.*Did you mean 'public.sale'"
    ):
        shop.stage(profile, "region")


def test_more_than_may_be_brought(make_shop: MakeShop) -> None:
    shop = make_shop(
        "CREATE TABLE big (v text)",
        "INSERT INTO big SELECT md5(g::text) || md5((-g)::text) FROM generate_series(1, 60000) g",
    )
    settings = shop.settings.model_copy(update={"stage_max_mb": 1})
    shop.reader = PostgresReader(settings, shop.store, QUICK)
    with pytest.raises(SourceTooLarge, match=r"more than 1 MiB of 'public.big'"):
        shop.stage(shop.profile("big"))


def test_a_cancelled_turn_cancels_the_query_in_the_server(make_shop: MakeShop) -> None:
    shop = make_shop("CREATE VIEW slow AS SELECT 1 AS a FROM pg_sleep(0)")
    profile = shop.profile("slow")
    shop.run("CREATE OR REPLACE VIEW slow AS SELECT 1 AS a FROM pg_sleep(60)")
    stopped = threading.Event()
    threading.Timer(0.5, stopped.set).start()
    started = time.monotonic()
    with pytest.raises(RunCancelled):
        shop.stage(profile, stopped=stopped.is_set)
    assert time.monotonic() - started < 10
    end = time.monotonic() + 10
    running: list[Any] = [1]
    while running and time.monotonic() < end:
        running = shop.run(
            "SELECT 1 FROM pg_stat_activity WHERE application_name = 'spark-interpreter' "
            "AND state <> 'idle' AND datname = current_database()"
        )
    assert not running


def test_the_session_cannot_write(make_shop: MakeShop, tmp_path: Path) -> None:
    shop = make_shop(
        "CREATE TABLE t (a int)",
        "CREATE FUNCTION put() RETURNS int LANGUAGE sql AS 'INSERT INTO t VALUES (1) RETURNING a'",
        "GRANT INSERT ON t TO reader",
        "CREATE VIEW v AS SELECT put() AS a",
    )
    with pytest.raises(SourceUnreadable, match="read-only transaction"):
        shop.profile("v")
    assert shop.run("SELECT count(*) FROM t") == [(0,)]

"""What the catalogs, the statistics and a sample say of a table."""

import pytest

from spark_interpreter.errors import SourceDenied, SourceNotFound
from spark_interpreter.model import ForeignKey, JdbcRead, PostgresTable
from spark_interpreter.sources import Sources
from tests.sources.postgres.conftest import MakeShop

SHOP = (
    "CREATE SCHEMA sales",
    "GRANT USAGE ON SCHEMA sales TO reader",
    "CREATE TABLE sales.customers (id int PRIMARY KEY, email text UNIQUE, city text)",
    "COMMENT ON TABLE sales.customers IS 'Who buys'",
    "COMMENT ON COLUMN sales.customers.city IS 'where they live'",
    "INSERT INTO sales.customers SELECT g, g || '@x', 'Rome' FROM generate_series(1, 50) g",
    (
        "CREATE TABLE sales.orders (id int PRIMARY KEY, customer_id int REFERENCES sales.customers,"
        " amount numeric(8,2))"
    ),
    "INSERT INTO sales.orders SELECT g, 1 + g % 50, g FROM generate_series(1, 100) g",
    (
        "CREATE VIEW sales.totals AS SELECT customer_id, sum(amount) AS total FROM sales.orders "
        "GROUP BY 1"
    ),
    "CREATE MATERIALIZED VIEW sales.kept AS SELECT * FROM sales.totals",
    "GRANT SELECT ON ALL TABLES IN SCHEMA sales TO reader",
    "CREATE TABLE sales.hidden (a int)",
    "REVOKE ALL ON sales.hidden FROM reader",
    "ANALYZE",
)


def test_a_schema_that_is_not_there_is_no_empty_one(make_shop: MakeShop) -> None:
    shop = make_shop("CREATE SCHEMA sales")
    assert shop.reader.tables("shop", "sales").value == ()
    with pytest.raises(SourceNotFound, match="no schema 'salse'") as found:
        shop.reader.tables("shop", "salse")
    assert found.value.remedy == "Did you mean 'sales'?"


def test_what_there_is(make_shop: MakeShop) -> None:
    shop = make_shop(*SHOP)
    assert [s.name for s in shop.reader.schemas("shop").value] == ["public", "sales"]
    tables = {t.name: t for t in shop.reader.tables("shop", "sales").value}
    assert {n: t.kind for n, t in tables.items()} == {
        "customers": "table", "orders": "table", "hidden": "table", "totals": "view",
        "kept": "view",
    }  # fmt: skip
    assert tables["customers"].comment == "Who buys"
    assert tables["customers"].row_count == 50
    assert tables["totals"].row_count is None
    assert "may not read" in tables["hidden"].unsupported
    orders = shop.reader.table("shop", "sales", "orders")
    assert [(c.name, c.type, c.declared_type, c.nullable) for c in orders.columns] == [
        ("id", "int", "integer", False),
        ("customer_id", "int", "integer", True),
        ("amount", "decimal(8,2)", "numeric(8,2)", True),
    ]
    assert orders.primary_key == ("id",)
    assert orders.references[0].table == "customers"


def test_test_tells_version_and_tls(make_shop: MakeShop) -> None:
    shop = make_shop()
    said = shop.reader.test("shop")
    assert said.version is not None
    assert said.version[0].isdigit()
    assert said.user == "reader"
    assert said.tls is not None
    assert said.tls.startswith("TLSv1.")
    plain = shop.server.connection("plain", shop.database, tls="disable")
    from pydantic import SecretStr

    from tests.servers.planted import PASSWORD

    shop.store.add(plain, SecretStr(PASSWORD))
    assert shop.reader.test("plain").tls is None


def test_a_profile(make_shop: MakeShop) -> None:
    shop = make_shop(*SHOP)
    profile = shop.profile("customers", "sales")
    assert (profile.name, profile.label) == ("t", "sales.customers")
    assert (profile.row_count, profile.row_count_exact) == (50, True)
    assert profile.primary_key == ("id",)
    assert profile.column("city").comment == "where they live"
    assert profile.column("city").top_values[0].value == "Rome"
    assert profile.column("email").unique
    assert isinstance(profile.read, JdbcRead)
    server = shop.server
    assert profile.read.url == f"jdbc:postgresql://127.0.0.1:{server.port}/{shop.database}"
    assert profile.read.table == "sales.customers"
    assert profile.read.partition is None


def test_declared_keys_join_the_tables_of_a_question(make_shop: MakeShop) -> None:
    shop = make_shop(*SHOP, "CREATE TABLE customers (id int)")
    sources = [PostgresTable(connection="shop", schema_name="sales", table=t)
               for t in ("orders", "customers")]  # fmt: skip
    orders, _ = Sources(shop.settings).profile(sources)
    assert orders.foreign_keys == (
        ForeignKey(columns=("customer_id",), table="customers", references=("id",)),
    )
    other = PostgresTable(connection="shop", table="customers")
    orders, _ = Sources(shop.settings).profile([sources[0], other])
    assert not [k for k in orders.foreign_keys if k.origin == "declared"]


@pytest.mark.parametrize("table", ["totals", "kept"])
def test_views_are_read_like_tables(make_shop: MakeShop, table: str) -> None:
    shop = make_shop(*SHOP)
    profile = shop.profile(table, "sales")
    assert profile.column("total").type == "decimal(38,18)"
    assert shop.stage(profile).num_rows == 50


def test_a_large_table_is_sampled_all_over(make_shop: MakeShop) -> None:
    shop = make_shop(
        "CREATE TABLE big (id int PRIMARY KEY, day date, kind text, filler text)",
        "INSERT INTO big SELECT g, date '2020-01-01' + g / 100, "
        "CASE WHEN g % 1000 = 7 THEN 'rare' ELSE 'common' END, repeat('x', 80) "
        "FROM generate_series(1, 200000) g",
        "ANALYZE big",
    )
    since = len(shop.server.log())
    profile = shop.profile("big")
    assert any("TABLESAMPLE" in s for s in shop.server.statements(since))
    assert profile.sampled_rows <= shop.settings.sample_rows
    assert profile.row_count is not None
    assert abs(profile.row_count - 200_000) < 20_000
    assert not profile.row_count_exact
    assert profile.column("day").minimum == "2020-01-01"
    assert str(profile.column("day").maximum) >= "2025-06-01"
    assert {v.value for v in profile.column("kind").top_values} == {"rare", "common"}
    assert profile.column("id").unique


def test_odd_names_are_quoted(make_shop: MakeShop) -> None:
    shop = make_shop(
        'CREATE SCHEMA "My Schema"', 'GRANT USAGE ON SCHEMA "My Schema" TO reader',
        'CREATE TABLE "My Schema"."Order ""1""; --" ("Größe (cm)" int, "select" text, "%s" int)',
        """INSERT INTO "My Schema"."Order ""1""; --" VALUES (5, '100% _\\', 1)""",
        'GRANT SELECT ON "My Schema"."Order ""1""; --" TO reader',
    )  # fmt: skip
    profile = shop.profile('Order "1"; --', "My Schema")
    assert isinstance(profile.read, JdbcRead)
    assert profile.read.table == '"My Schema"."Order ""1""; --"'
    copy = shop.stage(profile, where="`Größe (cm)` = 5")
    assert copy.to_pylist() == [{"Größe (cm)": 5, "select": "100% _\\", "%s": 1}]
    [found] = shop.reader.find_values(profile, "select", "0% _\\")
    assert (found.value, found.count) == ("100% _\\", 1)


def test_names_that_scripts_cannot_have_are_renamed_in_the_read(make_shop: MakeShop) -> None:
    shop = make_shop(
        'CREATE TABLE t ("a.b" int, "A" int, "a" int)', "INSERT INTO t VALUES (1, 2, 3)"
    )
    profile = shop.profile("t")
    assert [c.name for c in profile.columns] == ["a_b", "A", "a_2"]
    assert isinstance(profile.read, JdbcRead)
    assert profile.read.table == '(SELECT "a.b" AS "a_b", "A", "a" AS "a_2" FROM public.t) AS "t"'
    assert shop.stage(profile, "a_2", "a_b").to_pylist() == [{"a_b": 1, "a_2": 3}]


def test_values_are_found_in_the_whole_table(make_shop: MakeShop) -> None:
    shop = make_shop(
        "CREATE TABLE t (city text)",
        "INSERT INTO t SELECT c FROM unnest(ARRAY['Rome', 'rome', 'Romeo', 'New Rome', 'Oslo', "
        "'New Rome']) c",
    )
    profile = shop.profile("t")
    found = shop.reader.find_values(profile, "city", "ROME", limit=4)
    assert {v.value for v in found[:2]} == {"Rome", "rome"}
    assert (found[2].value, found[2].count) == ("New Rome", 2)
    assert [v.value for v in shop.reader.find_values(profile, "city", "%")] == []


def test_a_table_that_may_not_be_read(make_shop: MakeShop) -> None:
    shop = make_shop(*SHOP)
    with pytest.raises(SourceDenied, match=r"may not read 'sales.hidden'"):
        shop.profile("hidden", "sales")
    shop.run(
        "ALTER TABLE sales.hidden ADD b int",
        "GRANT SELECT (b) ON sales.hidden TO reader",
    )
    assert [c.name for c in shop.profile("hidden", "sales").columns] == ["b"]


def test_an_unknown_table_gets_the_nearest_name(make_shop: MakeShop) -> None:
    shop = make_shop(*SHOP)
    with pytest.raises(SourceNotFound, match=r"Did you mean 'sales.orders'"):
        shop.profile("order", "sales")

"""SQL inside scripts."""

import pytest

from tests.validation.support import policy, whole


def sql_rules(query: str) -> set[str]:
    text = whole(f"orders.createOrReplaceTempView('orders')\nresult = spark.sql({query!r})")
    return {finding.rule for finding in policy(text)}


def expression_rules(text: str) -> set[str]:
    return {finding.rule for finding in policy(whole(f"result = orders.where({text!r})"))}


@pytest.mark.parametrize(
    "query",
    [
        "SELECT region, count(*) FROM orders GROUP BY region",
        "select * from orders o join orders p on o.region = p.region where o.quantity in (1, 2)",
        "SELECT * FROM (SELECT region FROM Orders) t",
        "WITH a AS (SELECT * FROM orders), b AS (SELECT * FROM a) SELECT * FROM b",
        "WITH a(x, y) AS (SELECT region, quantity FROM orders) SELECT x, sum(y) FROM a GROUP BY x",
        "VALUES (1, 'a'), (2, 'b')",
        "SELECT * FROM VALUES (1, 'a') AS t(n, c)",
        "SELECT explode(split(region, ',')) AS part FROM orders",
        "SELECT * FROM orders LATERAL VIEW explode(split(region, ',')) p AS part",
        "SELECT /*+ BROADCAST(orders) */ region FROM orders -- all of them",
        "SELECT if(quantity > 1, 'a', 'b'), nvl(region, 'x'), quantity % 2, 5 div 2 FROM orders",
        "SELECT sum(quantity) OVER (PARTITION BY region ORDER BY 1 ROWS 2 PRECEDING) FROM orders",
        "SELECT CAST(region AS DECIMAL(10, 2)), try_cast(region AS INT), region::int FROM orders",
        "SELECT transform(split(region, ','), x -> upper(x)) FROM orders",
        "SELECT * FROM orders PIVOT (sum(quantity) FOR region IN ('EU', 'US'))",
        "SELECT region FROM orders EXCEPT SELECT 'EU' UNION ALL SELECT 'US'",
        "SELECT date_add(DATE '2024-01-01', 1) - INTERVAL 1 DAY, extract(year FROM now())",
        "SELECT `region` FROM `orders` WHERE region RLIKE '^E' ORDER BY 1 DESC NULLS LAST LIMIT 5",
        "SELECT * FROM range(10)",
        "SELECT region, count(*) FROM orders GROUP BY CUBE (region) HAVING count(*) > 1",
    ],
)  # fmt: skip
def test_queries_pass(query: str) -> None:
    assert sql_rules(query) == set()


@pytest.mark.parametrize(
    ("query", "rule"),
    [
        ("DELETE FROM orders", "sql-statement"),
        ("UPDATE orders SET quantity = 1", "sql-statement"),
        ("MERGE INTO orders USING orders o ON 1 = 1 WHEN MATCHED THEN DELETE", "sql-statement"),
        ("ALTER TABLE orders ADD COLUMN x INT", "sql-statement"),
        ("TRUNCATE TABLE orders", "sql-statement"),
        ("CACHE TABLE orders", "sql-statement"),
        ("USE another", "sql-statement"),
        ("SHOW TABLES", "sql-statement"),
        ("DESCRIBE orders", "sql-statement"),
        ("EXPLAIN SELECT 1", "sql-statement"),
        ("REFRESH TABLE orders", "sql-statement"),
        ("LOAD DATA INPATH '/etc/passwd' INTO TABLE orders", "sql-statement"),
        ("CREATE TEMPORARY FUNCTION f AS 'x.Y' USING JAR '/x.jar'", "sql-statement"),
        ("WITH a AS (SELECT 1) INSERT INTO orders SELECT * FROM a", "sql-statement"),
        ("/* SELECT */ DROP TABLE orders", "sql-statement"),
        ("", "sql-statement"),
        ("SELECT * FROM hidden", "sql-table-not-declared"),
        ("SELECT * FROM other.orders", "sql-table-not-declared"),
        ("SELECT * FROM image.`/etc`", "sql-table-not-declared"),
        ("SELECT * FROM `text./etc/passwd`", "sql-path-table"),
        ("WITH `binary./x` AS (SELECT 1) SELECT * FROM binary.`/x`", "sql-table-not-declared"),
        ("SELECT * FROM (WITH t AS (SELECT 1) SELECT * FROM t), a.t", "sql-table-not-declared"),
        ("SELECT (SELECT max(line) FROM hidden)", "sql-table-not-declared"),
        ("SELECT 1 WHERE EXISTS (SELECT * FROM hidden)", "sql-table-not-declared"),
        ("SELECT * FROM orders JOIN hidden USING (region)", "sql-table-not-declared"),
        ("SELECT * FROM PARQUET . '/x'", "sql-path-table"),
        ("SELECT 'it\\'s', region FROM orders", "sql-syntax"),
        ("SELECT FROM WHERE", "sql-syntax"),
        ("SELECT java_method('java.lang.System', 'exit', 1)", "sql-function"),
        ("SELECT `reflect`('java.lang.System', 'exit', 1)", "sql-function"),
        ("SELECT input_file_name() FROM orders", "sql-function"),
        ("SELECT current_user()", "sql-function"),
        ("SELECT spark_catalog.default.f(1)", "sql-function"),
        ("SELECT 1 " + "+ (1 " * 100 + ")" * 100, "too-complex"),
        ("SELECT " + "1, " * 50_000 + "1", "too-complex"),
    ],
)  # fmt: skip
def test_everything_else_is_refused(query: str, rule: str) -> None:
    assert rule in sql_rules(query)


@pytest.mark.parametrize(
    "text",
    [
        "quantity > 1 AND region LIKE 'E%'",
        "region IS NOT NULL OR NOT quantity BETWEEN 1 AND 2",
        "lower(trim(region)) IN ('eu', 'us')",
        "CASE WHEN quantity > 1 THEN true ELSE false END",
    ],
)
def test_conditions_pass(text: str) -> None:
    assert expression_rules(text) == set()


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("quantity IN (SELECT 1)", "sql-statement"),
        ("quantity = (SELECT max(x) FROM hidden)", "sql-statement"),
        ("1 FROM hidden", "sql-statement"),
        ("1; DROP TABLE x", "sql-syntax"),
        ("1, 2", "sql-syntax"),
        ("quantity >", "sql-syntax"),
        ("reflect('a', 'b') = 'c'", "sql-function"),
        ("1 UNION SELECT 2", "sql-syntax"),
    ],
)
def test_conditions_refused(text: str, rule: str) -> None:
    assert rule in expression_rules(text)


def test_line_of_the_call_is_told() -> None:
    (finding,) = policy(whole("result = spark.sql('''\nSELECT *\nFROM hidden\n''')"))
    assert finding.line == 5

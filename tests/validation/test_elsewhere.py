"""Reads of databases and catalogs: only what was declared, with its own credentials."""

import pytest

from spark_interpreter.model import Finding, JdbcRead, Script
from spark_interpreter.validation.findings import Findings
from spark_interpreter.validation.policy import check_policy

URL = "jdbc:postgresql://db.example:5432/shop"
OTHER = "jdbc:postgresql://other.example:5432/shop"
ORDERS = JdbcRead(dialect="postgres", connection="shop", url=URL, table='public."Orders"')
USERS = JdbcRead(dialect="postgres", connection="people", url=OTHER, table="users")
HEADER = """\
from job_credentials import credentials
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.config("spark.jars", "s3://b/jars/pg.jar").getOrCreate()
"""
FOOTER = '\nresult.write.mode("overwrite").parquet("/output/turn")\n'


PARTS = {
    "url": f'.option("url", "{URL}")',
    "dbtable": '.option("dbtable", \'public."Orders"\')',
    "credentials": '.options(**credentials("shop"))',
    "more": "",
    "end": ".load()",
}


def jdbc(**changed: str) -> str:
    return f'result = spark.read.format("jdbc"){"".join({**PARTS, **changed}.values())}'


def policy(body: str) -> list[Finding]:
    text = HEADER + body + FOOTER
    script = Script(
        text=text,
        local_text=text,
        inputs=(*ORDERS.locations, *USERS.locations, "shop.orders", "`my-shop`.`the orders`"),
        output="/output/turn",
        session={
            "spark.jars": "s3://b/jars/pg.jar",
            "hive.metastore.client.factory.class": "x.Factory",
        },
        connections={URL: "shop", OTHER: "people"},
    )
    findings = Findings()
    check_policy(script, (), findings, allow_udfs=False)
    return findings.all


def rules(body: str) -> set[str]:
    return {finding.rule for finding in policy(body) if finding.severity == "error"}


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"credentials": ""},
        {"more": '.option("driver", "org.postgresql.Driver")'},
        {
            "more": '.option("partitionColumn", "id").option("lowerBound", "1")'
            '.option("upperBound", 900).options(numPartitions="8", fetchsize="1000")'
        },
    ],
)
def test_declared_tables_of_databases_are_read(changed: dict[str, str]) -> None:
    assert policy(jdbc(**changed)) == []


@pytest.mark.parametrize(
    "read",
    [
        'spark.table("shop.orders")',
        'spark.read.table("SHOP.`orders`")',
        'spark.table("`my-shop`.`the orders`")',
        'spark.sql("SELECT o.id FROM shop.orders AS o JOIN `my-shop`.`the orders`")',
    ],
)
def test_declared_tables_of_catalogs_are_read(read: str) -> None:
    builder = 'SparkSession.builder.config("hive.metastore.client.factory.class", "x.Factory")'
    assert policy(f"{builder}.enableHiveSupport()\nresult = {read}") == []


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"url": ""}, "input-not-declared"),
        ({"url": f'.option("url", "{OTHER}")'}, "input-not-declared"),
        ({"url": f'.option("url", "{URL}?user=x")'}, "input-not-declared"),
        ({"dbtable": '.option("dbtable", "(SELECT 1) AS t")'}, "input-not-declared"),
        ({"dbtable": '.option("dbtable", "public.orders")'}, "input-not-declared"),
        ({"dbtable": '.option("query", "SELECT 1")'}, "option-not-allowed"),
        ({"more": '.option("query", "SELECT 1")'}, "option-not-allowed"),
        ({"more": '.option("sessionInitStatement", "DROP TABLE x")'}, "option-not-allowed"),
        ({"more": '.option("customSchema", "id INT")'}, "option-not-allowed"),
        ({"more": '.option("prepareQuery", "x")'}, "option-not-allowed"),
        ({"more": '.option("password", "x")'}, "option-not-allowed"),
        ({"more": '.option("driver", "com.evil.Driver")'}, "option-not-allowed"),
        ({"more": '.option("URL", "jdbc:x")'}, "jdbc-read"),
        ({"more": '.options(**{"query": "SELECT 1"})'}, "credentials"),
        ({"more": '.option(key="query", value="SELECT 1")'}, "option-not-literal"),
        ({"more": '.schema("id INT")'}, "jdbc-read"),
        ({"end": '.csv("s3://b/x")'}, "jdbc-read"),
        ({"end": '.load("s3://b/x")'}, "jdbc-read"),
        ({"end": '.load(query="SELECT 1")'}, "jdbc-read"),
        ({"end": "\nresult = result.load()"}, "jdbc-read"),
        ({"url": '.option("url", spark.version)'}, "option-not-literal"),
        ({"credentials": '.options(**credentials("people"))'}, "credentials"),
        ({"credentials": ".options(**credentials(spark.version))"}, "credentials"),
        ({"credentials": '.options(a=credentials("shop"))'}, "credentials"),
    ],
)
def test_other_reads_of_databases_are_refused(changed: dict[str, str], rule: str) -> None:
    assert rule in rules(jdbc(**changed))


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (f'spark.read.jdbc("{URL}", "users")', "member-not-allowed"),
        ('print(credentials("shop"))', "credentials"),
        ("c = credentials", "credentials"),
        ('spark.read.options(**credentials("shop")).parquet("shop.orders")', "credentials"),
        ('spark.range(1).withColumn("p", F.lit(credentials("shop")["user"]))', "credentials"),
        ('spark.range(1).write.options(**credentials("shop")).parquet("x")', "credentials"),
        ("credentials = len", "shadowed-name"),
        ("import job_credentials", "import-not-allowed"),
        ("from job_credentials import os", "name-not-allowed"),
        ("from job_credentials import *", "import-not-allowed"),
        ("spark.conf.set('spark.jars', 'evil.jar')", "session-config"),
        ("spark.conf.set('spark.jars.packages', 'a:b:1')", "session-config"),
        ('spark.table("shop.users")', "input-not-declared"),
        ('spark.table("my-shop.the orders")', "input-not-declared"),
        ('spark.sql("SELECT * FROM shop.users")', "sql-table-not-declared"),
        ('spark.sql("SELECT * FROM jdbc.`x`")', "sql-path-table"),
        ("spark.sql('CREATE TABLE t USING jdbc')", "sql-statement"),
        ('spark.range(1).write.format("jdbc").save()', "format-not-allowed"),
    ],
)
def test_other_ways_are_refused(body: str, rule: str) -> None:
    assert rule in rules(f"{body}\nresult = spark.range(1)")

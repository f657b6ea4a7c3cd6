"""Rules one by one: what is refused, at which line, with which remedy; and what is not."""

import pytest

from spark_interpreter.settings import Settings
from spark_interpreter.validation import Validator
from tests.validation.support import (
    FOOTER,
    HEADER,
    ORDERS,
    ScriptedChecker,
    make_script,
    policy,
    whole,
)


def rules(text: str, *, allow_udfs: bool = False) -> set[str]:
    return {finding.rule for finding in policy(text, allow_udfs=allow_udfs)}


def test_finding_has_rule_line_message_and_suggestion() -> None:
    (finding,) = policy(whole('result = orders.groupbuy("region").count()'))
    assert finding.rule == "member-not-allowed"
    assert finding.severity == "error"
    assert finding.line == 5
    assert finding.message == "A DataFrame has no groupbuy that a script may use."
    assert finding.suggestion == "Did you mean groupBy?"


@pytest.mark.parametrize(
    ("analysis", "suggestion"),
    [
        ("result = orders.select(F.summ('quantity'))", "Did you mean sum?"),
        ("result = orders.select(F.date_trunk('month', 'd'))", "Did you mean date_trunc?"),
        ("result = order.limit(1)", "Did you mean orders?"),
        ("result = orders.rdd", "RDDs do not exist"),
        ("result = spark.read.csv('/data/order.csv')", "Did you mean /data/orders.csv?"),
        ("result = orders.select(F.expr('averge(quantity)'))", "Did you mean"),
        ("result = orders.text", 'If it is a column, write ["text"].'),
        ("result = orders.regoin", "Only a DataFrame is written."),
        ("result = spark.sql('select * from orders')", 'orders.createOrReplaceTempView("orders")'),
    ],
)
def test_suggestions(analysis: str, suggestion: str) -> None:
    assert any(suggestion in finding.suggestion for finding in policy(whole(analysis)))


@pytest.mark.parametrize(
    ("analysis", "rule"),
    [
        # a name that is bound in one scope is the builtin in another
        ("def f(open=1):\n    return open\n\nresult = open('/x')", "builtin-not-allowed"),
        ("eval = eval\nresult = orders", "builtin-not-allowed"),
        ("result = [exec for exec in [1]] and orders.limit(exec('1') or 1)", "builtin-not-allowed"),
        ("from math import floor as getattr\nresult = getattr(spark, 'x')", "builtin-not-allowed"),
        # names that stand for something else than they seem
        ("F = spark\nresult = F.col('x')", "shadowed-name"),
        ("import json as F\nresult = orders", "shadowed-name"),
        ("from pyspark.sql.functions import expr\nexpr = 1\nresult = orders", "shadowed-name"),
        # readers and writers that hide
        ("r = {'a': spark.read}\nresult = orders", "indirect-call"),
        ("def f(r):\n    return r\n\nresult = f(spark.read).csv('/x')", "indirect-call"),
        ("l = [orders]\nl.append(spark.read)\nresult = l[1].text('/etc/passwd')", "indirect-call"),
        ("r = spark.read\nr = orders\nresult = r.csv('/etc/passwd')", "indirect-call"),
        ("result = (lambda r: r)(orders.write).parquet('/x')", "indirect-call"),
        ("m = orders.write.parquet\nm('/x')\nresult = orders", "indirect-call"),
        ("c = spark.conf\n[c][0].set('spark.jars', 'x')\nresult = orders", "indirect-call"),
        # a list that holds something else than its first element
        ("l = [orders]\nl.append(spark)\nresult = l[1].client", "member-not-allowed"),
        ("l = [orders]\nl.append(spark)\nresult = l[1].sql('drop table x')", "member-not-allowed"),
        ("l = [orders]\nl.append(spark)\nx = l[1].sql\nresult = x('drop x')", "indirect-call"),
        ("f = orders.toArrowTable\nresult = f()", "indirect-call"),
        # locations
        ("result = spark.read.csv()", "input-not-literal"),
        ("result = spark.read.csv(['/data/orders.csv', '/etc/passwd'])", "input-not-declared"),
        ("result = spark.read.parquet('/data/products.parquet', '/x')", "input-not-declared"),
        ("result = spark.read.csv(path='/etc/passwd')", "input-not-declared"),
        ("result = spark.read.load('/data/orders.csv', 'binaryFile')", "format-not-allowed"),
        ("result = spark.read.load('/data/orders.csv', format='jdbc')", "jdbc-read"),
        ("result = spark.read.options(path='/x').csv('/data/orders.csv')", "option-not-allowed"),
        ("result = spark.read.options(**{'path': '/x'}).csv('/x')", "option-not-literal"),
        ("result = spark.read.option('pa' + 'th', '/x').csv('/x')", "option-not-literal"),
        ("result = spark.read.csv('/data/orders.csv', path='/x')", "input-not-declared"),
        ("result = spark.read.csv('/data/orders.csv/../customers')", "input-not-declared"),
        ("result = spark.read.csv(f'/data/{1}.csv')", "input-not-literal"),
        ("result = spark.table(orders.columns[0])", "input-not-literal"),
        ("result = spark.table('hidden')", "input-not-declared"),
        ("orders.write.parquet('/output/turn', mode=orders)\nresult = orders", "output-mode"),
        ("orders.write.format('csv').save('/output/turn')\nresult = orders", "format-not-allowed"),
        ("orders.write.save('/output/turn', format='csv')\nresult = orders", "format-not-allowed"),
        ("orders.write.option('path', '/x').parquet('/output/turn')", "option-not-allowed"),
        ("orders.write.partitionBy('region').parquet('/output/turn')", "member-not-allowed"),
        # session
        ("spark.conf.set('spark.hadoop.x', '1')\nresult = orders", "session-config"),
        ("spark.conf.get('spark.hadoop.fs.s3a.secret.key')\nresult = orders", "session-config"),
        ("SparkSession.builder.config(map={'spark.jars': 'x'})\nresult = orders", "session-config"),
        ("SparkSession.builder.config(conf=1)\nresult = orders", "session-config"),
        ("SparkSession.builder.master('local[*]')\nresult = orders", "member-not-allowed"),
        ("SparkSession.builder.enableHiveSupport()\nresult = orders", "session-config"),
        ("spark.newSession()\nresult = orders", "member-not-allowed"),
        # text that runs
        ("result = orders.filter(orders.columns[0])", "sql-not-literal"),
        ("result = orders.where(condition='1=1; drop')", "sql-syntax"),
        ("def f(d, c):\n    return d.filter(c)\n\nresult = f(orders, 'x')", "sql-not-literal"),
        ("result = DataFrame.filter(orders, orders.columns[0])", "undefined-name"),
        ("result = orders.selectExpr(*orders.columns)", "sql-not-literal"),
        ("result = orders.select(F.expr(str(1)))", "sql-not-literal"),
        ("e = F.expr\nresult = orders.select(e('1'))", "indirect-call"),
        ("orders.createOrReplaceTempView(orders.columns[0])\nresult = orders", "view-not-literal"),
        ("orders.createOrReplaceTempView('a`b')\nresult = orders", "view-not-literal"),
        ("result = spark.sql('select 1', **{'x': orders})", "sql-not-literal"),
        # Python
        ("result = orders\nresult.x = 1", "attribute-assigned"),
        ("result = orders\n'{0.x}'.format(result)", "string-format"),
        ("result = orders\n'{0[x]}'.format(result)", "string-format"),
        ("result = orders\n'{:{0.x}}'.format(result)", "string-format"),
        ("result = orders\nf = '{}'.format\nf(1)", "indirect-call"),
        ("def __getattr__(name):\n    return 1\n\nresult = orders", "underscore-access"),
        ("result = orders\n__builtins__ = {}", "underscore-access"),
        ("def f(x: \"open('x')\"):\n    return x\n\nresult = orders", "annotation-not-allowed"),
        ("result = orders.select(lambda: (yield))", "statement-not-allowed"),
        ("print(F)\nresult = orders", "module-as-value"),
        ("import datetime.datetime\nresult = orders", "import-not-allowed"),
        ("import collections.abc\nresult = orders", "import-not-allowed"),
        ("result = orders\nx = 'ab' * (1 << 40)", "too-large"),
        ("result = orders\nN = 10 ** 12\nx = [0] * N", "too-large"),
        ("result = orders\nx = 'a'.ljust(10 ** 9)", "too-large"),
        ("result = orders.withColumn('x', F.lpad('region', 2 * 10 ** 9, ' '))", "too-large"),
        ("result = orders\nfor i in range(10 ** 9):\n    pass", "too-large"),
        ("result = orders\nx = '\\x1b[2J'", "control-character"),
    ],
)  # fmt: skip
def test_refused(analysis: str, rule: str) -> None:
    assert rule in rules(whole(analysis))


@pytest.mark.parametrize(
    "analysis",
    [
        "result = orders.select(orders.quantity * 1_000_000_000)",
        "result = orders.withColumn('big', F.col('quantity') ** 10)",
        "id, type = 1, 'x'\nresult = orders.filter(F.col('quantity') > id)",
        "result = orders.filter(orders['text'] == 'x')",
        "reader = spark.read.option('header', True)\nresult = reader.csv('/data/orders.csv')",
        "writer = orders.write.mode('overwrite')\nresult = orders",
        "result = spark.read.csv('file:///data/orders.csv')",
        "result = spark.read.parquet('s3n://bucket/events/')",
        "spark.conf.set('spark.sql.shuffle.partitions', 8)\nresult = orders",
        "result = orders.select(F.expr('quantity + 1').alias('more'))",
        "WHAT = ('region', 'quantity * 2 AS twice')\nresult = orders.selectExpr(*WHAT)",
        "result = orders.filter(~F.col('region').isNull() & F.expr(\"region <> 'x'\"))",
        "result = orders.filter('region = \"it''s\"')",
        "_private = orders\nresult = _private",
        "for _ in range(3):\n    pass\nresult = orders",
        "result = orders.join(orders, 'region').groupBy('region').agg({'quantity': 'max'})",
        "def f(df):\n    return df.select(df.region, df.quantity)\n\nresult = f(orders)",
    ],
)
def test_allowed(analysis: str) -> None:
    assert policy(whole(analysis)) == []


def test_missing_session_and_output() -> None:
    found = policy("result = 1\n")
    assert {finding.rule for finding in found} == {"session-missing", "output-missing"}
    assert any("/output/turn" in finding.suggestion for finding in found)


def test_second_write_is_a_warning() -> None:
    (finding,) = policy(whole(f"result = orders{FOOTER}"))
    assert (finding.rule, finding.severity) == ("output-repeated", "warning")


def test_declared_table_and_view_can_be_read() -> None:
    text = whole(
        "orders.createTempView('v')\nresult = spark.table('v').union(spark.read.table('V'))"
    )
    assert policy(text) == []


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("# coding: latin-1\nx = 1\n", "source-text"),
        ("#!/usr/bin/python\n# vim: set fileencoding=utf-7 :\n", "source-text"),
        ("\ufeffx = 1\n", "source-text"),
        ("x = 1\x00", "source-text"),
        ("x = 1\r# comment", "source-text"),
        ("x = '\ud800'", "source-text"),
        ("# \u2028x = 1", "source-text"),
        ("ｘ = 1\n", "source-text"),
        ("x = = 1\n", "syntax-error"),
        ("x = " + "[" * 150 + "]" * 150, "too-complex"),
        ("x = 1\n" * 200_000, "too-complex"),
        ("x = " + "9" * 5000, "syntax-error"),
        ("a" + ".b" * 5000, "too-complex"),
        ("x = " + "1 + " * 90_000 + "1", "too-complex"),
        ("lambda: " * 3000 + "1", "too-complex"),
        ("if 1:\n" + "".join(" " * n + "if 1:\n" for n in range(1, 120)), "syntax-error"),
    ],
)  # fmt: skip
def test_text_that_cannot_be_trusted(text: str, rule: str) -> None:
    assert rule in rules(text)


def test_windows_line_ends_and_utf8_coding_are_fine() -> None:
    text = "# -*- coding: utf-8 -*-\n" + whole("result = orders")
    assert policy(text.replace("\n", "\r\n")) == []


def test_brackets_in_texts_do_not_count() -> None:
    assert policy(whole(f"result = orders.filter(F.col('region') == '{'(' * 500}')")) == []


def test_udfs_when_the_operator_allows_them() -> None:
    udf = HEADER + (
        "@F.udf('int')\n"
        "def twice(x):\n"
        "    return x * 2\n"
        "\n"
        "result = orders.select(twice('quantity'))"
    ) + FOOTER  # fmt: skip
    assert "udf-not-allowed" in rules(udf)
    assert rules(udf, allow_udfs=True) == set()
    pandas = whole("result = orders.groupBy('region').applyInPandas(lambda g: g, 'region string')")
    assert "udf-not-allowed" in rules(pandas)
    assert rules(pandas, allow_udfs=True) == set()


def test_a_udf_is_held_to_the_policy_too() -> None:
    text = whole("f = F.udf(lambda x: open(x).read())\nresult = orders.select(f('region'))")
    assert rules(text, allow_udfs=True) == {"builtin-not-allowed"}


def test_the_text_that_runs_here_is_checked_too() -> None:
    text = whole("result = orders")
    local = text.replace("/data/orders.csv", "/etc/passwd")
    script = make_script(text).model_copy(update={"local_text": local})
    checker = ScriptedChecker()
    verdict = Validator(Settings(), checker).validate(script, [ORDERS])
    assert [finding.rule for finding in verdict.errors] == ["input-not-declared"]
    assert checker.asked == []

"""Scripts to check, and a plan checker that says what a test tells it to."""

from collections.abc import Sequence
from pathlib import Path

from spark_interpreter.errors import InterpreterError
from spark_interpreter.model import EmptyTable, Finding, PlanReport, ResultColumn, Script
from spark_interpreter.validation.findings import Findings
from spark_interpreter.validation.policy import check_policy

HARMLESS = sorted((Path(__file__).parent / "harmless").glob("*.py"))
INPUTS = (
    "/data/orders.csv",
    "/data/customers.json",
    "/data/products.parquet",
    "s3://bucket/events",
)
OUTPUT = "/output/turn"

HEADER = """\
from pyspark.sql import SparkSession, functions as F, Window, types as T

spark = SparkSession.builder.appName("test").getOrCreate()
orders = spark.read.schema("region STRING, quantity INT").csv("/data/orders.csv")
"""
FOOTER = '\nresult.write.mode("overwrite").parquet("/output/turn")\n'


def table(location: str, *columns: str) -> EmptyTable:
    """A stand-in; columns as "name type"."""
    pairs = (column.split(" ", 1) for column in columns)
    return EmptyTable(
        location=location, columns=tuple(ResultColumn(name=name, type=kind) for name, kind in pairs)
    )


ORDERS = table("/data/orders.csv", "region string", "quantity int", "text string")


def make_script(text: str) -> Script:
    return Script(text=text, local_text=text, inputs=INPUTS, output=OUTPUT)


def whole(analysis: str) -> str:
    """A whole script around an analysis part that starts at line 5."""
    return f"{HEADER}{analysis}{FOOTER}"


def policy(text: str, *, allow_udfs: bool = False) -> list[Finding]:
    """What the policy says of a whole script."""
    findings = Findings()
    check_policy(make_script(text), [ORDERS], findings, allow_udfs=allow_udfs)
    return findings.all


class ScriptedChecker:
    """A `PlanChecker` that gives one answer and remembers what it was asked."""

    def __init__(self, answer: PlanReport | InterpreterError | None = None) -> None:
        self.answer = answer or PlanReport()
        self.asked: list[tuple[str, Sequence[EmptyTable]]] = []

    def check(self, script: str, tables: Sequence[EmptyTable]) -> PlanReport:
        self.asked.append((script, tables))
        if isinstance(self.answer, InterpreterError):
            raise self.answer
        return self.answer

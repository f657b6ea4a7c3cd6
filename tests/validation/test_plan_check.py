"""What an engine could not resolve becomes a finding with line, nearest name and fix."""

from collections.abc import Iterator

import pytest

from spark_interpreter.errors import EngineUnavailable, InterpreterError, RunTimeout
from spark_interpreter.model import Finding, PlanFailure, PlanReport, ResultColumn, Verdict
from spark_interpreter.platforms.embedded.platform import EmbeddedPlatform
from spark_interpreter.settings import Settings
from spark_interpreter.validation import Validator
from tests.validation.support import ORDERS, ScriptedChecker, make_script, table, whole

CUSTOMERS = table("/data/customers.json", "id int", "name string")
RESULT = whole("result = orders.groupBy('region').agg(F.sum('quantity').alias('total'))")


def validate(answer: PlanReport | InterpreterError, text: str = RESULT) -> Verdict:
    return Validator(Settings(), ScriptedChecker(answer)).validate(
        make_script(text), [ORDERS, CUSTOMERS]
    )


def failed(failure: PlanFailure) -> Finding:
    verdict = validate(PlanReport(failure=failure))
    assert verdict.columns == ()
    (finding,) = verdict.findings
    return finding


@pytest.mark.parametrize(
    ("failure", "rule", "suggestion"),
    [
        (
            PlanFailure(error_class="UNRESOLVED_COLUMN.X", message="m", name="regoin"),
            "unknown-column",
            "Did you mean region of orders?",
        ),
        (
            PlanFailure(error_class="UNRESOLVED_COLUMN", message="m", name="`orders`.`quantty`"),
            "unknown-column",
            "Did you mean quantity of orders?",
        ),
        (
            PlanFailure(error_class="UNRESOLVED_COLUMN", message="m", name="totals"),
            "unknown-column",
            "Did you mean total?",
        ),
        (
            PlanFailure(error_class="UNRESOLVED_COLUMN", message="m", name="zzz"),
            "unknown-column",
            "The columns are id, name, quantity, region, text.",
        ),
        (
            PlanFailure(error_class="AMBIGUOUS_REFERENCE", message="m", name="region"),
            "ambiguous-column",
            'Say which one, for instance with .alias("a") and F.col("a.region").',
        ),
        (
            PlanFailure(error_class="TABLE_OR_VIEW_NOT_FOUND", message="m", name="/data/order.csv"),
            "unknown-table",
            "Did you mean /data/orders.csv?",
        ),
        (
            PlanFailure(error_class="UNRESOLVED_ROUTINE", message="m", name="date_trunk"),
            "unknown-function",
            "Did you mean date_trunc?",
        ),
        (
            PlanFailure(error_class="NameError", message="m", name="ordrs"),
            "undefined-name",
            "Did you mean orders?",
        ),
        (PlanFailure(error_class="DATATYPE_MISMATCH.X", message="m"), "type-mismatch", ""),
        (PlanFailure(error_class="AnalysisException", message="odd"), "plan-error", ""),
        (
            PlanFailure(error_class="AnalysisException", message="cannot resolve x", name="nam"),
            "unknown-column",
            "Did you mean name of customers?",
        ),
    ],
)  # fmt: skip
def test_failure_becomes_an_error(failure: PlanFailure, rule: str, suggestion: str) -> None:
    finding = failed(failure)
    assert (finding.rule, finding.severity) == (rule, "error")
    assert finding.suggestion == suggestion


def test_line_and_message_are_kept() -> None:
    finding = failed(PlanFailure(error_class="X", message="It broke\n  at java.lang", line=5))
    assert (finding.line, finding.message) == (5, "It broke.")


def test_long_messages_are_cut() -> None:
    assert len(failed(PlanFailure(error_class="X", message="x" * 5000)).message) <= 500


def test_what_the_engine_lacks_is_a_warning() -> None:
    verdict = validate(
        PlanReport(failure=PlanFailure(error_class="X", message="No crosstab", unsupported=True))
    )
    assert verdict.ok
    (finding,) = verdict.findings
    assert (finding.rule, finding.severity) == ("engine-unsupported", "warning")


def test_columns_come_with_the_verdict() -> None:
    columns = (ResultColumn(name="region", type="string"),)
    assert validate(PlanReport(columns=columns)).columns == columns


def test_a_script_that_does_not_end_is_refused() -> None:
    verdict = validate(RunTimeout("Too long.", remedy="Do less."))
    (finding,) = verdict.errors
    assert (finding.rule, finding.suggestion) == ("plan-timeout", "Do less.")


def test_a_missing_engine_is_an_error_of_its_own() -> None:
    with pytest.raises(EngineUnavailable):
        validate(EngineUnavailable("No engine."))


def test_refused_code_is_never_run() -> None:
    checker = ScriptedChecker()
    text = whole("import os\nresult = orders")
    verdict = Validator(Settings(), checker).validate(make_script(text), [ORDERS])
    assert not verdict.ok
    assert checker.asked == []


def test_policy_can_be_left_to_the_operator() -> None:
    checker = ScriptedChecker()
    text = whole("import os\nresult = orders")
    verdict = Validator(Settings(), checker).validate(make_script(text), [ORDERS], policy=False)
    assert verdict.findings == ()
    assert checker.asked == [(text, [ORDERS])]


def test_settings_allow_udfs() -> None:
    script = make_script(whole("result = orders.select(F.udf(lambda x: x)('region'))"))
    refusing = Validator(Settings(), ScriptedChecker())
    allowing = Validator(Settings(allow_udfs=True), ScriptedChecker())
    assert not refusing.validate(script, [ORDERS]).ok
    verdict = allowing.validate(script, [ORDERS])
    assert verdict.ok
    assert [finding.rule for finding in verdict.findings] == ["udf-slow"]


@pytest.fixture(scope="module")
def engine() -> Iterator[EmbeddedPlatform]:
    with EmbeddedPlatform(Settings()) as platform:
        yield platform


@pytest.mark.parametrize(
    ("analysis", "rule", "line", "suggestion"),
    [
        ("result = orders.select('regoin')", "unknown-column", 5, "Did you mean region?"),
        (
            "more = orders.limit(1)\nresult = more.filter(F.col('quantty') > 1)",
            "unknown-column",
            6,
            "Did you mean quantity?",
        ),
        ("result = orders.select(orders.regoin)", "unknown-column", 5, "Did you mean region?"),
        ("result = orders.select(F.sum('quantity'), 'region')", "missing-aggregation", 5, ""),
        ("result = orders.select(F.col('region') & F.lit(1))", "type-mismatch", 5, ""),
    ],
)
def test_with_the_embedded_engine(
    engine: EmbeddedPlatform, analysis: str, rule: str, line: int, suggestion: str
) -> None:
    verdict = Validator(Settings(), engine).validate(make_script(whole(analysis)), [ORDERS])
    (finding,) = verdict.errors
    assert (finding.rule, finding.line, finding.suggestion) == (rule, line, suggestion)


def test_a_read_without_columns_is_told_how_to_get_some(engine: EmbeddedPlatform) -> None:
    text = whole("result = spark.read.csv('s3://bucket/events')")
    (finding,) = Validator(Settings(), engine).validate(make_script(text), [ORDERS]).errors
    assert finding.rule == "unknown-table"
    assert ".schema(" in finding.suggestion


def test_columns_from_the_embedded_engine(engine: EmbeddedPlatform) -> None:
    verdict = Validator(Settings(), engine).validate(make_script(RESULT), [ORDERS])
    assert verdict.ok
    assert [(column.name, column.type) for column in verdict.columns] == [
        ("region", "string"),
        ("total", "bigint"),
    ]

"""Logs of Apache Spark 3.5 as errors of ours. The texts are shortened from real runs."""

import pytest

from spark_interpreter.errors import DataMismatch, RunOutOfMemory, ScriptFailed
from spark_interpreter.platforms.spark_failures import run_error

SCRIPT = "\n" * 20
_LOG = "26/11/23 05:12:57 INFO SparkContext: SparkContext is stopping with exitCode 0.\n"
_FRAMES = """\
Traceback (most recent call last):
  File "/tmp/spark-bb06/1.py", line 10, in <module>
    result.write.mode("overwrite").parquet('s3://bucket/output/s/1')
  File "/usr/lib/spark/python/lib/pyspark.zip/pyspark/sql/readwriter.py", line 1721, in parquet
"""
_STAGE = """\
py4j.protocol.Py4JJavaError: An error occurred while calling o60.parquet.
: org.apache.spark.SparkException: Job aborted due to stage failure: Task 0 in stage 0.0 failed
\tat org.apache.spark.sql.errors.QueryExecutionErrors$.taskFailed(QueryExecutionErrors.scala:775)
"""
_MALFORMED = """\
Caused by: org.apache.spark.SparkException: Encountered error while reading file s3://b/a.csv. Details:
\tat org.apache.spark.sql.errors.QueryExecutionErrors$.cannotReadFilesError(Query.scala:864)
Caused by: org.apache.spark.SparkException: [MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION] \
Malformed records are detected in record parsing: [2024-01-01,null,10.50].
"""  # noqa: E501


@pytest.mark.parametrize(
    ("cause", "value"),
    [
        ('Caused by: java.lang.NumberFormatException: For input string: "north"', "north"),
        (
            "Caused by: java.time.DateTimeException: Text 'yesterday' could not be parsed",
            "yesterday",
        ),
        ("Caused by: java.lang.RuntimeException: Cannot parse", None),
    ],
)
def test_a_cell_that_does_not_fit(cause: str, value: str | None) -> None:
    error = run_error(_LOG + _FRAMES + _STAGE + _MALFORMED + cause + "\n" + _LOG, SCRIPT)
    assert isinstance(error, DataMismatch)
    assert error.path == "s3://b/a.csv"
    assert error.value == value


def test_a_cast_that_fails() -> None:
    text = (
        "pyspark.errors.exceptions.captured.NumberFormatException: [CAST_INVALID_INPUT] The value "
        '\'x\' of the type "STRING" cannot be cast to "INT" because it is malformed.'
    )
    error = run_error(_FRAMES + text, SCRIPT)
    assert isinstance(error, DataMismatch)
    assert error.message == "The value 'x' is not a valid int."


def test_a_line_of_the_script_and_one_sentence() -> None:
    text = (
        "pyspark.errors.exceptions.captured.AnalysisException: [UNRESOLVED_COLUMN.WITH_SUGGESTION] "
        "A column or function parameter with name `missing` cannot be resolved. Did you mean one "
        "of the following? [`id`].;\n'Project ['missing]\n+- Range (0, 1, step=1)\n"
    )
    error = run_error(_FRAMES + text + _LOG, SCRIPT)
    assert isinstance(error, ScriptFailed)
    assert error.line == 10
    assert error.message == "The script failed at line 10: There is no column 'missing' here."
    assert _LOG not in error.detail


def test_the_innermost_line_of_the_script() -> None:
    text = (
        "Traceback (most recent call last):\n"
        '  File "/tmp/1.py", line 9, in <module>\n    f()\n'
        '  File "/tmp/1.py", line 4, in f\n    return 1 / 0\n'
        "ZeroDivisionError: division by zero\n"
    )
    error = run_error(text, SCRIPT)
    assert isinstance(error, ScriptFailed)
    assert error.line == 4
    assert "division by zero" in error.message


def test_a_script_that_is_not_python() -> None:
    text = "  File \"/tmp/1.py\", line 3\n    x = (\n        ^\nSyntaxError: '(' was never closed\n"
    error = run_error(text, SCRIPT)
    assert isinstance(error, ScriptFailed)
    assert error.line == 3
    assert "was never closed" in error.message


@pytest.mark.parametrize(
    "text",
    [
        _FRAMES + _STAGE + "Caused by: java.lang.OutOfMemoryError: Java heap space\n",
        "Job failed, please check complete logs. ExitCode: 137.",
        _FRAMES + _STAGE + "ExecutorLostFailure (executor 3 exited caused by one of the running "
        "tasks) Reason: Container killed by YARN for exceeding memory limits.\n",
    ],
)
def test_too_little_memory(text: str) -> None:
    assert isinstance(run_error(text, SCRIPT), RunOutOfMemory)


def test_nothing_is_known() -> None:
    error = run_error("", SCRIPT)
    assert isinstance(error, ScriptFailed)
    assert error.message == "The script failed: its log does not say why."

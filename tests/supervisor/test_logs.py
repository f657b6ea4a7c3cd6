"""What is made of the logs of a run."""

from pathlib import Path

import pytest

from spark_interpreter.model import ErrorInfo, Placement, Script, Turn, now
from spark_interpreter.stores import FolderArtifactStore
from spark_interpreter.supervisor.logs import error_lines, extract_logs, redacted

DRIVER = """\
26/11/23 05:40:42 INFO SparkContext: Running Spark version 3.5.9
26/11/23 05:40:44 ERROR Executor: Exception in task 0.0 in stage 0.0 (TID 0)
org.apache.spark.SparkArithmeticException: [DIVIDE_BY_ZERO] Division by zero.
\tat org.apache.spark.sql.errors.QueryExecutionErrors$.divideByZeroError
Caused by: java.lang.ArithmeticException: / by zero
Traceback (most recent call last):
  File "/tmp/1.py", line 2, in <module>
pyspark.errors.exceptions.captured.ArithmeticException: [DIVIDE_BY_ZERO] Division by zero.
pyspark.errors.exceptions.captured.ArithmeticException: [DIVIDE_BY_ZERO] Division by zero.
"""


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("key AKIAABCDEFGHIJKLMNOP used", "ABCDEFGHIJKLMNOP"),
        ("postgresql://reader:s3cr-et!@db:5432/shop", "s3cr-et!"),
        ("Authorization: Bearer abc.def-ghi_jkl", "abc.def-ghi_jkl"),
        ('{"user": "reader", "password": "hunter22"}', "hunter22"),
        ("jdbc:postgresql://h/d?user=a&password=hunter22&ssl=true", "hunter22"),
        ("fs.s3a.secret.key=wJalrXUtnFEMI/K7MDENG", "wJalrXUtnFEMI/K7MDENG"),
        ("aws_session_token: FwoGZXIvYXdzEBYaD", "FwoGZXIvYXdzEBYaD"),
        ("https://b.s3.amazonaws.com/k?X-Amz-Signature=0a1b2c&x=1", "0a1b2c"),
    ],
)
def test_secrets_are_blotted_out(text: str, secret: str) -> None:
    assert secret not in redacted(text)
    assert "***" in redacted(text)


def test_other_words_stay() -> None:
    text = "Read 3 tokens of orders.csv: region, amount; 10:15 https://example.com/a@b"
    assert redacted(text) == text


def test_errors_come_first_and_once() -> None:
    found = error_lines([DRIVER])
    assert found[0].endswith("Exception in task 0.0 in stage 0.0 (TID 0)")
    assert len(found) == len(set(found)) == 4
    assert not any("INFO" in line for line in found)


def test_the_failing_line_is_named(tmp_path: Path) -> None:
    artifacts = FolderArtifactStore(tmp_path)
    turn = Turn(
        session_id="s", number=1, state="failed", question="", created=now(), updated=now(),
        placement=Placement(platform="emr", reasons=()),
        script=Script(text="a = 1\n  b = a / 0\n", local_text="", inputs=(), output=""),
        error=ErrorInfo(
            code="script_failed", phase="running", message="Division by zero.",
            remedy="Use try_divide.", line=2,
        ),
    )  # fmt: skip
    folder = artifacts.log_dir("emr", "s-1")
    (folder / "stderr.log").write_text(DRIVER + "password=hunter22\n")
    logs = extract_logs(artifacts, turn)
    assert (logs.problem, logs.line) == ("Division by zero. Use try_divide.", 2)
    assert logs.script_line == "b = a / 0"
    assert logs.errors
    assert "hunter22" not in logs.model_dump_json()

"""What the audit log says of turns, and what it never says."""

import json
import logging
import threading
from pathlib import Path
from typing import Any

import pytest

from spark_interpreter.api.access.audit import AuditLog, without_secrets
from spark_interpreter.model import (
    ErrorInfo,
    FileSource,
    Placement,
    PostgresTable,
    Script,
    Turn,
    now,
)


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for f in folder.iterdir() for line in f.read_text().splitlines()]


def turn(**changes: Any) -> Turn:
    fields: dict[str, Any] = {
        "session_id": "s-1", "number": 2, "state": "completed", "question": "revenue by month",
        "created": now(), "updated": now(),
    }  # fmt: skip
    return Turn(**(fields | changes))


def test_a_turn_is_recorded(tmp_path: Path) -> None:
    script = Script(text="result = 1", local_text="", inputs=("/data/a.csv",), output="/out")
    done = turn(
        sources=(
            FileSource(uri="/data/a.csv"),
            FileSource(uri="s3://key:pass@sales/a.csv?X-Amz-Signature=abc"),
            PostgresTable(connection="warehouse", table="orders"),
        ),
        script=script,
        placement=Placement(platform="local", reasons=("small",)),
    )
    AuditLog(tmp_path / "audit").turn(done, owner="kim", request_id="r-1")
    (line,) = lines(tmp_path / "audit")
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "action": "turn", "request_id": "r-1", "owner": "kim", "session": "s-1", "turn": 2,
        "question": "revenue by month",
        "sources": ["/data/a.csv", "s3://sales/a.csv", "postgres:warehouse/orders/public"],
        "inputs": ["/data/a.csv"], "script": script.sha256, "edited": False, "platform": "local",
        "outcome": "completed", "error": None,
    }  # fmt: skip


def test_an_error_is_recorded_by_its_code_alone(tmp_path: Path) -> None:
    error = ErrorInfo(code="data_mismatch", phase="running", message="'Miller' is no INT")
    AuditLog(tmp_path).turn(turn(state="failed", error=error), owner="kim")
    (line,) = lines(tmp_path)
    assert (line["outcome"], line["error"]) == ("failed", "data_mismatch")
    assert "Miller" not in json.dumps(line)


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("use sci_0123456789ab_Zm9vYmFy please", "Zm9vYmFy"),
        ("Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJraW0ifQ.c2ln", "eyJzdWIiOiJraW0ifQ"),
        ("key AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE"),
        ("password=hunter2 and more", "hunter2"),
        ("the password is hunter2", "hunter2"),
        ("Secret: hunter2", "hunter2"),
        ("jdbc:postgresql://kim:hunter2@db/x", "hunter2"),
        ("s3://kim:hunter2@bucket/x", "hunter2"),
    ],
)
def test_secrets_are_covered(tmp_path: Path, text: str, hidden: str) -> None:
    AuditLog(tmp_path).turn(turn(question=text), owner="kim")
    (line,) = lines(tmp_path)
    assert hidden not in line["question"]
    assert "…" in line["question"]


def test_questions_are_kept_as_they_are() -> None:
    for text in ("sales by month in 2024", "how many tokens per user?", "top 5 e-mail domains"):
        assert without_secrets(text).split()[:3] == text.split()[:3]


def test_it_is_only_appended_to_and_private(tmp_path: Path) -> None:
    folder = tmp_path / "audit"
    logs = [AuditLog(folder) for _ in range(4)]
    threads = [
        threading.Thread(
            target=lambda log=log: [log.record("x", text="é" * 500) for _ in range(50)]
        )
        for log in logs
    ]
    logs[0].record("first")
    (file,) = folder.iterdir()
    before = file.read_bytes()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert file.read_bytes().startswith(before)
    assert len(lines(folder)) == 201
    assert file.stat().st_mode & 0o077 == 0
    assert folder.stat().st_mode & 0o077 == 0


def test_a_line_is_a_line(tmp_path: Path) -> None:
    AuditLog(tmp_path).turn(turn(question='a\n{"action": "forged"}\u2028b'), owner="k\nim")
    assert [line["action"] for line in lines(tmp_path)] == ["turn"]


def test_a_log_that_cannot_be_written_is_an_error_in_the_logs(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "audit").write_text("a file")
    with caplog.at_level(logging.ERROR):
        AuditLog(tmp_path / "audit").record("x")
    assert "audit log cannot be written" in caplog.text

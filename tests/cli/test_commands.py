"""The commands, as processes, with a real engine behind them."""

import csv
import io
import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.cli.conftest import ORDERS

Call = Callable[..., "subprocess.CompletedProcess[str]"]

HEADER = """\
from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("test")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)
"""
FOOTER = '\nresult.write.mode("overwrite").parquet("result")\n'
SLOW = """\
few = spark.range(10**6).withColumnRenamed("id", "k")
result = spark.range(10**8).crossJoin(few).agg(F.sum(F.sin(F.col("id") * F.col("k"))).alias("s"))
"""


def script(folder: Path, analysis: str) -> Path:
    path = folder / "script.py"
    path.write_text(f"{HEADER}\n{analysis}\n{FOOTER}")
    return path


def document(done: "subprocess.CompletedProcess[str]") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def answered(call: Call, orders: Path) -> dict[str, Any]:
    done = call("ask", "total quantity by region", orders, "--output", "json")
    assert done.returncode == 0, done.stderr
    return document(done)


def test_json_is_the_document(answered: dict[str, Any]) -> None:
    assert answered["status"] == "answered"
    assert sorted(answered["rows"], key=str) == [["North", 7], ["South", 6], [None, 3]]
    assert (answered["row_count"], answered["truncated"], answered["turn"]) == (3, False, 1)
    assert answered["chart"]["kind"] == "bar"
    assert answered["script"].startswith('"""')
    assert answered["error"] is None


def test_a_table_on_standard_output_and_nothing_else_anywhere(call: Call, orders: Path) -> None:
    done = call("ask", "total quantity by region", orders)
    assert done.returncode == 0
    assert done.stderr == ""
    assert "North" in done.stdout
    assert "null" in done.stdout
    assert "\x1b" not in done.stdout
    assert "Script   " in done.stdout


def test_csv_has_all_rows_whatever_is_shown(call: Call, orders: Path) -> None:
    done = call("ask", "list all orders", orders, "--output", "csv", "--rows", 2)
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert sorted(int(row["id"]) for row in rows) == [1, 2, 3, 4, 5, 6]


def test_rows_limits_what_is_shown_and_says_so(call: Call, orders: Path) -> None:
    done = call("ask", "list all orders", orders, "--rows", 2)
    assert "Showing 2 of 6 rows." in done.stdout
    done = call("ask", "list all orders", orders, "--rows", 2, "--output", "json")
    assert (len(document(done)["rows"]), document(done)["truncated"]) == (2, True)


def test_a_session_is_gone_on_with(call: Call, answered: dict[str, Any]) -> None:
    done = call("ask", "only North", "--session", answered["session_id"], "--output", "json")
    assert done.returncode == 0, done.stderr
    assert document(done)["rows"] == [["North", 7]]
    assert document(done)["turn"] == 2


def test_a_dry_run_prints_the_script_alone_and_it_runs(
    call: Call, orders: Path, tmp_path: Path
) -> None:
    done = call("ask", "total quantity by region", orders, "--dry-run")
    assert done.returncode == 0
    assert "Checked, not run." in done.stderr
    path = tmp_path / "saved.py"
    path.write_text(done.stdout)
    again = call("run", path, "--output", "json")
    assert again.returncode == 0, again.stderr
    assert sorted(document(again)["rows"], key=str) == [["North", 7], ["South", 6], [None, 3]]


def test_charts_and_exports_are_written(call: Call, orders: Path, tmp_path: Path) -> None:
    chart, export = tmp_path / "c.svg", tmp_path / "e.xlsx"
    done = call("ask", "total quantity by region", orders, "--chart", chart, "--export", export)
    assert done.returncode == 0, done.stderr
    assert chart.read_bytes().startswith(b"<svg")
    assert export.read_bytes().startswith(b"PK")
    assert f"Chart    {chart}" in done.stdout
    assert f"Export   {export}" in done.stdout


def test_a_result_without_a_chart_says_so(call: Call, orders: Path, tmp_path: Path) -> None:
    done = call("ask", "how many orders are there", orders, "--chart", tmp_path / "c.png")
    assert done.returncode == 0
    assert "No chart was written" in done.stderr
    assert not (tmp_path / "c.png").exists()


def test_explain_shows_script_and_times(call: Call, orders: Path) -> None:
    done = call("ask", "total quantity by region", orders, "--explain")
    assert "groupBy" in done.stdout
    assert "running" in done.stdout


def test_verbose_tells_every_step_on_standard_error(call: Call, orders: Path) -> None:
    done = call("ask", "how many orders are there", orders, "--verbose")
    assert "validating" in done.stderr
    assert "validating" not in done.stdout


def test_a_question_that_cannot_be_answered_is_code_3(call: Call, orders: Path) -> None:
    question = "average wombat temperature by galaxy"
    done = call("ask", question, orders)
    assert (done.returncode, done.stdout) == (3, "")
    assert "Try      " in done.stderr
    done = call("ask", question, orders, "--output", "json")
    assert done.returncode == 3
    assert document(done)["status"] == "needs_input"
    assert document(done)["suggestions"]


def test_a_refused_script_is_code_4(call: Call, tmp_path: Path) -> None:
    path = script(tmp_path, "import os\nresult = spark.range(3)")
    done = call("run", path)
    assert (done.returncode, done.stdout) == (4, "")
    assert "import" in done.stderr
    assert "line 10" in done.stderr
    done = call("run", path, "--output", "json")
    assert (done.returncode, document(done)["status"]) == (4, "refused")


def test_a_script_that_is_no_python_is_refused(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "broken.py"
    path.write_text("result = (")
    assert call("run", path).returncode == 4


def test_without_policy_one_is_warned_and_the_sandbox_stays(call: Call, tmp_path: Path) -> None:
    path = script(tmp_path, "import json\nresult = spark.range(3)")
    done = call("run", path, "--policy", "off", "--output", "json")
    assert "at your own risk" in done.stderr
    assert done.returncode == 0, done.stdout
    assert document(done)["rows"] == [[0], [1], [2]]
    outside = tmp_path / "outside.txt"
    path = script(tmp_path, f"open({str(outside)!r}, 'w').write('x')\nresult = spark.range(3)")
    assert call("run", path, "--policy", "off").returncode in {4, 5}
    assert not outside.exists()


def test_a_missing_file_is_one_sentence_and_code_5(call: Call) -> None:
    done = call("ask", "how many rows", "no-such-file.csv")
    assert (done.returncode, done.stdout) == (5, "")
    assert "no-such-file.csv" in done.stderr
    assert "Traceback" not in done.stderr
    done = call("ask", "how many rows", "no-such-file.csv", "--output", "json")
    assert done.returncode == 5
    assert document(done)["error"]["code"] == "source_not_found"


def test_a_session_that_is_not_there_is_code_2(call: Call, orders: Path) -> None:
    done = call("ask", "how many rows", orders, "--session", "0" * 36)
    assert (done.returncode, done.stdout) == (2, "")
    done = call("ask", "how many rows", orders, "--session", "0" * 36, "--output", "json")
    assert done.returncode == 2
    assert document(done)["error"]["code"] == "not_found"
    assert call("sessions", "show", "0" * 36).returncode == 2


def test_a_run_over_its_time_is_stopped(call: Call, tmp_path: Path) -> None:
    path = script(tmp_path, SLOW)
    started = time.perf_counter()
    done = call("run", path, "--timeout", 2, "--output", "json")
    assert done.returncode == 5
    assert document(done)["error"]["code"] == "timeout"
    assert time.perf_counter() - started < 30


def test_cells_cannot_steer_the_terminal(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "evil.csv"
    path.write_text("na\x1b[2Jme,n\n\x1b]0;owned\x07x,1\n\x1b[31my,2\n")
    done = call("ask", "list everything", path)
    assert "\x1b" not in done.stdout + done.stderr
    assert "\x1b" not in call("sources", "show", path).stdout


def test_sessions_are_listed_and_shown(call: Call, answered: dict[str, Any]) -> None:
    assert answered["session_id"] in call("sessions", "list").stdout
    found = json.loads(
        call("sessions", "list", "--search", "total quantity", "--output", "json").stdout
    )
    assert answered["session_id"] in {session["id"] for session in found}
    shown = call("sessions", "show", answered["session_id"])
    assert "total quantity by region" in shown.stdout
    assert "North" in shown.stdout
    done = call("sessions", "show", answered["session_id"], "--turn", 1, "--output", "json")
    assert document(done) == answered
    done = call("sessions", "show", answered["session_id"], "--turn", 1, "--script")
    assert done.stdout == answered["script"]
    assert call("sessions", "show", answered["session_id"], "--turn", 99).returncode == 2


def test_no_sessions_yet(call: Call, tmp_path: Path) -> None:
    done = call("sessions", "list", SPARK_INTERPRETER_DATA_DIR=str(tmp_path / "empty"))
    assert (done.returncode, done.stdout) == (0, "")
    assert "No sessions yet" in done.stderr


def test_sources_are_shown(call: Call, orders: Path) -> None:
    shown = call("sources", "show", orders).stdout
    assert "6 rows, 5 columns" in shown
    assert "North, South" in shown
    (profile,) = json.loads(call("sources", "show", orders, "--output", "json").stdout)
    assert [c["name"] for c in profile["columns"]] == ["id", "day", "region", "quantity", "price"]
    assert call("sources", "show", "no-such-file.csv").returncode == 5


def test_doctor(call: Call) -> None:
    done = call("doctor")
    assert done.returncode == 0, done.stdout
    assert [w for w in ("Engine", "Sandbox", "Platforms") if w not in done.stdout] == []
    checks = json.loads(call("doctor", "--output", "json").stdout)
    assert {"engine", "sandbox", "platform"} <= {check["group"] for check in checks}


def test_platforms(call: Call) -> None:
    shown = call("platforms").stdout
    assert "✓ local" in shown
    assert "Set aws_lambda.function and storage_uri." in shown
    found = json.loads(call("platforms", "--output", "json").stdout)
    assert [each["platform"] for each in found["platforms"] if each["ready"]] == ["local"]


def test_chat_answers_lines_and_remembers(call: Call, orders: Path, tmp_path: Path) -> None:
    target = tmp_path / "chat.csv"
    lines = ["total quantity by region", "only North", f"/export {target}", "/script", "/nonsense"]
    lines += ["Quit", "/never reached"]
    done = call("chat", orders, given="\n".join(lines))
    assert "› only North" in done.stdout
    assert target.read_text().splitlines()[1:] == ['"North",7']
    assert "SparkSession" in done.stdout
    assert "There is no command “/nonsense”." in done.stderr
    assert "never" not in done.stdout + done.stderr
    assert done.returncode == 2


def test_a_reader_that_has_enough_is_no_error(environment: dict[str, str], orders: Path) -> None:
    command = f"{Path(sys.executable).with_name('spark-interpreter')} ask 'list all orders'"
    done = subprocess.run(
        ["bash", "-c", f"{command} {orders} --output csv | head -1"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.stdout.startswith('"id"')
    assert done.stderr == ""


# --- Ctrl-C and terminals ---------------------------------------------------------------------


@pytest.fixture
def endless(
    environment: dict[str, str], tmp_path: Path
) -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    path = script(tmp_path, SLOW)
    started: list[subprocess.Popen[str]] = []

    def start(*options: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [Path(sys.executable).with_name("spark-interpreter"), "run", path, "-v", *options],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stderr is not None
        for line in process.stderr:
            if "Running on local" in line:
                break
        time.sleep(1)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_ctrl_c_stops_the_run_and_everything_it_started(
    endless: Callable[..., "subprocess.Popen[str]"],
) -> None:
    process = endless("--output", "json")
    tree = psutil.Process(process.pid).children(recursive=True)
    assert tree
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert json.loads(out)["status"] == "cancelled"
    assert "Traceback" not in err
    _, alive = psutil.wait_procs(tree, timeout=5)
    assert alive == []


def in_terminal(
    arguments: list[object], environment: dict[str, str], *, columns: int = 80
) -> tuple[str, int]:
    """Run the command on a terminal of its own; what it printed, and its exit code."""
    import fcntl
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    process = subprocess.Popen(
        [Path(sys.executable).with_name("spark-interpreter"), *map(str, arguments)],
        env={k: v for k, v in environment.items() if k != "COLUMNS"} | {"TERM": "xterm-256color"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    seen = b""
    while process.poll() is None or select.select([ours], [], [], 0)[0]:
        if select.select([ours], [], [], 0.1)[0]:
            try:
                part = os.read(ours, 65536)
            except OSError:
                break
            if not part:
                break
            seen += part
    os.close(ours)
    return seen.decode(), process.wait(timeout=30)


def test_a_person_sees_progress_colour_and_the_answer(
    environment: dict[str, str], tmp_path: Path
) -> None:
    many = tmp_path / "orders.csv"
    header, rows = ORDERS.split("\n", 1)
    many.write_text(f"{header}\n{rows * 200_000}")  # long enough for the run to be seen
    seen, code = in_terminal(["ask", "total quantity by region", many], environment)
    assert code == 0
    assert "⠋" in seen
    assert "Running on local" in seen
    assert "\x1b[1m" in seen
    assert "North" in seen


def test_no_color_is_respected(environment: dict[str, str], orders: Path) -> None:
    variables = {**environment, "NO_COLOR": "1"}
    seen, _ = in_terminal(["ask", "total quantity by region", orders], variables)
    assert "\x1b[3" not in seen

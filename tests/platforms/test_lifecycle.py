"""Whatever dies, nothing of a run stays behind."""

import ast
import os
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from spark_interpreter.errors import InterpreterError, RunInterrupted
from spark_interpreter.platforms.embedded.platform import EmbeddedPlatform
from spark_interpreter.settings import Settings
from tests.platforms.jobs import execute, make_job, rows, until
from tests.platforms.warm import pods, warm_parents

SLEEP = "import time\nprint('started')\ntime.sleep(60)\nresult = spark.range(1)"
ROOT = Path(__file__).resolve().parents[2]
OWNER = """
import sys
from pathlib import Path
from spark_interpreter.platforms.embedded.platform import EmbeddedPlatform
from spark_interpreter.settings import Settings
from tests.platforms.jobs import execute, make_job

with EmbeddedPlatform(Settings()) as platform:
    execute(platform, make_job(Path(sys.argv[1]), "import time; time.sleep(60)"))
"""


def below(pid: int) -> list[psutil.Process]:
    return psutil.Process(pid).children(recursive=True)


def busy_parents() -> list[psutil.Process]:
    """Warm parents with a whole pod below them."""
    return [parent for parent in warm_parents() if len(parent.children(recursive=True)) == 3]


def gone(processes: list[psutil.Process]) -> bool:
    return not any(
        process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in processes
    )


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_owner_dies(tmp_path: Path, ending: signal.Signals) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(tmp_path)], cwd=ROOT, stderr=subprocess.DEVNULL
    )
    try:
        assert until(lambda: len(below(owner.pid)) == 4, seconds=30)
        processes = below(owner.pid)
        owner.send_signal(ending)
        owner.wait(timeout=10)
        assert until(lambda: gone(processes))
    finally:
        owner.kill()
        owner.wait()


def test_warm_parent_dies_in_mid_run(tmp_path: Path) -> None:
    with EmbeddedPlatform(Settings()) as platform, ThreadPoolExecutor() as pool:
        run = pool.submit(execute, platform, make_job(tmp_path, SLEEP))
        assert until(lambda: busy_parents() != [], seconds=30)
        [parent] = busy_parents()
        processes = parent.children(recursive=True)
        parent.kill()
        with pytest.raises(RunInterrupted):
            run.result(timeout=10)
        assert until(lambda: gone(processes))
        job = make_job(tmp_path, "result = spark.range(2)")
        execute(platform, job)
        assert len(rows(job)) == 2


def test_closing_ends_runs(tmp_path: Path) -> None:
    platform = EmbeddedPlatform(Settings())
    with ThreadPoolExecutor() as pool:
        run = pool.submit(execute, platform, make_job(tmp_path, SLEEP))
        assert until(lambda: len(pods()) >= 3, seconds=30)  # the pod, its engine, its script
        platform.close()
        with pytest.raises(RunInterrupted):
            run.result(timeout=10)


@pytest.mark.parametrize("name", ["engine", "script"])
def test_a_process_of_the_run_is_killed(
    embedded: EmbeddedPlatform, tmp_path: Path, name: str
) -> None:
    known = {process.pid for process in below(os.getpid())}
    with ThreadPoolExecutor() as pool:
        run = pool.submit(execute, embedded, make_job(tmp_path, SLEEP))
        assert until(lambda: len({p.pid for p in below(os.getpid())} - known) >= 3, seconds=30)
        time.sleep(0.3)
        new = sorted(p.pid for p in below(os.getpid()) if p.pid not in known)[-2:]
        os.kill(new[0] if name == "engine" else new[1], signal.SIGKILL)
        with pytest.raises(InterpreterError):
            run.result(timeout=10)


def test_many_runs_leave_nothing(
    embedded: EmbeddedPlatform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    execute(embedded, make_job(tmp_path, "result = spark.range(1)"))
    me = psutil.Process()

    def held() -> tuple[int, int, int]:
        return me.num_fds(), me.num_threads(), len(pods())

    assert until(lambda: not pods())
    before = held()
    for number in range(50):
        if number % 5:
            embedded.check("1 / 0", ())
        else:
            execute(embedded, make_job(tmp_path, "result = spark.range(1)"))
    assert until(lambda: held() == before), (held(), before)
    assert list(scratch.iterdir()) == []
    assert all(parent.num_fds() < 16 for parent in warm_parents())


def test_the_warm_parent_has_no_secrets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ATTACK_TOKEN", "secret")
    with EmbeddedPlatform(Settings()) as platform:
        job = make_job(
            tmp_path,
            "import os\nprint(sorted(os.environ))\nresult = spark.range(1)",
        )
        execute(platform, job)
        for parent in warm_parents():
            assert "ATTACK_TOKEN" not in parent.environ()
            assert parent.cwd() == "/"
    names = {"LANG", "SPARK_CONNECT_MODE_ENABLED", "SPARK_REMOTE", "TZ"}
    assert set(ast.literal_eval(Path(job.log_dir, "stdout.log").read_text())) == names

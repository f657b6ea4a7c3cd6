"""The SQLite store: several processes, kills at any instant, versions, damage, speed."""

import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from spark_interpreter.errors import StoreError
from spark_interpreter.model import Event, FileSource, Turn, now
from spark_interpreter.stores import SqliteSessionStore

WRITER = """
import sys
from pathlib import Path
from spark_interpreter.model import Event, now
from spark_interpreter.stores import SqliteSessionStore

store = SqliteSessionStore(Path(sys.argv[1]))
session = store.create_session("ann")
print("session", session.id, flush=True)
for _ in range(100_000):
    turn = store.add_turn("ann", session.id, "q" * 2000, ())
    print("turn", turn.number, flush=True)
    store.add_event(Event(session_id=session.id, turn=turn.number, sequence=1, time=now(),
                          kind="state", state="running"))
    store.save_turn(turn.model_copy(update={"state": "running", "updated": now()}))
    print("running", turn.number, flush=True)
    if turn.number % 2:
        store.save_turn(turn.model_copy(update={"state": "completed", "updated": now()}))
        print("completed", turn.number, flush=True)
"""


def start(code: str, *arguments: str | Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)], stdout=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize("attempt", range(4))
def test_killed_at_any_instant(tmp_path: Path, attempt: int) -> None:
    path = tmp_path / "sessions.db"
    with start(WRITER, path) as process:
        assert process.stdout is not None
        acknowledged = [process.stdout.readline()]
        time.sleep(random.Random(attempt).uniform(0.0, 0.3))
        process.send_signal(signal.SIGKILL)
        acknowledged += process.stdout.readlines()
    session_id = acknowledged[0].split()[1]
    store = SqliteSessionStore(path)
    states = {turn.number: turn.state for turn in store.list_turns("ann", session_id)}
    for line in acknowledged[1:]:
        if line.endswith("\n") and line.startswith("completed"):
            assert states[int(line.split()[1])] == "completed"
        elif line.endswith("\n"):
            assert int(line.split()[1]) in states
    assert list(states) == list(range(1, len(states) + 1))
    unfinished = [number for number, state in states.items() if state != "completed"]
    assert len(store.fail_interrupted()) == len(unfinished)
    for number in unfinished:
        turn = store.get_turn("ann", session_id, number)
        assert turn.state == "failed"
        assert turn.error is not None
        assert turn.error.code == "interrupted"
        assert turn.error.phase in {"request", "running"}
        last = store.list_events("ann", session_id, number)[-1]
        assert (last.kind, last.state) == ("error", "failed")
    assert not store.fail_interrupted()
    store.close()


def test_a_turn_in_another_living_process_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "sessions.db"
    code = WRITER.replace("range(100_000)", "range(1)") + "\nsys.stdin.read()\n"
    with subprocess.Popen(
        [sys.executable, "-c", code.replace("if turn.number % 2:", "if False:"), str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        session_id = process.stdout.readline().split()[1]
        while not process.stdout.readline().startswith("running"):
            pass
        store = SqliteSessionStore(path)
        assert not store.fail_interrupted()
        process.kill()
        process.wait()
        assert len(store.fail_interrupted()) == 1
    turn = store.get_turn("ann", session_id, 1)
    assert turn.error is not None
    assert turn.error.message.startswith("Interrupted while running")
    store.close()


MANY = """
import sys
from pathlib import Path
from spark_interpreter.stores import SqliteSessionStore

store = SqliteSessionStore(Path(sys.argv[1]))
session = store.create_session("ann", client_id="shared")
for _ in range(25):
    turn = store.add_turn("ann", session.id, "q", ())
    store.save_turn(turn.model_copy(update={"state": "completed"}))
"""


def test_processes_open_a_new_store_at_once(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "folder" / "sessions.db"
    processes = [start(MANY, path) for _ in range(6)]
    for process in processes:
        process.communicate(timeout=60)
    assert [process.returncode for process in processes] == [0] * 6
    store = SqliteSessionStore(path)
    session = store.get_session("ann", "shared")
    assert [t.number for t in store.list_turns("ann", session.id)] == list(range(1, 151))
    store.close()


def test_files_are_for_their_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new" / "sessions.db"
    SqliteSessionStore(path).close()
    assert path.parent.stat().st_mode & 0o077 == 0
    assert path.stat().st_mode & 0o077 == 0


def test_a_damaged_file_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "sessions.db"
    path.write_bytes(b"this is no database" * 100)
    with pytest.raises(StoreError, match=r"sessions\.db") as caught:
        SqliteSessionStore(path)
    assert caught.value.remedy


def test_a_newer_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "sessions.db"
    SqliteSessionStore(path).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreError, match="newer version"):
        SqliteSessionStore(path)


def test_a_record_that_cannot_be_understood_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "sessions.db"
    store = SqliteSessionStore(path)
    session = store.create_session("ann")
    store.add_turn("ann", session.id, "q", ())
    connection = sqlite3.connect(path)
    connection.execute("UPDATE turns SET document = '{}'")
    connection.commit()
    connection.close()
    with pytest.raises(StoreError, match="cannot be understood"):
        store.get_turn("ann", session.id, 1)
    store.close()


def test_a_closed_store_says_so(tmp_path: Path) -> None:
    store = SqliteSessionStore(tmp_path / "sessions.db")
    store.close()
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.create_session("ann")


def test_a_folder_in_the_way_is_reported(tmp_path: Path) -> None:
    (tmp_path / "sessions.db").mkdir()
    with pytest.raises(StoreError):
        SqliteSessionStore(tmp_path / "sessions.db")


def test_an_error_inside_a_call_changes_nothing(tmp_path: Path) -> None:
    store = SqliteSessionStore(tmp_path / "sessions.db")
    session = store.create_session("ann")
    turn = store.add_turn("ann", session.id, "q", ())
    first = Event(
        session_id=session.id, turn=1, sequence=1, time=now(), kind="state", state="queued"
    )
    store.add_event(first)
    with pytest.raises(StoreError):
        store.add_event(first)
    assert store.list_events("ann", session.id, 1) == [first]
    assert store.get_turn("ann", session.id, 1) == turn
    store.close()


def test_opening_and_saving_cost_little(tmp_path: Path) -> None:
    path = tmp_path / "sessions.db"
    store = SqliteSessionStore(path)
    session = store.create_session("ann")
    turn = store.add_turn("ann", session.id, "q" * 1000, [FileSource(uri="/data/a.csv")])
    assert median(lambda: SqliteSessionStore(path).close()) < 0.02
    assert median(lambda: store.save_turn(running(turn))) < 0.02
    store.close()


def running(turn: Turn) -> Turn:
    return turn.model_copy(update={"state": "running", "updated": now()})


def median(step: object) -> float:
    assert callable(step)
    times = []
    for _ in range(11):
        started = time.perf_counter()
        step()
        times.append(time.perf_counter() - started)
    return sorted(times)[5]

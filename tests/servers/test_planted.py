"""The search for planted secrets finds them: a search that cannot fail would show nothing."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
import pytest

from tests.servers.planted import MARK, Lookout, files_with_the_mark, refuse_the_mark


def test_in_a_file() -> None:
    with tempfile.TemporaryDirectory() as folder:  # elsewhere: the real search must not find it
        (Path(folder) / "deep").mkdir()
        (Path(folder) / "deep" / "log").write_bytes(b"\x00password=" + MARK.encode())
        (Path(folder) / "other").write_text("nothing")
        assert [path.name for path in files_with_the_mark(Path(folder))] == ["log"]


def test_in_the_arguments_of_a_process() -> None:
    mark = MARK[::-1]  # another, for the real search is under way
    with Lookout(mark) as lookout:
        code = "import time; time.sleep(30)"
        process = subprocess.Popen([sys.executable, "-c", code, mark])
        deadline = time.monotonic() + 20
        while not lookout.seen and time.monotonic() < deadline:
            time.sleep(0.05)
        process.kill()
        process.wait()
    assert lookout.seen


def test_in_a_response() -> None:
    request = httpx.Request("GET", "http://127.0.0.1/")
    with pytest.raises(AssertionError):
        refuse_the_mark(httpx.Response(200, text=f"password {MARK}", request=request))
    refuse_the_mark(httpx.Response(200, text="fine", request=request))

"""Several threads and processes that look at one source at the same moment."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from spark_interpreter.model import FileSource, TableProfile
from spark_interpreter.settings import Settings
from spark_interpreter.sources import Sources

THREADS = 8
FILES = 20


def test_a_new_file_is_profiled_by_many_at_once(tmp_path: Path) -> None:
    sources = Sources(Settings(cache_dir=tmp_path / "cache"))
    together = threading.Barrier(THREADS)

    def profile(path: Path) -> TableProfile:
        together.wait(30)
        (found,) = sources.profile([FileSource(uri=str(path))])
        return found

    with ThreadPoolExecutor(THREADS) as pool:
        for number in range(FILES):
            path = tmp_path / f"{number}.csv"
            path.write_text(f"region,amount\nNorth,{number}\nSouth,2\n")
            found = list(pool.map(profile, [path] * THREADS))
            assert all(each == found[0] for each in found)
    assert not list((tmp_path / "cache").rglob("*.tmp"))

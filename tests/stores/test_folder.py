"""The folder of artifacts: whole files only, links, permissions, full disks."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from spark_interpreter.errors import NotFound, StoreError
from spark_interpreter.stores import FolderArtifactStore

SESSION = "s" * 40
WRITER = """
import sys
from pathlib import Path
from spark_interpreter.stores import FolderArtifactStore

store = FolderArtifactStore(Path(sys.argv[1]))
uri = store.script_uri("s" * 40, 1)
store.write_text(uri, "0" * 300_000)
print("started", flush=True)
for number in range(1, 10_000):
    store.write_text(uri, str(number % 10) * 300_000)
"""


def test_a_killed_writer_leaves_a_whole_file(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.1)
        process.send_signal(signal.SIGKILL)
    store = FolderArtifactStore(tmp_path)
    text = store.read_text(store.script_uri(SESSION, 1))
    assert len(text) == 300_000
    assert len(set(text)) == 1


def test_output_is_cleared(tmp_path: Path) -> None:
    store = FolderArtifactStore(tmp_path)
    output = Path(store.output_uri(SESSION, 1))
    other = Path(store.output_uri(SESSION, 2))
    for folder in (output / "deep", other):
        folder.mkdir(parents=True)
        (folder / "part-0.parquet").write_text("x")
    store.clear_output(SESSION, 1)
    assert not output.exists()
    assert (other / "part-0.parquet").exists()


def test_links_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("kept")
    store = FolderArtifactStore(tmp_path / "root")
    output = Path(store.output_uri(SESSION, 1))
    output.parent.mkdir(parents=True)
    output.symlink_to(outside)
    store.clear_output(SESSION, 1)
    assert not output.is_symlink()
    (output.parent / "1").symlink_to(outside)
    store.delete_session(SESSION)
    assert (outside / "kept").read_text() == "kept"
    link = Path(store.script_uri(SESSION, 1))
    link.parent.mkdir(parents=True)
    link.symlink_to(outside / "kept")
    with pytest.raises(NotFound):
        store.read_text(str(link))


def test_folders_are_for_their_owner_only(tmp_path: Path) -> None:
    store = FolderArtifactStore(tmp_path / "root")
    store.write_text(store.script_uri(SESSION, 1), "x")
    for path in (tmp_path / "root").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path
    store.log_dir("local", "run")
    assert (tmp_path / "root/logs").stat().st_mode & 0o077 == 0


def test_no_temporary_files_are_left(tmp_path: Path) -> None:
    store = FolderArtifactStore(tmp_path)
    uri = store.script_uri(SESSION, 1)
    for _ in range(3):
        store.write_text(uri, "x")
    assert [path.name for path in Path(uri).parent.iterdir()] == ["1.py"]


def test_a_file_in_the_way_is_reported(tmp_path: Path) -> None:
    (tmp_path / "scripts").write_text("in the way")
    store = FolderArtifactStore(tmp_path)
    with pytest.raises(StoreError) as caught:
        store.write_text(store.script_uri(SESSION, 1), "x")
    assert caught.value.remedy

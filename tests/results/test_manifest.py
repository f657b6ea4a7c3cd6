"""The manifest decides: files that differ from it in any way are not shown."""

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from spark_interpreter.errors import ResultError
from spark_interpreter.results import Output, present, read_manifest, read_table

WriteOutput = Callable[..., Path]
TABLE = pa.table({"n": list(range(10))})


def change_manifest(folder: Path, **changes: object) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_an_output_is_read_in_the_order_of_its_manifest(output: WriteOutput) -> None:
    folder = output(TABLE, splits=[3, 7])
    assert read_manifest(folder).row_count == 10
    assert read_table(folder).column("n").to_pylist() == list(range(10))
    manifest = json.loads((folder / "manifest.json").read_text())
    change_manifest(folder, files=manifest["files"][::-1])
    assert read_table(folder).column("n").to_pylist() == [7, 8, 9, 3, 4, 5, 6, 0, 1, 2]


def test_only_the_rows_asked_for_are_read(output: WriteOutput) -> None:
    folder = output(TABLE, splits=[5])
    opened = Output(folder)
    (folder / "part-00001.parquet").unlink()
    assert opened.head(4).column("n").to_pylist() == [0, 1, 2, 3]
    assert opened.head(0).num_rows == 0


def test_no_manifest_means_no_result(output: WriteOutput) -> None:
    folder = output(TABLE)
    (folder / "manifest.json").unlink()
    with pytest.raises(ResultError, match="no manifest"):
        present(folder)


@pytest.mark.parametrize("text", ["", "{", "{}", '{"run_id": 1}', "\0"])
def test_a_damaged_manifest(output: WriteOutput, text: str) -> None:
    folder = output(TABLE)
    (folder / "manifest.json").write_text(text)
    with pytest.raises(ResultError, match="damaged"):
        present(folder)


def test_a_missing_file(output: WriteOutput) -> None:
    folder = output(TABLE, splits=[5])
    (folder / "part-00001.parquet").unlink()
    with pytest.raises(ResultError, match=r"part-00001\.parquet is missing"):
        present(folder)


def test_a_file_left_by_an_earlier_run(output: WriteOutput) -> None:
    folder = output(TABLE)
    (folder / "part-00009.parquet").write_bytes(b"")
    with pytest.raises(ResultError, match=r"does not know the file part-00009\.parquet"):
        present(folder)


def test_marks_of_success_and_checksums_are_no_data(output: WriteOutput) -> None:
    folder = output(TABLE)
    (folder / "_SUCCESS").touch()
    (folder / ".part-00000.parquet.crc").touch()
    assert present(folder).manifest.row_count == 10


def test_a_changed_file(output: WriteOutput) -> None:
    folder = output(TABLE)
    with (folder / "part-00000.parquet").open("ab") as file:
        file.write(b"x")
    with pytest.raises(ResultError, match="bytes instead of"):
        present(folder)


def test_a_file_that_is_not_parquet(output: WriteOutput) -> None:
    folder = output(TABLE)
    size = (folder / "part-00000.parquet").stat().st_size
    (folder / "part-00000.parquet").write_bytes(b"x" * size)
    with pytest.raises(ResultError, match="cannot be read"):
        present(folder)


def test_other_row_counts(output: WriteOutput) -> None:
    folder = output(TABLE)
    change_manifest(folder, row_count=11)
    with pytest.raises(ResultError, match="its files have 10 rows and it says 11"):
        present(folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"][0]["rows"] = 11
    change_manifest(folder, files=manifest["files"])
    with pytest.raises(ResultError, match="10 rows instead of 11"):
        present(folder)


def test_other_columns(output: WriteOutput) -> None:
    folder = output(TABLE)
    change_manifest(folder, columns=[{"name": "m", "type": "bigint"}])
    with pytest.raises(ResultError, match="other columns"):
        present(folder)


@pytest.mark.parametrize("path", ["../part-00000.parquet", "/etc/passwd", "a/../../x"])
def test_files_outside_the_output(output: WriteOutput, path: str) -> None:
    folder = output(TABLE)
    change_manifest(folder, files=[{"path": path, "rows": 10, "bytes": 1}])
    with pytest.raises(ResultError, match="outside"):
        present(folder)


def test_links_are_not_followed(output: WriteOutput, tmp_path: Path) -> None:
    folder = output(TABLE)
    (folder / "part-00000.parquet").rename(tmp_path / "elsewhere.parquet")
    (folder / "part-00000.parquet").symlink_to(tmp_path / "elsewhere.parquet")
    with pytest.raises(ResultError, match="is a link"):
        present(folder)

"""Files that appear whole or not at all."""

from contextlib import suppress
from pathlib import Path

import pytest

from spark_interpreter.replacing import replacing


@pytest.mark.parametrize("durable", [False, True])
def test_a_file_appears_whole_and_for_its_owner_alone(tmp_path: Path, durable: bool) -> None:
    path = tmp_path / "notes.json"
    with replacing(path, durable=durable) as file:
        file.write(b"whole")
        assert not path.exists()
    assert path.read_bytes() == b"whole"
    assert path.stat().st_mode & 0o777 == 0o600


def test_an_error_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "notes.json"
    path.write_bytes(b"before")
    with suppress(RuntimeError), replacing(path) as file:
        file.write(b"half")
        raise RuntimeError
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]

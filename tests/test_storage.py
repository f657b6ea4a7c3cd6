"""The shared bucket, against moto."""

from pathlib import Path

import pytest

from spark_interpreter.aws import counting_s3
from spark_interpreter.errors import NotFound, StoreError
from spark_interpreter.storage import Storage, StoredObject
from tests.servers.moto import Aws


@pytest.fixture
def storage(aws: Aws) -> Storage:
    return Storage(f"s3://{aws.new_bucket()}/team/")


def test_places(storage: Storage) -> None:
    assert storage.output_uri("s", 3) == f"{storage.base}/output/s/3"
    assert storage.script_uri("s", 3) == f"{storage.base}/scripts/s/3.py"


def test_text_comes_back(storage: Storage) -> None:
    uri = storage.uri("scripts", "größe 名.py")
    storage.put_text(uri, "print('ä')")
    assert storage.read_bytes(uri).decode() == "print('ä')"


def test_a_folder_comes_back_and_can_be_cleared(storage: Storage, tmp_path: Path) -> None:
    here, there, uri = tmp_path / "here", tmp_path / "there", storage.output_uri("s", 1)
    here.mkdir()
    for name in ("part-0 ä.parquet", "manifest.json"):
        (here / name).write_text(name)
    storage.put_folder(here, uri, last="manifest.json")
    storage.put_text(storage.output_uri("s", 10) + "/part-0.parquet", "another turn's")
    assert storage.list(uri) == (
        StoredObject("manifest.json", 13),
        StoredObject("part-0 ä.parquet", 17),
    )
    storage.fetch(uri, there)
    assert {p.name: p.read_text() for p in there.iterdir()} == {
        p.name: p.read_text() for p in here.iterdir()
    }
    storage.clear(uri)
    assert storage.list(uri) == ()
    assert len(storage.list(storage.output_uri("s", 10))) == 1


def test_requests_are_counted_by_their_price(storage: Storage, tmp_path: Path) -> None:
    here, uri = tmp_path / "here", storage.output_uri("s", 1)
    here.mkdir()
    (here / "large.bin").write_bytes(bytes(20 * 1024**2))  # in three parts
    with counting_s3() as requests:
        storage.put_text(storage.uri("x"), "")
        assert requests.billed == {"S3Put": 1}
        storage.put_file(here / "large.bin", uri + "/large.bin")
        assert requests.billed == {"S3Put": 1 + 5}
        storage.fetch(uri, tmp_path / "there")
        assert requests.billed == {"S3Put": 6 + 1, "S3Get": 1 + 3}
        storage.clear(uri)
        assert requests.billed == {"S3Put": 7 + 1, "S3Get": 4}
    storage.list(uri)
    assert requests.billed["S3Put"] == 8


def test_more_objects_than_one_request_removes(storage: Storage, aws: Aws) -> None:
    bucket = storage.base.split("/")[2]
    for number in range(1005):
        aws.put(bucket, f"team/many/{number}", b"")
    storage.clear(storage.uri("many"))
    assert storage.list(storage.uri("many")) == ()


def test_what_is_missing_is_named(storage: Storage, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="scripts/none"):
        storage.read_bytes(storage.uri("scripts/none"))
    with pytest.raises(StoreError, match="no-such-bucket"):
        Storage("s3://no-such-bucket").put_text("s3://no-such-bucket/x", "")
    (tmp_path / "f").write_text("x")
    with pytest.raises(StoreError, match="no-such-bucket"):
        Storage().put_folder(tmp_path, "s3://no-such-bucket/x")
    with pytest.raises(StoreError, match="not a place in S3"):
        storage.put_text("file:///etc/x", "")

"""Files and objects whose names have signs of patterns."""

import json
from pathlib import Path

import pytest

from spark_interpreter import Interpreter
from spark_interpreter.errors import UsageError
from spark_interpreter.model import FileSource, TableProfile
from spark_interpreter.script.reads import portable_read
from spark_interpreter.settings import Settings
from spark_interpreter.sources import Sources
from tests.servers.moto import Aws

NAMES = ("sales[1].csv", "sales{a,b}.csv", "sales?.csv", "sales*.csv", "sal\\es.csv", "sal[es.csv")
CELLS = "region,amount\nnorth,1\nsouth,2\n"
OTHER = "region,amount\nwest,40\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(cache_dir=tmp_path / "cache", data_dir=tmp_path / "data")


def look(settings: Settings, uri: str) -> TableProfile:
    (profile,) = Sources(settings).profile([FileSource(uri=uri)])
    return profile


def escaped(name: str) -> str:
    return "".join(f"\\{sign}" if sign in "*?[]{}\\" else sign for sign in name)


@pytest.mark.parametrize("name", NAMES)
def test_a_file_of_such_a_name_is_found(settings: Settings, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(CELLS)
    (tmp_path / "other.csv").write_text(OTHER)
    for written in (name, escaped(name)):
        profile = look(settings, str(tmp_path / written))
        assert (profile.row_count, profile.label) == (2, name)
        assert json.dumps(str(tmp_path / escaped(name))) in portable_read(profile)


@pytest.mark.parametrize("name", NAMES)
def test_an_object_of_such_a_name_is_found(settings: Settings, aws: Aws, name: str) -> None:
    bucket = aws.new_bucket()
    aws.put(bucket, f"in [x]/{name}", CELLS)
    aws.put(bucket, "in [x]/other.csv", OTHER)
    uri = f"s3://{bucket}/in [x]/"
    for written in (uri + name, escaped(uri + name)):
        profile = look(settings, written)
        assert (profile.row_count, profile.label) == (2, name)
        assert json.dumps(escaped(uri + name)) in portable_read(profile)
    folder = look(settings, uri)
    assert (folder.row_count, folder.read.locations) == (3, (escaped(uri).rstrip("/"),))
    pattern = look(settings, f"{escaped(uri)}*.csv")
    assert (pattern.row_count, len(pattern.read.locations)) == (3, 1)


def test_a_name_that_others_match_too_is_asked_back(
    settings: Settings, aws: Aws, tmp_path: Path
) -> None:
    bucket = aws.new_bucket()
    for name in ("sales*.csv", "sales2.csv"):
        aws.put(bucket, name, CELLS)
        (tmp_path / name).write_text(CELLS)
    for uri in (f"s3://{bucket}/sales*.csv", str(tmp_path / "sales*.csv")):
        with pytest.raises(UsageError, match="others match") as refused:
            look(settings, uri)
        assert "sales\\*.csv" in refused.value.remedy
        assert look(settings, uri.replace("*", "\\*")).label == "sales*.csv"
        assert look(settings, uri.replace("sales*", "s*")).row_count == 4


def test_questions_of_such_objects_are_answered(settings: Settings, aws: Aws) -> None:
    bucket = aws.new_bucket()
    aws.put(bucket, "in/sales[1].csv", CELLS)
    aws.put(bucket, "in/sales1.csv", OTHER)
    with Interpreter(settings) as interpreter:
        for uri, total in (("in/sales[1].csv", 3), ("in/sales1.csv", 40), ("in", 43)):
            answer = interpreter.ask("total amount", [f"s3://{bucket}/{uri}"])
            assert answer.ok, answer.turn.error
            assert answer.rows == ((total,),)
            assert answer.turn.script is not None
            again = interpreter.run(answer.turn.script.text)
            assert again.ok, again.turn.error
            assert again.rows == ((total,),)

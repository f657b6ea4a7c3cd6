"""The thirty scripts give the same answers on Lambda as on this machine."""

from pathlib import Path

import pytest

from spark_interpreter.platforms.aws_lambda import LambdaPlatform
from spark_interpreter.platforms.base import Platform
from spark_interpreter.platforms.embedded.platform import EmbeddedPlatform
from spark_interpreter.settings import Settings
from tests.parity.compare import differences
from tests.platforms.in_s3 import InS3
from tests.platforms.thirty import SCRIPTS, answer, is_ordered, script, write_data
from tests.servers.aws_lambda import FUNCTION, LambdaService
from tests.servers.moto import Aws

pytestmark = [
    pytest.mark.clusters,
    pytest.mark.xdist_group("lambda"),
]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_data(tmp_path_factory.mktemp("same") / "data")


@pytest.fixture
def platform(aws: Aws, aws_lambda: LambdaService) -> Platform:
    bucket = aws.new_bucket()
    settings = Settings(storage_uri=f"s3://{bucket}", aws_lambda={"function": FUNCTION})
    return InS3(LambdaPlatform(settings), aws, bucket)


@pytest.mark.parametrize("name", SCRIPTS)
def test_same_answer(
    platform: Platform, embedded: EmbeddedPlatform, data: Path, tmp_path: Path, name: str
) -> None:
    here = answer(embedded, name, data, tmp_path / "here")
    there = answer(platform, name, data, tmp_path / "there")
    assert not differences(here, there, ordered=is_ordered(script(name)))

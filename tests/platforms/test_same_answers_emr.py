"""The thirty scripts give the same answers in jobs of EMR Serverless as on this machine."""

from pathlib import Path

import pytest

from spark_interpreter.platforms.base import Platform
from spark_interpreter.platforms.embedded.platform import EmbeddedPlatform
from spark_interpreter.platforms.emr import EmrPlatform
from spark_interpreter.storage import Storage
from tests.parity.compare import differences
from tests.platforms.in_s3 import InS3
from tests.platforms.thirty import SCRIPTS, answer, is_ordered, script, write_data
from tests.servers.emr import EmrServer

pytestmark = [
    pytest.mark.clusters,
    pytest.mark.parity,
    pytest.mark.jars,
    pytest.mark.xdist_group("emr"),
    pytest.mark.timeout(240),
]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_data(tmp_path_factory.mktemp("same") / "data")


@pytest.fixture
def platform(emr_server: EmrServer) -> Platform:
    bucket, application = emr_server.new_bucket(), emr_server.new_application()
    settings = emr_server.settings(application, bucket)
    return InS3(EmrPlatform(settings, Storage(settings.storage_uri)), emr_server, bucket)


@pytest.mark.parametrize("name", SCRIPTS)
def test_same_answer(
    platform: Platform, embedded: EmbeddedPlatform, data: Path, tmp_path: Path, name: str
) -> None:
    here = answer(embedded, name, data, tmp_path / "here")
    there = answer(platform, name, data, tmp_path / "there")
    assert not differences(here, there, ordered=is_ordered(script(name)))

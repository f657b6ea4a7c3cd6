"""The thirty scripts give the same answers in jobs of EMR Serverless as on this machine."""

import pytest

from spark_interpreter.platforms.base import Platform
from spark_interpreter.platforms.emr import EmrPlatform
from spark_interpreter.storage import Storage
from tests.platforms.in_s3 import InS3
from tests.platforms.thirty import SameAnswers, data
from tests.servers.emr import EmrServer

__all__ = ["data"]

pytestmark = [
    pytest.mark.clusters,
    pytest.mark.parity,
    pytest.mark.jars,
    pytest.mark.xdist_group("emr"),
    pytest.mark.timeout(240),
]


class TestSameAnswersEmr(SameAnswers):
    @pytest.fixture
    def platform(self, emr_server: EmrServer) -> Platform:
        bucket, application = emr_server.new_bucket(), emr_server.new_application()
        settings = emr_server.settings(application, bucket)
        return InS3(EmrPlatform(settings, Storage(settings.storage_uri)), emr_server, bucket)

"""The thirty scripts give the same answers on Lambda as on this machine."""

import pytest

from spark_interpreter.platforms.aws_lambda import LambdaPlatform
from spark_interpreter.platforms.base import Platform
from spark_interpreter.settings import Settings
from tests.platforms.in_s3 import InS3
from tests.platforms.thirty import SameAnswers, data
from tests.servers.aws_lambda import FUNCTION, LambdaService
from tests.servers.moto import Aws

__all__ = ["data"]

pytestmark = [
    pytest.mark.clusters,
    pytest.mark.xdist_group("lambda"),
]


class TestSameAnswersLambda(SameAnswers):
    @pytest.fixture
    def platform(self, aws: Aws, aws_lambda: LambdaService) -> Platform:
        bucket = aws.new_bucket()
        settings = Settings(storage_uri=f"s3://{bucket}", aws_lambda={"function": FUNCTION})
        return InS3(LambdaPlatform(settings), aws, bucket)

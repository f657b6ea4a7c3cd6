"""AWS Lambda: small data in S3, run by a function with the embedded engine inside."""

from spark_interpreter.platforms.aws_lambda.failure import Failure, error_of, failure_of
from spark_interpreter.platforms.aws_lambda.platform import LambdaPlatform
from spark_interpreter.platforms.aws_lambda.protocol import (
    CANCEL_MARK,
    FAILURE_NAME,
    Reply,
    Request,
    seconds_of_run,
)
from spark_interpreter.platforms.aws_lambda.requests import require_readable

__all__ = [
    "CANCEL_MARK",
    "FAILURE_NAME",
    "Failure",
    "LambdaPlatform",
    "Reply",
    "Request",
    "error_of",
    "failure_of",
    "require_readable",
    "seconds_of_run",
]

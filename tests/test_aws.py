"""What AWS says, in the product's words."""

from collections.abc import Callable
from typing import Any

import pytest

from spark_interpreter.aws import AwsClients, aws_error, aws_errors
from spark_interpreter.errors import (
    SettingsError,
    SourceDenied,
    SourceError,
    SourceNotFound,
    SourceUnavailable,
    SourceUnreadable,
)
from tests.servers.moto import Aws

BUCKET = "The bucket 'b'"


def client_error(code: str, status: int = 400, **headers: str) -> Exception:
    from botocore.exceptions import ClientError

    meta = {"HTTPStatusCode": status, "HTTPHeaders": headers}
    error: Exception = ClientError(
        {"Error": {"Code": code, "Message": "m"}, "ResponseMetadata": meta}, "GetObject"
    )
    return error


@pytest.mark.parametrize(
    ("code", "status", "expected", "words"),
    [
        ("NoSuchBucket", 404, SourceNotFound, "no such bucket"),
        ("404", 404, SourceNotFound, "does not exist"),
        ("EntityNotFoundException", 400, SourceNotFound, "does not exist"),
        ("AccessDenied", 403, SourceDenied, "may not be read"),
        ("403", 403, SourceDenied, "may not be read"),
        ("ExpiredToken", 400, SourceDenied, "have expired"),
        ("ExpiredTokenException", 403, SourceDenied, "have expired"),
        ("InvalidAccessKeyId", 403, SourceDenied, "does not accept the credentials"),
        ("SlowDown", 503, SourceUnavailable, "fewer requests"),
        ("ThrottlingException", 400, SourceUnavailable, "fewer requests"),
        ("InternalError", 500, SourceUnavailable, "answers with an error"),
        ("PreconditionFailed", 412, SourceUnavailable, "changed while it was read"),
        ("InvalidObjectState", 403, SourceUnreadable, "is archived"),
        ("Strange", 400, SourceError, "AWS answers Strange"),
    ],
)
def test_an_answer_is_one_sentence_that_names_the_thing(
    code: str, status: int, expected: type[SourceError], words: str
) -> None:
    error = aws_error(client_error(code, status), BUCKET)
    assert type(error) is expected
    assert error.message.startswith(BUCKET)
    assert words in error.message


def test_the_right_region_is_named() -> None:
    moved = client_error("PermanentRedirect", 301, **{"x-amz-bucket-region": "eu-west-1"})
    error = aws_error(moved, BUCKET)
    assert isinstance(error, SourceDenied)
    assert error.remedy == "Set AWS_REGION=eu-west-1."


def test_other_exceptions_stay_what_they_are() -> None:
    with pytest.raises(ZeroDivisionError), aws_errors(BUCKET):
        _ = 1 / 0


def listing(clients: AwsClients) -> Any:
    with aws_errors(BUCKET):
        return clients.get("s3").list_objects_v2(Bucket="b")


def test_no_credentials(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    with pytest.raises(SourceDenied, match="there are no AWS credentials"):
        listing(AwsClients())


def test_an_endpoint_that_nobody_listens_at(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, unused_port: Callable[[], int]
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{unused_port()}")
    with pytest.raises(SourceUnavailable, match="AWS cannot be reached"):
        listing(AwsClients())


def test_a_missing_bucket_as_the_server_says_it(aws: Aws) -> None:
    with pytest.raises(SourceNotFound, match="The bucket 'b' does not exist"):
        listing(aws.clients)


def test_a_profile_that_is_not_there(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(SettingsError, match="no AWS profile 'nobody'"):
        AwsClients().get("s3")


def test_a_service_without_a_region(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_REGION")
    with pytest.raises(SettingsError, match="No AWS region"):
        AwsClients().get("glue")

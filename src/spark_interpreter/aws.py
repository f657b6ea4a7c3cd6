"""Clients of AWS services, and what their errors mean.

Accounts, regions and addresses come from the usual AWS settings: `AWS_PROFILE`, `AWS_REGION`,
`AWS_ENDPOINT_URL`, `AWS_ENDPOINT_URL_S3`, the shared configuration files, the machine's own role.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

from spark_interpreter.errors import (
    InterpreterError,
    SettingsError,
    SourceDenied,
    SourceError,
    SourceNotFound,
    SourceUnavailable,
    SourceUnreadable,
)

CONNECT_SECONDS = 5.0
READ_SECONDS = 20.0
ATTEMPTS = 4
"""How often a read is tried in all, with growing pauses; nothing here writes."""
POOL = 32

_LOGIN_REMEDY = "Get new credentials (for example: aws sso login) and ask again."
_ELSEWHERE = frozenset({
    "301", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException",
    "PermanentRedirect",
})  # fmt: skip


class _Answer(NamedTuple):
    """What some error codes mean; `words` continue a sentence that begins with the thing."""

    error: type[SourceError]
    words: str
    remedy: str
    codes: frozenset[str]


_DENIED = _Answer(
    SourceDenied,
    "may not be {verb} with these AWS credentials.",
    "Ask its owner for permission, or use another profile.",
    frozenset({"403", "AccessDenied", "AccessDeniedException", "AllAccessDisabled", "Forbidden",
               "NotAuthorized", "UnauthorizedOperation"}),
)  # fmt: skip
_BROKEN = _Answer(
    SourceUnavailable,
    "cannot be {verb} now: AWS answers with an error ({code}).",
    "Ask again in a while.",
    frozenset({"InternalError", "InternalFailure", "InternalServiceException",
               "OperationTimeoutException", "RequestTimeout", "ServiceUnavailable"}),
)  # fmt: skip
_ANSWERS = (
    _DENIED,
    _BROKEN,
    _Answer(
        SourceDenied,
        "cannot be {verb}: the AWS credentials have expired.",
        _LOGIN_REMEDY,
        frozenset({"ExpiredToken", "ExpiredTokenException", "InvalidToken", "RequestExpired",
                   "TokenRefreshRequired"}),
    ),
    _Answer(
        SourceDenied,
        "cannot be {verb}: AWS does not accept the credentials ({code}).",
        "Check AWS_PROFILE or the access keys.",
        frozenset({"AuthFailure", "IncompleteSignature", "InvalidAccessKeyId",
                   "InvalidClientTokenId", "InvalidSignatureException", "SignatureDoesNotMatch",
                   "UnrecognizedClientException"}),
    ),
    _Answer(
        SourceDenied,
        "cannot be {verb}: this machine's clock is wrong.",
        "Set the clock and ask again.",
        frozenset({"RequestTimeTooSkewed"}),
    ),
    _Answer(
        SourceNotFound,
        "does not exist.",
        "Check the name.",
        frozenset({"404", "EntityNotFoundException", "NoSuchKey", "NoSuchVersion", "NotFound",
                   "ResourceNotFoundException"}),
    ),
    _Answer(
        SourceNotFound,
        "does not exist: there is no such bucket.",
        "Check the bucket's name, and AWS_ENDPOINT_URL if S3 is elsewhere.",
        frozenset({"NoSuchBucket"}),
    ),
    _Answer(
        SourceUnavailable,
        "changed while it was read.",
        "Ask again.",
        frozenset({"412", "PreconditionFailed"}),
    ),
    _Answer(
        SourceUnreadable,
        "is archived.",
        "Restore it from its storage class first.",
        frozenset({"InvalidObjectState"}),
    ),
    _Answer(
        SourceUnavailable,
        "cannot be {verb} now: AWS asks for fewer requests ({code}).",
        "Ask again in a while.",
        frozenset({"ProvisionedThroughputExceededException", "RequestLimitExceeded", "SlowDown",
                   "ThrottledException", "Throttling", "ThrottlingException",
                   "TooManyRequestsException"}),
    ),
)  # fmt: skip


class S3Requests:
    """How often S3 was asked; safe to share between threads.

    Attributes:
        billed: requests by the two prices there are: "S3Put" (PUT, COPY, POST, LIST) and "S3Get"
            (all others but DELETE, which is free); see `Resources.billed`.
    """

    def __init__(self) -> None:
        self.billed: dict[str, float] = {}
        self._lock = threading.Lock()

    def count(self, operation: str) -> None:
        """Note one request of an operation ("GetObject")."""
        if operation.startswith(_FREE):
            return
        kind = "S3Put" if operation.startswith(_WRITING) else "S3Get"
        with self._lock:
            self.billed[kind] = self.billed.get(kind, 0) + 1


_FREE = ("Delete", "Abort")
_WRITING = ("Put", "Copy", "List", "Create", "Upload", "Complete", "Restore")
_asked: ContextVar[S3Requests | None] = ContextVar("s3_requests", default=None)


@contextmanager
def counting_s3(requests: S3Requests | None = None) -> Iterator[S3Requests]:
    """Count the requests to S3 that are sent in this context, repeated ones as well."""
    requests = requests or S3Requests()
    token = _asked.set(requests)
    try:
        yield requests
    finally:
        _asked.reset(token)


def _count_request(event_name: str, **_: Any) -> None:
    if (requests := _asked.get()) is not None:
        requests.count(event_name.rpartition(".")[2])


class AwsClients:
    """Makes the clients of a process; safe to share between threads.

    Args:
        read_seconds: silence after which an answer is given up and asked for again.
        attempts: how often a request is sent in all; 1 for what must happen only once.
    """

    def __init__(self, *, read_seconds: float = READ_SECONDS, attempts: int = ATTEMPTS) -> None:
        self._read_seconds = read_seconds
        self._attempts = attempts
        self._lock = threading.Lock()
        self._clients: dict[tuple[str, str | None], Any] = {}

    def get(self, service: str, *, region: str | None = None) -> Any:
        """The boto3 client of a service ("s3", "glue", "secretsmanager", "rds").

        Args:
            region: another than the settings name.

        Raises:
            SettingsError: boto3 is not installed, or the AWS settings cannot work.
        """
        region = region or os.environ.get("AWS_REGION") or None
        with self._lock:
            known = self._clients.get((service, region))
            if known is None:
                known = self._clients[service, region] = _client(
                    service, region, self._read_seconds, self._attempts
                )
            return known


def _client(service: str, region: str | None, read_seconds: float, attempts: int) -> Any:
    try:
        import boto3
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError
    except ModuleNotFoundError as exc:
        raise SettingsError(
            "Reading from AWS needs the package 'boto3'.",
            remedy="pip install 'spark-code-interpreter[aws]'",
        ) from exc
    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=read_seconds,
        retries={"mode": "standard", "total_max_attempts": attempts},
        max_pool_connections=POOL,
        tcp_keepalive=True,
    )
    try:
        client = boto3.Session(region_name=region).client(service, config=config)
    except (BotoCoreError, ValueError) as exc:
        raise _settings_error(exc) from exc
    client.meta.events.register("before-send.s3", _count_request)
    return client


def _settings_error(exc: Exception) -> SettingsError:
    from botocore.exceptions import NoRegionError, ProfileNotFound

    if isinstance(exc, NoRegionError):
        return SettingsError("No AWS region is set.", remedy="Set AWS_REGION, or a profile's.")
    if isinstance(exc, ProfileNotFound):
        return SettingsError(
            f"There is no AWS profile '{os.environ.get('AWS_PROFILE', '')}'.",
            remedy="Set AWS_PROFILE to one that ~/.aws/config has.",
        )
    return SettingsError(
        f"The AWS settings cannot be used: {_plain(exc)}",
        remedy="Check AWS_ENDPOINT_URL, AWS_REGION and ~/.aws/config.",
    )


@contextmanager
def aws_errors(what: str, *, verb: str = "read") -> Iterator[None]:
    """Raise what AWS says as an error of ours.

    Args:
        what: the thing that is asked for, as it stands in a sentence ("The bucket 'x'").
        verb: what was to be done with it, as it stands after "cannot be".

    Raises:
        SourceError: anything botocore raises.
    """
    try:
        yield
    except InterpreterError:
        raise
    except Exception as exc:
        known = aws_error(exc, what, verb=verb)
        if known is None:
            raise
        raise known from exc


def aws_error(exc: Exception, what: str, *, verb: str = "read") -> SourceError | None:
    """Our error for one of botocore's; None if the exception is of another library."""
    from botocore.exceptions import BotoCoreError, ClientError

    if isinstance(exc, ClientError):
        return _answered(exc, what, verb)
    if isinstance(exc, BotoCoreError):
        return _unanswered(exc, what, verb)
    return None


def error_code(exc: Exception) -> str:
    """The code AWS answered with; empty if it did not answer."""
    response = getattr(exc, "response", None) or {}
    return str(response.get("Error", {}).get("Code", ""))


def _answered(exc: Any, what: str, verb: str) -> SourceError:
    code, detail = error_code(exc), _plain(exc)
    status = str(exc.response.get("ResponseMetadata", {}).get("HTTPStatusCode", ""))
    if code in _ELSEWHERE:
        return _elsewhere(exc, what, detail)
    answer = next((a for a in _ANSWERS if code in a.codes), None)
    if answer is None and status[:1] == "5":
        answer = _BROKEN
    if answer is None and status == "403":
        answer = _DENIED
    if answer is None:
        return SourceError(f"{what} cannot be {verb}: AWS answers {code or status}.", detail=detail)
    sentence = f"{what} {answer.words.format(code=code or status, verb=verb)}"
    return answer.error(sentence, remedy=answer.remedy, detail=detail)


def _elsewhere(exc: Any, what: str, detail: str) -> SourceError:
    headers = exc.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    region = headers.get("x-amz-bucket-region") or exc.response["Error"].get("Region")
    where = f"is in the region {region}" if region else "is in another region"
    return SourceDenied(
        f"{what} {where}, which was not asked.",
        remedy=f"Set AWS_REGION={region or '<its region>'}.",
        detail=detail,
    )


def _unanswered(exc: Exception, what: str, verb: str) -> SourceError:
    from botocore import exceptions as aws

    if isinstance(exc, aws.NoCredentialsError | aws.PartialCredentialsError):
        return SourceDenied(
            f"{what} cannot be {verb}: there are no AWS credentials.",
            remedy="Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
        )
    if isinstance(
        exc,
        aws.CredentialRetrievalError | aws.TokenRetrievalError | aws.SSOError
        | aws.MetadataRetrievalError,
    ):  # fmt: skip
        return SourceDenied(
            f"{what} cannot be {verb}: the AWS credentials cannot be had.",
            remedy=_LOGIN_REMEDY, detail=_plain(exc),
        )  # fmt: skip
    if isinstance(exc, aws.ConnectTimeoutError | aws.ReadTimeoutError):
        return SourceUnavailable(
            f"{what} cannot be {verb} now: AWS does not answer in time.",
            remedy="Check the network and ask again.", detail=_plain(exc),
        )  # fmt: skip
    if isinstance(exc, aws.HTTPClientError | aws.ConnectionError):
        return SourceUnavailable(
            f"{what} cannot be {verb}: AWS cannot be reached.",
            remedy="Check the network, AWS_ENDPOINT_URL and AWS_REGION.", detail=_plain(exc),
        )  # fmt: skip
    if isinstance(exc, aws.ParamValidationError):
        return SourceNotFound(f"{what} does not exist.", remedy="Check the name.",
                              detail=_plain(exc))  # fmt: skip
    return SourceError(f"{what} cannot be {verb}.", remedy="Check the AWS settings.",
                       detail=_plain(exc))  # fmt: skip


def _plain(exc: Exception) -> str:
    return " ".join(str(exc).split())

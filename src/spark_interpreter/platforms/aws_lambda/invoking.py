"""One invocation, sent exactly once, and what AWS says of those that did not begin."""

import json
import threading
from base64 import b64decode
from typing import Any, NamedTuple

from spark_interpreter.aws import aws_error, error_code
from spark_interpreter.errors import EngineUnavailable, RunError

THROTTLED = frozenset({
    "EC2ThrottledException", "RequestLimitExceeded", "Throttling", "ThrottlingException",
    "TooManyRequestsException",
})  # fmt: skip
"""Nothing was begun, and trying again may help."""
_UNCERTAIN = frozenset({"InternalFailure", "InternalServerError", "ServiceException", "500", "504"})
"""AWS broke, before or after it had begun."""

_REMEDY = "Check the setting `aws_lambda.function`, its region and your permissions."


class Answer(NamedTuple):
    """What came back.

    Attributes:
        failed: the function ended without an answer of its own; the payload says why.
        tail: the last 4 KB of the log.
    """

    request_id: str
    failed: bool
    payload: Any
    tail: tuple[str, ...]


class Throttled(Exception):
    """AWS asks for fewer invocations; nothing was begun."""


class Lost(Exception):
    """The connection ended after the request was sent: the run may have taken place."""


class Invocation(threading.Thread):
    """An invocation on its way.

    A thread of its own that nobody needs to wait for: whoever cancels a run is not kept by a
    function that has not noticed yet.
    """

    def __init__(self, client: Any, function: str, payload: bytes) -> None:
        super().__init__(name="lambda-invocation", daemon=True)
        self._client = client
        self._function = function
        self._payload = payload
        self._answer: Answer | None = None
        self._error: BaseException | None = None

    def run(self) -> None:
        """Invoke; what goes wrong is kept for the one who waits."""
        try:
            self._answer = self._invoke()
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
            self._error = error

    def answer(self) -> Answer:
        """What came back, once the thread has ended.

        A function that has said nothing until then is as good as lost.

        Raises:
            Throttled: nothing was begun, and trying again may help.
            Lost: it may have begun.
            RunError: nothing was begun.
        """
        if self._answer is not None:
            return self._answer
        raise self._error or Lost("no answer yet")

    def _invoke(self) -> Answer:
        try:
            response = self._client.invoke(
                FunctionName=self._function,
                InvocationType="RequestResponse",
                LogType="Tail",
                Payload=self._payload,
            )
            document = json.loads(response["Payload"].read() or "null")
        except Exception as exc:
            raise _told(exc, self._function) from exc
        tail = b64decode(response.get("LogResult", "")).decode("utf-8", "replace")
        return Answer(
            request_id=response["ResponseMetadata"].get("RequestId", ""),
            failed="FunctionError" in response,
            payload=document,
            tail=tuple(tail.splitlines()),
        )


def _told(exc: Exception, function: str) -> Exception:
    """What an exception of botocore, or of the HTTP library below it, means for the run."""
    from botocore import exceptions as aws

    code = error_code(exc)
    if code in THROTTLED:
        return Throttled(str(exc))
    unsent = (
        aws.EndpointConnectionError, aws.ConnectTimeoutError, aws.ProxyConnectionError,
        aws.SSLError,
    )  # fmt: skip
    if code in _UNCERTAIN or (
        isinstance(exc, aws.HTTPClientError | aws.IncompleteReadError | OSError | ValueError)
        and not isinstance(exc, unsent)
    ):
        return Lost(str(exc))
    return _refused(exc, function)


def _refused(exc: Exception, function: str) -> Exception:
    what = f"The Lambda function '{function}'"
    known = aws_error(exc, what, verb="invoked")
    if known is None:
        return exc
    message = known.message
    if error_code(exc) not in ("", "ResourceNotFoundException") and type(known).code == "source":
        message = f"{what} cannot be invoked: {exc}."
    return _unavailable(message, known.remedy, known.detail)


def _unavailable(message: str, remedy: str, detail: str) -> RunError:
    return EngineUnavailable(message, remedy=remedy or _REMEDY, detail=detail)

"""A runtime of Amazon Bedrock AgentCore, invoked once for each call."""

import json
from typing import Any

from spark_interpreter.aws import AwsClients, aws_error, error_code
from spark_interpreter.errors import AgentUnavailable
from spark_interpreter.model.deployment import AgentSettings

_MAYBE_ARRIVED = frozenset({"RuntimeClientError", "ServiceUnavailable", "InternalServerException"})
"""Codes after which the runtime may have done what it was asked to."""


class AgentRuntime:
    """One runtime; safe to share between threads.

    A call is sent once: botocore's own repetitions would let an agent do its work again.
    """

    def __init__(self, arn: str, settings: AgentSettings) -> None:
        self.arn = arn
        self._region = settings.region or None
        self._clients = AwsClients(read_seconds=settings.seconds, attempts=1)

    def invoke(self, payload: str, session_id: str) -> Any:
        """The runtime's answer to a JSON text, which is JSON too.

        Args:
            session_id: 33 to 256 characters; the same one reaches the same instance.

        Raises:
            AgentUnavailable: it cannot be reached, may not be invoked, or failed.
            SettingsError: the AWS settings cannot work.
        """
        client = self._clients.get("bedrock-agentcore", region=self._region)
        try:
            response = client.invoke_agent_runtime(
                agentRuntimeArn=self.arn,
                runtimeSessionId=session_id,
                payload=payload.encode(),
                contentType="application/json",
                accept="application/json",
            )
            text = response["response"].read()
            return json.loads(text)
        except ValueError as exc:
            raise AgentUnavailable(
                f"The agent {self._name} answered with something that is not JSON.",
                remedy="See the logs of its runtime.",
                begun=True,
            ) from exc
        except Exception as exc:
            known = aws_error(exc, f"The agent {self._name}", verb="invoked")
            if known is None:
                raise
            answered = error_code(exc)
            raise AgentUnavailable(
                known.message,
                remedy=known.remedy,
                detail=known.detail,
                begun=not answered or answered in _MAYBE_ARRIVED,
            ) from exc

    @property
    def _name(self) -> str:
        return self.arn.rpartition("/")[2] or self.arn

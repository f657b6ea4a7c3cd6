"""The code generation agent as a runtime of AgentCore.

`python -m spark_interpreter.agents.code_generation_runtime`. An invocation has a question and what
is known of the data; it reads nothing else and keeps nothing.
"""

import threading
from typing import Any

from bedrock_agentcore import BedrockAgentCoreApp, PingStatus, RequestContext

from spark_interpreter.agents.runtime import answered, serve
from spark_interpreter.generation.base import Generator
from spark_interpreter.generation.remote import reply_to
from spark_interpreter.model.agents import GenerationInvocation, GenerationReply
from spark_interpreter.settings import Settings
from spark_interpreter.supervisor.carry import own_generator

NAME = "code_generation_agent"


def create_code_generation(settings: Settings) -> BedrockAgentCoreApp:
    """The runtime as an ASGI application."""
    agent = CodeGeneration(own_generator(settings))
    app = BedrockAgentCoreApp()

    @app.entrypoint
    def invoke(payload: dict[str, Any], context: RequestContext) -> Any:  # noqa: ARG001
        return answered(lambda: agent.write(GenerationInvocation.model_validate(payload)))

    @app.ping
    def ping() -> PingStatus:
        return PingStatus.HEALTHY_BUSY if agent.writing else PingStatus.HEALTHY

    return app


class CodeGeneration:
    """Writes one script for each invocation; safe to use from several threads."""

    def __init__(self, generator: Generator) -> None:
        self._generator = generator
        self._lock = threading.Lock()
        self.writing = 0

    def write(self, given: GenerationInvocation) -> GenerationReply:
        """A draft, or what is missing, or what has to be looked up first."""
        with self._lock:
            self.writing += 1
        try:
            return reply_to(given, self._generator)
        finally:
            with self._lock:
                self.writing -= 1


if __name__ == "__main__":
    _settings = Settings()
    serve(create_code_generation(_settings), _settings)

"""What both agents' runtimes share: how they answer, refuse and listen."""

import logging
import signal
from collections.abc import Callable
from typing import Any

from bedrock_agentcore import BedrockAgentCoreApp
from pydantic import ValidationError

from spark_interpreter.api.logs import configure
from spark_interpreter.errors import InterpreterError, UsageError
from spark_interpreter.model import ErrorInfo, Model
from spark_interpreter.model.agents import Refused
from spark_interpreter.settings import Settings
from spark_interpreter.supervisor.recorder import error_info

_log = logging.getLogger(__name__)


def answered(act: Callable[[], Model]) -> dict[str, Any]:
    """What an invocation is answered with; an error is an answer too.

    AgentCore keeps the body of a response that is not 200 to itself, so a refusal is one.
    """
    try:
        return act().model_dump(mode="json")
    except InterpreterError as error:
        return Refused(error=error_info(error)).model_dump(mode="json")
    except ValidationError as error:
        return Refused(error=_of_payload(error)).model_dump(mode="json")
    except Exception as defect:  # noqa: BLE001  the boundary that reports it
        _log.exception("defect")
        told = ErrorInfo(
            code=InterpreterError.code,
            phase=InterpreterError.phase,
            message=f"Something went wrong inside the agent ({type(defect).__name__}).",
            remedy="This is a defect of ours; please report it with the runtime's log.",
        )
        return Refused(error=told).model_dump(mode="json")


def serve(app: BedrockAgentCoreApp, settings: Settings) -> None:
    """Listen until the process is told to end; says where on its first line."""
    import uvicorn

    class Server(uvicorn.Server):
        """Says which port it took."""

        async def startup(self, sockets: Any = None) -> None:
            await super().startup(sockets)
            if self.started:
                port = self.servers[0].sockets[0].getsockname()[1]
                print(f"Listening on http://{settings.agents.host}:{port}", flush=True)  # noqa: T201

    configure()
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    Server(
        uvicorn.Config(
            app,
            host=settings.agents.host,
            port=settings.agents.port,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=max(1, round(settings.service.grace_seconds)),
        )
    ).run()


def _of_payload(error: ValidationError) -> ErrorInfo:
    found = "; ".join(
        f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()[:3]
    )
    return ErrorInfo(
        code=UsageError.code, phase=UsageError.phase, message=f"The payload is wrong: {found}."
    )

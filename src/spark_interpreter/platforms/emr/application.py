"""The application that jobs run in: made once, started when it is needed."""

import time
import uuid

from spark_interpreter.aws import AwsClients
from spark_interpreter.cancellation import Cancellation
from spark_interpreter.errors import EngineUnavailable
from spark_interpreter.model.deployment import EmrSettings
from spark_interpreter.platforms.base import OnProgress, RunProgress
from spark_interpreter.platforms.emr.service import (
    Application,
    ApplicationState,
    EmrService,
    Unanswered,
)

IDLE_MINUTES = 15
"""An application that is made for you stops by itself after this time without jobs."""
START_SECONDS = 600.0
SILENCE_SECONDS = 60.0
"""How long EMR Serverless may leave the question after the application unanswered."""
CREATE_REMEDY = (
    "Make one with `spark-interpreter emr create-application`, and set "
    "SPARK_INTERPRETER_EMR__APPLICATION_ID to its id."
)

STATES: dict[ApplicationState, str] = {
    "CREATING": "The application is being made",
    "CREATED": "The application has not been started yet; the first job starts it, which takes "
    "one to three minutes",
    "STARTING": "The application is starting, which takes one to three minutes",
    "STARTED": "The application is ready",
    "STOPPING": "The application is stopping; it starts again afterwards",
    "STOPPED": "The application has stopped after a time without jobs; the next job starts it, "
    "which takes one to three minutes",
    "TERMINATED": "The application has been deleted",
}


def create_application(settings: EmrSettings, name: str = "spark-interpreter") -> str:
    """Make an application by the settings' release label, architecture and largest capacity.

    It starts with its first job, stops after 15 minutes without one, and costs nothing while it
    is stopped.

    Returns:
        its id, for the setting `emr.application_id`.

    Raises:
        EngineUnavailable: AWS does not make it.
    """
    capacity = {"cpu": f"{settings.max_vcpu} vCPU", "memory": f"{settings.max_memory_gb} GB"}
    request = {
        "name": name,
        "releaseLabel": settings.release_label,
        "type": "SPARK",
        "clientToken": str(uuid.uuid4()),
        "architecture": settings.architecture,
        "maximumCapacity": capacity,
        "autoStartConfiguration": {"enabled": True},
        "autoStopConfiguration": {"enabled": True, "idleTimeoutMinutes": IDLE_MINUTES},
    }
    return EmrService(settings, AwsClients()).create_application(request)


def require_ready(
    service: EmrService, pause: float, *, on_progress: OnProgress, cancellation: Cancellation
) -> Application:
    """See that the application takes a job, starting it if no job may do that.

    Args:
        pause: seconds between two looks.

    Raises:
        EngineUnavailable: it has been deleted, or does not start.
        RunCancelled: the run is to stop.
    """
    began = time.monotonic()
    asked = False
    while True:
        seconds = time.monotonic() - began
        try:
            found = service.application()
        except Unanswered:
            if seconds > SILENCE_SECONDS or cancellation.wait(pause):
                cancellation.check()
                raise
            continue
        if found.state == "TERMINATED":
            raise EngineUnavailable(
                f"The EMR Serverless application {found.id} has been deleted.",
                remedy=CREATE_REMEDY,
            )
        if found.state == "STARTED":
            return found
        on_progress(RunProgress(stage=STATES[found.state], seconds=seconds))
        if found.auto_start and found.state != "STOPPING":
            return found
        if seconds > START_SECONDS:
            raise EngineUnavailable(
                f"The EMR Serverless application {found.id} did not start within "
                f"{START_SECONDS / 60:g} minutes: it is {found.state}.",
                remedy="Look at it in the AWS console, and ask again.",
                detail=found.details,
            )
        if found.state in ("CREATED", "STOPPED") and not asked:
            service.start_application()
            asked = True
        if cancellation.wait(pause):
            cancellation.check()

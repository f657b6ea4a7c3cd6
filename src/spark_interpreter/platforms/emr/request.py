"""What EMR Serverless is asked to run: the StartJobRun request of a job."""

import math
import shlex
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from spark_interpreter.model import Job
from spark_interpreter.model.deployment import EmrSettings
from spark_interpreter.model.read import HIVE_CLIENT
from spark_interpreter.platforms.emr.sizing import Sizing
from spark_interpreter.storage import Storage

HELPER = "job_credentials.py"
_LEAST_MINUTES = 5
"""The shortest time limit that EMR Serverless takes."""
_NAME_MAX = 256


class Uploaded(NamedTuple):
    """Where a job's files are; the helper only where the script asks for credentials."""

    script: str
    helper: str | None


def upload(job: Job, storage: Storage) -> Uploaded:
    """Store the script, and the credentials helper beside it, below `scripts/<session>/`.

    Raises:
        StoreError: S3 does not take them.
    """
    script = storage.script_uri(job.session_id, job.turn)
    storage.put_text(script, job.script)
    if Path(HELPER).stem not in job.script:
        return Uploaded(script, None)
    helper = script.rpartition("/")[0] + "/" + HELPER
    source = files("spark_interpreter").joinpath("script", HELPER)
    storage.put_text(helper, source.read_text("utf-8"))
    return Uploaded(script, helper)


def start_request(
    job: Job, at: Uploaded, logs: str, size: Sizing, settings: EmrSettings
) -> dict[str, Any]:
    """The arguments of StartJobRun.

    Args:
        logs: folder-like URI for the logs of all jobs.
    """
    return {
        "applicationId": settings.application_id,
        "clientToken": client_token(job),
        "executionRoleArn": settings.execution_role_arn,
        "name": f"spark-interpreter {job.run_id}"[:_NAME_MAX],
        "executionTimeoutMinutes": max(_LEAST_MINUTES, math.ceil(job.limits.seconds / 60) + 1),
        "jobDriver": {
            "sparkSubmit": {
                "entryPoint": at.script,
                "sparkSubmitParameters": submit_parameters(job, at, size),
            }
        },
        "configurationOverrides": {
            "monitoringConfiguration": {"s3MonitoringConfiguration": {"logUri": f"{logs}/"}}
        },
        "retryPolicy": {"maxAttempts": 1},
        "tags": {"spark-interpreter": "run"},
    }


def client_token(job: Job) -> str:
    """The key by which EMR Serverless knows a request it has had: the same for one run only.

    Run ids are unique in one installation; places of output tell installations apart.
    """
    return sha256(f"{job.run_id}\n{job.output}\n{job.script}".encode()).hexdigest()


def submit_parameters(job: Job, at: Uploaded, size: Sizing) -> str:
    """The options of `spark-submit`."""
    settings = _given(job) | worker_settings(size) | _secrets(job)
    jars = settings.pop("spark.jars", "")
    parts = ["--py-files", at.helper] if at.helper else []
    parts += ["--jars", jars] if jars else []
    for key, value in settings.items():
        parts += ["--conf", f"{key}={value}"]
    return shlex.join(parts)


def _given(job: Job) -> dict[str, str]:
    """What the script's sources ask of the session, under the names `spark-submit` knows.

    The driver is running when the script's header is read: jars, the catalog's client and the
    kind of catalog come too late there.
    """
    settings = dict(job.settings)
    if (client := settings.pop(HIVE_CLIENT, None)) is not None:
        settings[f"spark.hadoop.{HIVE_CLIENT}"] = client
        settings["spark.sql.catalogImplementation"] = "hive"
    return settings


def worker_settings(size: Sizing) -> dict[str, str]:
    """What Spark is told about its workers and how it deals out the work."""
    return {
        "spark.driver.cores": str(size.driver.vcpu),
        "spark.driver.memory": size.driver.spark_memory,
        "spark.executor.cores": str(size.executor.vcpu),
        "spark.executor.memory": size.executor.spark_memory,
        "spark.dynamicAllocation.enabled": "true",
        "spark.dynamicAllocation.minExecutors": "1",
        "spark.dynamicAllocation.initialExecutors": str(size.initial),
        "spark.dynamicAllocation.maxExecutors": str(size.executors),
        "spark.executor.instances": str(size.initial),
        "spark.sql.adaptive.enabled": "true",
        "spark.sql.autoBroadcastJoinThreshold": str(size.broadcast),
        "spark.sql.shuffle.partitions": str(size.partitions),
    }


def _secrets(job: Job) -> dict[str, str]:
    return {f"spark.credentials.{name}.arn": arn for name, arn in job.secrets.items()}

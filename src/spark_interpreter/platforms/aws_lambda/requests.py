"""What may be sent to the function, and in what form."""

from spark_interpreter.errors import PlacementError
from spark_interpreter.model import FileRead, GlueRead, Job, TableProfile
from spark_interpreter.platforms.aws_lambda.protocol import Request

PAYLOAD_MAX_BYTES = 6 * 1024 * 1024
"""Of a synchronous invocation, in each direction:
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""

_ELSEWHERE = "Run it on this machine, or on a platform with Apache Spark."


def payload(job: Job) -> bytes:
    """The request as it is sent.

    Raises:
        PlacementError: the function cannot read the data or write the result, or the request is
            larger than Lambda takes.
    """
    if not job.output.startswith("s3://"):
        raise PlacementError(
            f"Lambda writes its result to S3, and the output is {job.output}.",
            remedy="Set the setting `storage_uri`.",
        )
    require_readable(job)
    data = Request(job=_portable(job)).model_dump_json().encode()
    if len(data) > PAYLOAD_MAX_BYTES:
        raise PlacementError(
            f"The script and what is known of its data are {len(data) / 1e6:.1f} MB; Lambda takes "
            f"requests of {PAYLOAD_MAX_BYTES / 1e6:.1f} MB.",
            remedy=f"Name fewer sources. {_ELSEWHERE}",
        )
    return data


def require_readable(job: Job) -> None:
    """Go on if everything the job reads is in S3 or the Glue Data Catalog.

    Raises:
        PlacementError: something is on a machine of its own, or in a database.
    """
    for profile in job.profiles:
        read = profile.read
        if isinstance(read, GlueRead):
            continue
        if not isinstance(read, FileRead):
            raise PlacementError(
                f"Lambda reads S3 and the Glue Data Catalog only, and '{profile.label}' is in the "
                f"database '{read.connection}'.",
                remedy=_ELSEWHERE,
            )
        if not read.remote:
            raise PlacementError(
                f"Lambda reads S3 and the Glue Data Catalog only, and '{profile.label}' is a file "
                "of this machine.",
                remedy=f"Put it into S3. {_ELSEWHERE}",
            )
        if not read.spark_direct:
            raise PlacementError(
                f"'{profile.label}' is converted on this machine before it can be read.",
                remedy="Run it on this machine.",
            )


def _portable(job: Job) -> Job:
    """The job without what only this machine has."""
    return job.model_copy(
        update={
            "profiles": tuple(map(_without_values, job.profiles)),
            "read_paths": (),
            "staged": (),
            "folder": "",
            "log_dir": "",
        }
    )


def _without_values(profile: TableProfile) -> TableProfile:
    """The profile without values of the data, which are for those who write scripts."""
    nothing = {"minimum": None, "maximum": None, "mean": None, "top_values": ()}
    columns = tuple(column.model_copy(update=nothing) for column in profile.columns)
    read = profile.read.model_copy(update={"columnar": None})
    return profile.model_copy(update={"columns": columns, "read": read, "issues": ()})

"""What may be sent to the function, and in what form."""

from spark_interpreter.errors import PlacementError
from spark_interpreter.model import JdbcRead, Job, TableProfile
from spark_interpreter.platforms.aws_lambda.protocol import Request
from spark_interpreter.platforms.base import on_this_machine

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


def unreadable(profile: TableProfile) -> str | None:
    """Why the function cannot read a source, in one sentence: it sees S3 and Glue."""
    if isinstance(profile.read, JdbcRead):
        return f"the function has no way to the database of {profile.label}."
    return on_this_machine(profile)


def require_readable(job: Job) -> None:
    """Go on if everything the job reads is in S3 or the Glue Data Catalog.

    Raises:
        PlacementError: something is on a machine of its own, or in a database.
    """
    for reason in filter(None, map(unreadable, job.profiles)):
        raise PlacementError(f"Lambda cannot run this: {reason}", remedy=_ELSEWHERE)


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

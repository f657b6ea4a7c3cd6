"""What the errors of the Glue Data Catalog mean, beyond those that all AWS services share."""

from collections.abc import Iterator
from contextlib import contextmanager

from spark_interpreter.aws import aws_errors
from spark_interpreter.errors import SourceDenied


@contextmanager
def glue_errors(what: str) -> Iterator[None]:
    """Raise what Glue says as an error of ours.

    Args:
        what: the thing that is asked for, as a sentence begins with it.

    Raises:
        SourceError: anything botocore raises; permissions that Lake Formation withholds are named.
    """
    try:
        with aws_errors(what):
            yield
    except SourceDenied as denied:
        if "lake formation" not in denied.detail.lower():
            raise
        raise SourceDenied(
            f"{what} may not be read: AWS Lake Formation has not granted it.",
            remedy="Ask a data lake administrator for DESCRIBE and SELECT on it.",
            detail=denied.detail,
        ) from denied

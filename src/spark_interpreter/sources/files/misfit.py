"""What the conversion of a source says when its cells are not what the sample suggests."""

from spark_interpreter.errors import SourceError


class MisfitCells(SourceError):
    """A cell does not fit the type that the sample suggests for its column."""

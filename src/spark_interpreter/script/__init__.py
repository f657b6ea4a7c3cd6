"""Scripts: assembled from their parts, or taken from a person."""

from spark_interpreter.script.assembly import (
    analysis_of,
    assemble,
    empty_tables,
    from_text,
    writing_to,
)
from spark_interpreter.script.text import LiteralRead, literal_reads

__all__ = [
    "LiteralRead",
    "analysis_of",
    "assemble",
    "empty_tables",
    "from_text",
    "literal_reads",
    "writing_to",
]

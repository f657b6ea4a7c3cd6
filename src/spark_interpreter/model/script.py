"""A program and the parts it was made of."""

from hashlib import sha256
from typing import Literal

from pydantic import Field

from spark_interpreter.model.base import Model

Target = Literal["portable", "local"]


class Script(Model):
    """A program that answers a question.

    Attributes:
        text: the portable program: what is shown, saved, edited and sent to a cluster.
        local_text: the same program with the source section rendered for the embedded engine
            (columnar cache, converted files); equal to `text` when nothing differs.
        inputs: URIs and tables the program may read.
        read_paths: local files, folders and glob patterns that `local_text` reads.
        output: the URI it writes its result to.
        session: settings that the sources ask of the Spark session, with their values.
        connections: names of connections by the JDBC address that each belongs to.
        edited: a person wrote or changed it.
    """

    text: str
    local_text: str
    inputs: tuple[str, ...]
    output: str
    read_paths: tuple[str, ...] = ()
    session: dict[str, str] = Field(default_factory=dict)
    connections: dict[str, str] = Field(default_factory=dict)
    edited: bool = False

    @property
    def sha256(self) -> str:
        """Hex digest of the portable text."""
        return sha256(self.text.encode()).hexdigest()

"""Questions whose programs a person has vouched for."""

from datetime import datetime

from pydantic import Field

from spark_interpreter.model.base import Model
from spark_interpreter.model.draft import ChartHint


class ExampleTable(Model):
    """A table of a verified example, as far as its program needs it.

    Attributes:
        name: its variable in the program.
        source: the word that names it; of a file only its name, so that examples can be shared.
        columns: the columns the program uses, with their types.
    """

    name: str
    source: str
    columns: dict[str, str]


class Example(Model):
    """A question and the analysis that a person has found right, or has made right.

    Attributes:
        analysis: the program between source and output section; see `Draft.analysis`.
        ordered, chart: as in `Draft`.
        alone: the question says everything by itself and means the same on any day, so that the
            program answers it again; the others only show a model what is meant.
        by: who vouches for it.
    """

    id: str
    question: str
    analysis: str
    tables: tuple[ExampleTable, ...] = Field(min_length=1)
    title: str = ""
    reading: str = ""
    assumptions: tuple[str, ...] = ()
    ordered: bool = False
    chart: ChartHint | None = None
    alone: bool = True
    comment: str = ""
    by: str = ""
    time: datetime

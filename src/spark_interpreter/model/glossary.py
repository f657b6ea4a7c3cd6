"""The house's own words: what people call things, how metrics are computed, what is left out."""

from typing import Annotated

from pydantic import Field

from spark_interpreter.model.base import Model

Words = Annotated[str, Field(min_length=1, max_length=100)]
Formula = Annotated[str, Field(min_length=1, max_length=2000)]
Reference = Annotated[str, Field(pattern=r"^[^.\s][^.]*(\.[^.]+)?$")]
"""A table ("orders") or one of its columns ("orders.amount"), as profiles name them."""


class Term(Model):
    """Other words for a table or a column.

    Attributes:
        means: "orders" or "orders.amount".
        words: what people say for it ("purchases", "order value").
        unit: what its numbers are counted in ("EUR", "kg").
        description: one sentence that explains it.
    """

    means: Reference
    words: tuple[Words, ...] = ()
    unit: str = ""
    description: str = ""


class Metric(Model):
    """A number with a name of its own.

    Attributes:
        formula: Spark SQL over the columns of `table`: of a row ("quantity * unit_price"), which
            a question may sum or average, or of a group ("sum(paid) / count(*)").
        words: other names for it.
        unit: what it is counted in.
    """

    name: Words
    table: str = Field(min_length=1)
    formula: Formula
    words: tuple[Words, ...] = ()
    unit: str = ""
    description: str = ""


class DefaultFilter(Model):
    """Rows a table is asked about unless the question says otherwise.

    Attributes:
        where: a condition in Spark SQL over the columns of `table` ("status <> 'cancelled'"). A
            question that speaks of one of its columns itself is answered without it.
        description: how an answer states it ("cancelled orders are left out").
    """

    table: str = Field(min_length=1)
    where: Formula
    description: str = ""


class Glossary(Model):
    """All of them; an empty one changes nothing."""

    terms: tuple[Term, ...] = ()
    metrics: tuple[Metric, ...] = ()
    filters: tuple[DefaultFilter, ...] = ()

"""Sources and places in one word."""

import pytest

from spark_interpreter.model import (
    FileSource,
    GlueTable,
    PostgresTable,
    SnowflakeTable,
    Source,
    parse_place,
    parse_source,
    source_word,
)

NAMES = ["orders", "Größe", "two words", "a.b", "a/b", 'say "hi"', '"', "a:b", "ORDERS$1", "-"]


@pytest.mark.parametrize("name", NAMES)
def test_the_word_of_a_source_means_it(name: str) -> None:
    sources: list[Source] = [
        GlueTable(database=name, table=name),
        PostgresTable(connection="shop", schema_name=name, table=name),
        PostgresTable(connection="shop", table=name),
        SnowflakeTable(connection="lake", database=name, schema_name=name, table=name),
        FileSource(uri=f"s3://bucket/{name}"),
    ]
    assert [parse_source(source_word(source)) for source in sources] == sources


@pytest.mark.parametrize(
    "word",
    [
        "glue", "glue:web", 'glue:"a.b"', "postgres:shop", "postgres:shop/public",
        'postgres:shop/"a/b"', "snowflake:lake", "snowflake:lake/SHOP",
        "snowflake:lake/SHOP.PUBLIC",
        'snowflake:lake/"a.b"."c ""d"""',
    ],
)  # fmt: skip
def test_the_word_of_a_place_means_it(word: str) -> None:
    assert parse_place(word).word == word


@pytest.mark.parametrize("name", NAMES)
def test_what_is_listed_in_a_place_can_be_asked_of(name: str) -> None:
    schema = parse_place("postgres:shop").inside(name)
    assert parse_place(schema.word) == schema
    table = PostgresTable(connection="shop", schema_name=name, table=name)
    assert parse_source(schema.inside(name).word) == table


@pytest.mark.parametrize(
    "word",
    [
        "", "orders.csv", "glue:", "glue:a.b", "glue:x/y", "postgres", "postgres:", "postgres:/x",
        "postgres:shop/a.b", "postgres:a b", "snowflake:lake/a.b.c", "glue:a..b", "Glue",
    ],
)  # fmt: skip
def test_what_is_no_place_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match="is not a place of tables; write"):
        parse_place(word)

"""What goes wrong between here and Snowflake ends in a clear error, or is tried again; in time."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from pydantic import SecretStr

from spark_interpreter.errors import SourceDenied, SourceUnavailable
from spark_interpreter.model import Need, OAuthAuth, SnowflakeTable
from spark_interpreter.settings import Settings
from spark_interpreter.sources.connections import ConnectionStore, Credentials
from spark_interpreter.sources.snowflake import SnowflakeReader
from spark_interpreter.sources.snowflake.session import Timeouts
from spark_interpreter.supervisor import Interpreter
from tests.servers.faulty_snowflake import (
    LOGIN,
    QUERY,
    RENEW,
    RESULT,
    Fault,
    FaultySnowflake,
    faulty_snowflake,
)
from tests.servers.planted import PASSWORD
from tests.servers.snowflake import SnowflakeServer

TABLE = SnowflakeTable(connection="lake", database="FAULTS", schema_name="PUBLIC", table="VISITS")
QUICK = Timeouts(login=3, socket=6, statement=8)
EVER = 60.0
TAG = re.compile(r'"QUERY_TAG": ("(?:[^"\\]|\\.)*")')


@pytest.fixture(scope="module")
def visits(snowflake_server: SnowflakeServer) -> SnowflakeServer:
    snowflake_server.run(
        "CREATE DATABASE FAULTS",
        "CREATE SCHEMA FAULTS.PUBLIC",
        "CREATE TABLE FAULTS.PUBLIC.VISITS (ID INT, TOWN VARCHAR)",
        "INSERT INTO FAULTS.PUBLIC.VISITS SELECT SEQ4(), 'town ' || MOD(SEQ4(), 7) "
        "FROM TABLE(GENERATOR(ROWCOUNT => 20000))",
        "CREATE TABLE FAULTS.PUBLIC.TOWNS (TOWN VARCHAR, PEOPLE INT)",
        "INSERT INTO FAULTS.PUBLIC.TOWNS VALUES ('town 1', 10), ('town 2', 20)",
        "CREATE TABLE FAULTS.PUBLIC.ORDER_LINES (ORDER_ID INT, LINE_NO INT, PRODUCT VARCHAR)",
        'CREATE TABLE FAULTS.PUBLIC.ITEMS ("Order.Id" INT, "Line" INT, PRODUCT VARCHAR)',
        "INSERT INTO FAULTS.PUBLIC.ITEMS VALUES (1, 1, 'Tea'), (1, 2, 'Rice'), (2, 1, 'Oil')",
        "INSERT INTO FAULTS.PUBLIC.ORDER_LINES VALUES (1, 1, 'Tea'), (1, 2, 'Rice'), (2, 1, 'Oil')",
        "CREATE TABLE FAULTS.PUBLIC.PARCELS (POSITION INT, ORDERED INT, WEIGHT INT)",
        "INSERT INTO FAULTS.PUBLIC.PARCELS VALUES (1, 1, 5), (1, 1, 6), (2, 1, 7), (1, 2, 8)",
        "CREATE TABLE FAULTS.PUBLIC.REFUNDS (ORDER_ID INT, LINE_NO INT, REFUND INT)",
        "INSERT INTO FAULTS.PUBLIC.REFUNDS VALUES (1, 2, 10), (1, 2, 20), (2, 1, 40)",
    )
    return snowflake_server


@pytest.fixture
def between(visits: SnowflakeServer) -> Iterator[FaultySnowflake]:
    with faulty_snowflake(visits.port) as server:
        yield server


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", cache_dir=tmp_path / "cache", secret_store="file")


@pytest.fixture
def store(settings: Settings, visits: SnowflakeServer, between: FaultySnowflake) -> ConnectionStore:
    store = ConnectionStore(settings)
    store.add(visits.connection(database="FAULTS", port=between.port), SecretStr(PASSWORD))
    return store


@pytest.fixture
def reader(settings: Settings, store: ConnectionStore) -> SnowflakeReader:
    return SnowflakeReader(settings, store, Credentials(store.secrets), timeouts=QUICK)


def rows(reader: SnowflakeReader, folder: Path) -> int:
    """Rows that a question about the whole table brings here."""
    profile = reader.profile(TABLE, name="visits")
    need = Need(location=profile.read.locations[0])
    folder.mkdir()
    [copy] = reader.stage(profile, need, folder, stopped=lambda: False)
    return int(pq.read_table(copy.paths[0]).num_rows)


@pytest.mark.parametrize(
    ("at", "code", "words"),
    [
        (LOGIN, "390100", "refused the login of connection 'lake'"),
        (LOGIN, "390144", "refused the login of connection 'lake'"),
        (LOGIN, "390303", "token of Snowflake connection 'lake' is no longer valid"),
        (LOGIN, "390318", "token of Snowflake connection 'lake' is no longer valid"),
        (QUERY, "390104", "token of Snowflake connection 'lake' is no longer valid"),
        (LOGIN, "390127", "locked or needs a second factor"),
        (LOGIN, "390189", "role 'ANALYST' of Snowflake connection 'lake' is not granted"),
        (LOGIN, "390422", "network policy forbids"),
    ],
)
def test_a_refusal_is_said_in_a_sentence_and_not_asked_again(
    reader: SnowflakeReader, between: FaultySnowflake, at: str, code: str, words: str
) -> None:
    between.always[at] = code
    with pytest.raises(SourceDenied, match=words) as refused:
        reader.profile(TABLE, name="visits")
    assert len([request for request in between.asked if at in request]) == 1
    assert PASSWORD not in f"{refused.value} {refused.value.detail} {refused.value.__cause__!r}"


def test_a_token_that_expires_meanwhile(
    reader: SnowflakeReader, between: FaultySnowflake, store: ConnectionStore
) -> None:
    token = store.snowflake("lake").model_copy(update={"auth": OAuthAuth(user="reader")})
    store.change(token, SecretStr(PASSWORD))
    between.faults[QUERY] = ["390112"]
    between.always[RENEW] = "390114"
    with pytest.raises(SourceDenied, match=r"no longer valid\. Get a new one and store it"):
        reader.profile(TABLE, name="visits")


@pytest.mark.parametrize("at", [LOGIN, QUERY, RESULT])
@pytest.mark.parametrize("fault", ["reset", "busy"])
def test_what_passes_is_tried_again(
    reader: SnowflakeReader, between: FaultySnowflake, tmp_path: Path, at: str, fault: Fault
) -> None:
    between.faults[at] = [fault]
    assert rows(reader, tmp_path / "staged") == 20_000
    assert between.faults[at] == []


@pytest.mark.parametrize("at", [LOGIN, RESULT])
def test_five_seconds_of_silence_are_survived(
    visits: SnowflakeServer, between: FaultySnowflake, store: ConnectionStore, settings: Settings,
    tmp_path: Path, at: str,
) -> None:  # fmt: skip
    reader = SnowflakeReader(settings, store, Credentials(store.secrets))
    between.faults[at] = [5.0]
    assert rows(reader, tmp_path / "staged") == 20_000
    assert between.faults[at] == []


@pytest.mark.parametrize(("at", "fault"), [(RESULT, "reset"), (LOGIN, "busy"), (LOGIN, EVER)])
def test_what_does_not_pass_is_told(
    reader: SnowflakeReader, between: FaultySnowflake, tmp_path: Path, at: str, fault: Fault
) -> None:
    between.always[at] = fault
    started = time.monotonic()
    with pytest.raises(SourceUnavailable, match=r"Snowflake at .* did not answer"):
        rows(reader, tmp_path / "staged")
    assert time.monotonic() - started < EVER


def test_a_server_that_does_not_speak_tls(reader: SnowflakeReader, store: ConnectionStore) -> None:
    store.change(store.snowflake("lake").model_copy(update={"tls": True}), SecretStr(PASSWORD))
    with pytest.raises(SourceUnavailable, match=r"Snowflake at .* did not answer"):
        reader.profile(TABLE, name="visits")


@pytest.mark.parametrize(
    ("at", "fault", "code"),
    [
        (LOGIN, "390100", "source_denied"),
        (LOGIN, "390318", "source_denied"),
        (RESULT, "reset", "source_unavailable"),
        (RESULT, 5.0, None),
    ],
)
def test_a_question_ends_in_an_answer_or_a_sentence(
    settings: Settings, store: ConnectionStore, between: FaultySnowflake, at: str, fault: Fault,
    code: str | None,
) -> None:  # fmt: skip
    if code is None:
        between.faults[at] = [fault]
    else:
        between.always[at] = fault
    with Interpreter(settings) as interpreter:
        answer = interpreter.ask("how many visits are there?", [TABLE])
    if code is None:
        assert answer.rows == ((20_000,),)
        tags = [
            tag for request in between.asked if LOGIN in request for tag in TAG.findall(request)
        ]
        asking = {"product": "spark-interpreter", "session": answer.turn.session_id, "turn": 1}
        assert [json.loads(json.loads(tag)) for tag in tags] == [
            asking | {"purpose": purpose} for purpose in ("profile", "stage")
        ]
        return
    assert answer.turn.error
    assert answer.turn.error.code == code
    assert "Snowflake" in answer.turn.error.message
    assert answer.turn.error.remedy


def test_a_table_as_it_was_is_not_looked_at_again(
    reader: SnowflakeReader, between: FaultySnowflake, visits: SnowflakeServer
) -> None:
    towns = TABLE.model_copy(update={"table": "TOWNS"})
    assert reader.profile(towns, name="towns").sampled_rows == 2
    between.asked.clear()
    known = reader.profile(towns.model_copy(update={"table": "towns"}), name="places")
    assert (known.name, known.sampled_rows) == ("places", 2)
    assert not [request for request in between.asked if " LIMIT " in request]
    visits.run("ALTER TABLE FAULTS.PUBLIC.TOWNS ADD COLUMN AREA INT")
    assert [c.name for c in reader.profile(towns, name="towns").columns][-1] == "AREA"


def test_declared_references_are_known(reader: SnowflakeReader, between: FaultySnowflake) -> None:
    key = {
        "pk_database_name": "FAULTS", "pk_schema_name": "PUBLIC", "pk_table_name": "TOWNS",
        "pk_column_name": "TOWN", "fk_database_name": "FAULTS", "fk_schema_name": "PUBLIC",
        "fk_table_name": "VISITS", "fk_column_name": "TOWN", "key_sequence": "1",
        "fk_name": "of_town",
    }  # fmt: skip
    elsewhere = key | {"pk_database_name": "OTHER", "fk_name": "of_other"}
    between.answers["SHOW IMPORTED KEYS"] = [key, elsewhere]
    [reference] = reader.profile(TABLE, name="visits").foreign_keys
    assert (reference.columns, reference.references) == (("TOWN",), ("TOWN",))
    assert (reference.table, reference.origin) == ("FAULTS.PUBLIC.TOWNS", "declared")


def test_a_declared_key_of_two_columns_and_one_that_nobody_declared(
    settings: Settings, store: ConnectionStore, between: FaultySnowflake
) -> None:
    pairs = (("ORDERED", "Order.Id", "1"), ("POSITION", "Line", "2"))
    between.answers["SHOW IMPORTED KEYS"] = [
        {
            "pk_database_name": "FAULTS", "pk_schema_name": "PUBLIC",
            "pk_table_name": "ITEMS", "pk_column_name": key, "fk_database_name": "FAULTS",
            "fk_schema_name": "PUBLIC", "fk_table_name": "PARCELS", "fk_column_name": mine,
            "key_sequence": place, "fk_name": "of_line",
        }
        for mine, key, place in reversed(pairs)
    ]  # fmt: skip
    items, parcels, lines, refunds = (
        TABLE.model_copy(update={"table": name})
        for name in ("ITEMS", "PARCELS", "ORDER_LINES", "REFUNDS")
    )
    with Interpreter(settings) as interpreter:
        declared = interpreter.ask("total weight by product", [items, parcels])
        assert declared.ok, declared.document
        assert {p: int(str(w)) for p, w in declared.rows} == {"Tea": 11, "Rice": 7, "Oil": 8}
        found = interpreter.ask("total refund by product", [lines, refunds])
        assert found.ok, found.document
        assert {p: int(str(r)) for p, r in found.rows} == {"Rice": 30, "Oil": 40}
        assert "(100 % of its combinations)" in " ".join(found.document.assumptions)

"""A question of a PostgreSQL table of five million rows, against push-downs written by hand."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

from pydantic import SecretStr

from benchmarks.measure import Measurement, alternate, tell
from spark_interpreter import Interpreter, Settings
from spark_interpreter.model import PostgresTable
from spark_interpreter.sources.connections import ConnectionStore
from tests.servers.planted import PASSWORD
from tests.servers.postgres import READER, PostgresServer, program

ROWS = 5_000_000
QUESTION = "total amount by region in March"
MAKE = (
    (
        "CREATE TABLE sales (id int PRIMARY KEY, customer_id int, region text, product text, "
        "quantity int, amount numeric(10,2), sold_on date, note text)"
    ),
    (
        "INSERT INTO sales SELECT g, g % 50000, "
        "(ARRAY['North', 'South', 'East', 'West'])[1 + g % 4], 'product ' || g % 500, "
        "1 + g % 9, (g::bigint * 7919 % 100000) / 100.0, "
        "date '2025-01-01' + (g::bigint * 7919 % 365)::int, md5(g::text) "
        f"FROM generate_series(1, {ROWS}) g"
    ),
    "VACUUM ANALYZE sales",
)
NEEDED = "SELECT region, amount FROM sales WHERE sold_on >= '2025-03-01' AND sold_on < '2025-04-01'"


def ask_postgres(folder: Path, runs: int) -> Iterator[Measurement]:
    """The question through `Interpreter.ask`, in turns with each way to fetch what it needs."""
    if program("initdb") is None:
        raise RuntimeError("PostgreSQL is not installed: apt-get install postgresql")
    server = PostgresServer()
    try:
        server.create()
        tell(f"making {ROWS:,} rows")
        database = server.new_database(*MAKE)
        yield from _measured(server, database, folder, runs)
    finally:
        server.remove()


def _measured(
    server: PostgresServer, database: str, folder: Path, runs: int
) -> Iterator[Measurement]:
    settings = Settings(
        data_dir=folder / "data",
        cache_dir=folder / "cache",
        reuse_answers=False,
        secret_store="file",
    )
    ConnectionStore(settings).add(server.connection("shop", database), SecretStr(PASSWORD))
    by_hand: dict[str, Callable[[], dict[str, float]]] = {
        "rows, summed in Python": lambda: _fetched(server, database, binary=False),
        "binary rows, summed in Python": lambda: _fetched(server, database, binary=True),
        "COPY into pyarrow, grouped there": lambda: _copied(server, database),
    }
    with Interpreter(settings) as interpreter:
        asked = _asked(interpreter)
        first = time.perf_counter()
        since = len(server.log())
        answer = asked()
        first = time.perf_counter() - first
        moved = [s for s in server.statements(since) if s.startswith("COPY")]
        tell(f"asked of the server: {moved[-1]}")
        for name, variant in by_hand.items():
            if variant() != answer:
                raise RuntimeError(f"the answer is not that of: {name}")
        seconds = alternate(
            {"ask": lambda: _timed(asked), **{n: _bound(v) for n, v in by_hand.items()}}, runs
        )
    best = min(by_hand, key=lambda name: seconds[name])
    detail = ", ".join(f"{name} {value:.2f} s" for name, value in seconds.items())
    yield Measurement(
        "ask PostgreSQL / best push-down by hand", seconds["ask"] / seconds[best], "x", 1.5,
        f"{detail}; best: {best}",
    )  # fmt: skip
    yield Measurement("first question, with start and profile", first, "s", None, f"{ROWS:,} rows")
    grouped = median(_timed(lambda: _grouped(server, database)) for _ in range(runs))
    yield Measurement("grouped by the server, for comparison", grouped, "s", None, "1 query")


def _asked(interpreter: Interpreter) -> Callable[[], dict[str, float]]:
    def ask() -> dict[str, float]:
        answer = interpreter.ask(QUESTION, [PostgresTable(connection="shop", table="sales")])
        if not answer.ok:
            raise RuntimeError(f"no answer: {answer.document.error}")
        return {str(region): float(str(total)) for region, total in answer.rows}

    return ask


def _bound(variant: Callable[[], Any]) -> Callable[[], float]:
    return lambda: _timed(variant)


def _timed(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _connect(server: PostgresServer, database: str) -> Any:
    import psycopg

    return psycopg.connect(
        host=server.host, port=server.port, dbname=database, user=READER, password=PASSWORD
    )


def _fetched(server: PostgresServer, database: str, *, binary: bool) -> dict[str, float]:
    totals: dict[str, Any] = {}
    with _connect(server, database) as session:
        for region, amount in session.cursor(binary=binary).execute(NEEDED):
            totals[region] = totals.get(region, 0) + amount
    return {region: float(total) for region, total in totals.items()}


def _copied(server: PostgresServer, database: str) -> dict[str, float]:
    import pyarrow as pa
    import pyarrow.csv as pc

    with (
        _connect(server, database) as session,
        session.cursor().copy(f"COPY ({NEEDED}) TO STDOUT (FORMAT csv)") as copy,
    ):
        text = b"".join(copy)
    table = pc.read_csv(
        pa.BufferReader(text),
        read_options=pc.ReadOptions(column_names=["region", "amount"]),
        convert_options=pc.ConvertOptions(column_types={"amount": pa.decimal128(10, 2)}),
    )
    grouped = table.group_by("region").aggregate([("amount", "sum")])
    return {row["region"]: float(row["amount_sum"]) for row in grouped.to_pylist()}


def _grouped(server: PostgresServer, database: str) -> None:
    query = NEEDED.replace("region, amount", "region, sum(amount)") + " GROUP BY region"
    with _connect(server, database) as session:
        session.execute(query).fetchall()

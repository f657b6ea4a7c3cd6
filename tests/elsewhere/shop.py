"""The shop of the examples as typed rows: a fifth of its orders, and a moment for each payment."""

from functools import cache
from pathlib import Path
from typing import Any

from tests.questions.tables import Table, load, write_csv

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "shop"

_COLUMNS: dict[str, tuple[str, ...]] = {
    "orders": (
        "order_id INTEGER", "order_date DATE", "customer_id VARCHAR", "product_id VARCHAR",
        "store_id VARCHAR", "channel VARCHAR", "region VARCHAR", "quantity INTEGER",
        "unit_price DECIMAL(10,2)", "discount DECIMAL(4,2)", "payment_method VARCHAR",
        "status VARCHAR", "shipped_date DATE", "rating INTEGER", "paid_at TIMESTAMP",
    ),
    "customers": (
        "customer_id VARCHAR", "name VARCHAR", "email VARCHAR", "city VARCHAR", "region VARCHAR",
        "segment VARCHAR", "signup_date DATE", "birth_year INTEGER",
    ),
    "products": (
        "product_id VARCHAR", "product_name VARCHAR", "category VARCHAR", "brand VARCHAR",
        "list_price DECIMAL(8,2)", "cost DECIMAL(8,2)", "launched DATE",
    ),
    "stores": (
        "store_id VARCHAR", "store_name VARCHAR", "city VARCHAR", "region VARCHAR",
        "opened DATE", "floor_area_m2 INTEGER", "manager VARCHAR",
    ),
}  # fmt: skip

_READ = {
    "orders": """
        SELECT * REPLACE (
            replace(unit_price, '£', '') AS unit_price, nullif(discount, 'N/A') AS discount
        ), order_date::DATE + to_seconds((order_id::INT * 7919) % 86400) AS paid_at
        FROM raw WHERE order_id::INT % 5 = 0
    """,
}


@cache
def shop() -> dict[str, Table]:
    """The four tables by their names."""
    import duckdb

    tables = {}
    with duckdb.connect() as db:
        for name, columns in _COLUMNS.items():
            path = EXAMPLES / f"{name}.csv"
            db.execute(f"CREATE OR REPLACE VIEW raw AS FROM read_csv('{path}', all_varchar = true)")
            fields = [column.rpartition(" ") for column in columns]
            cast = ", ".join(f"{field}::{kind}" for field, _, kind in fields)
            rows = db.execute(f"SELECT {cast} FROM ({_READ.get(name, 'FROM raw')})").fetchall()
            tables[name] = Table(name, f"{name}.csv", columns, tuple(rows), write_csv)
    return tables


def oracle(db: Any) -> None:
    """Put the typed rows into a DuckDB connection, for the SQL that is written by hand."""
    for table in shop().values():
        load(db, table)

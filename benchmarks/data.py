"""Generated sales files of any size."""

from pathlib import Path

SCHEMA = (
    "order_id INT, order_date DATE, region STRING, product STRING, quantity INT, unit_price DOUBLE"
)


def write_sales(path: Path, rows: int, *, first: int = 0) -> None:
    """Write sales as CSV or, by the path's ending, as Parquet; the same rows every time.

    Args:
        first: number of the first row.
    """
    import duckdb

    kind = "PARQUET" if path.suffix == ".parquet" else "CSV, HEADER"
    with duckdb.connect() as db:
        db.execute("SET enable_progress_bar = false")
        db.execute(
            f"""
            COPY (
                SELECT number::INTEGER AS order_id,
                       DATE '2022-01-01' + (hash(number) % 1096)::INTEGER AS order_date,
                       ['North', 'South', 'East', 'West'][(1 + hash(number + 1) % 4)::INTEGER]
                           AS region,
                       'Product ' || lpad((hash(number + 2) % 50)::VARCHAR, 2, '0') AS product,
                       (1 + hash(number + 3) % 9)::INTEGER AS quantity,
                       (hash(number + 4) % 20000 + 100)::DOUBLE / 100 AS unit_price
                FROM range({first}, {first + rows}) AS numbers(number)
            ) TO '{path}' (FORMAT {kind})
            """
        )

"""Hand-written scripts over the example shop give on Apache Spark what DuckDB says."""

from pathlib import Path

import duckdb
import pytest

from tests.parity.compare import differences
from tests.parity.spark import ROOT, SparkRun, read_output, rows_of, run_together, submit

pytestmark = [
    pytest.mark.parity,
    pytest.mark.xdist_group("spark"),
    pytest.mark.timeout(300),
]

SCRIPTS = Path(__file__).parent / "scripts"

# script: (its rows in DuckDB's SQL, whether their order counts)
ORACLE = {
    "customers_by_segment": (
        """
        SELECT segment, count(*), median(birth_year)
        FROM 'examples/shop/customers.csv' GROUP BY segment
        """,
        False,
    ),
    "revenue_by_month": (
        """
        SELECT date_trunc('month', order_date) AS month,
               sum(quantity * replace(unit_price, '£', '')::DECIMAL(10, 2))
        FROM read_csv('examples/shop/orders.csv', types = {'unit_price': 'VARCHAR'})
        WHERE year(order_date) = 2025 GROUP BY month ORDER BY month
        """,
        True,
    ),
    "top_products_per_category": (
        """
        SELECT category, row_number() OVER dearest AS rank, product_name, list_price
        FROM 'examples/shop/products.csv'
        WINDOW dearest AS (PARTITION BY category ORDER BY list_price DESC, product_name)
        QUALIFY rank <= 2 ORDER BY category, rank
        """,
        True,
    ),
}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples")
    (folder / "data").symlink_to(ROOT / "examples/shop")
    return folder


@pytest.fixture(scope="module")
def runs(workspace: Path) -> dict[str, SparkRun]:
    return run_together(workspace, sorted(SCRIPTS.glob("*.py")), timeout=280)


@pytest.mark.parametrize("name", sorted(ORACLE))
def test_same_answer_on_apache_spark(
    name: str, runs: dict[str, SparkRun], workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not runs[name].error
    check_output(name, workspace, monkeypatch)


def test_runs_with_plain_spark_submit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").symlink_to(ROOT / "examples/shop")
    done = submit(tmp_path, str(SCRIPTS / "revenue_by_month.py"), timeout=200)
    assert done.returncode == 0, done.stderr
    check_output("revenue_by_month", tmp_path, monkeypatch)


def check_output(name: str, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    query, ordered = ORACLE[name]
    with duckdb.connect() as db:
        expected = db.execute(query).fetchall()
    actual = rows_of(read_output(workspace / "output" / name))
    assert not differences(expected, actual, ordered=ordered)

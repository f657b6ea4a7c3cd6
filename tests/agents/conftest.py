"""Data to ask of."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with 300 orders and nothing else."""
    folder = tmp_path_factory.mktemp("shop")
    rows = [f"{n},2024-0{n % 3 + 1}-11,{'North' if n % 2 else 'South'},{n}" for n in range(1, 301)]
    (folder / "orders.csv").write_text("\n".join(["order_id,day,region,amount", *rows]) + "\n")
    return folder


@pytest.fixture(scope="session")
def orders(shop: Path) -> Path:
    return shop / "orders.csv"

"""The example data are what their script makes."""

from pathlib import Path

from examples.make_shop import make_shop

SHOP = Path(__file__).resolve().parents[2] / "examples/shop"


def test_the_shop_is_what_its_script_makes(tmp_path: Path) -> None:
    make_shop(tmp_path)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert made == {path.name: path.read_bytes() for path in SHOP.iterdir()}
    assert sum(map(len, made.values())) < 1_000_000

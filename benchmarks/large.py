"""Questions on a CSV of one gigabyte."""

from collections.abc import Iterator
from pathlib import Path

from benchmarks.data import write_sales
from benchmarks.measure import Measurement, PeakMemory, Tree, alternate, tell
from benchmarks.subjects import Product, check_same, pysail_by_hand

ROWS = 23_000_000


def ask_a_gigabyte(folder: Path, runs: int) -> Iterator[Measurement]:
    """First question and later ones, each a process, against scripts given the right schema."""
    csv, parquet = folder / "sales.csv", folder / "sales.parquet"
    tell("writing 1 GB")
    write_sales(csv, ROWS)
    write_sales(parquet, ROWS)
    product = Product(folder / "home")
    runs = max(3, runs // 2)

    yield peak_memory(product, csv)
    seconds = alternate(
        {
            "script by hand": lambda: pysail_by_hand(csv).seconds,
            "first question": lambda: product.ask_first(csv).seconds,
        },
        runs,
    )
    yield ratio("1 GB CSV, first question / script by hand", *seconds.values())

    check_same(product.ask(csv), pysail_by_hand(parquet))
    seconds = alternate(
        {
            "script by hand on Parquet": lambda: pysail_by_hand(parquet).seconds,
            "later question": lambda: product.ask(csv).seconds,
        },
        runs,
    )
    yield ratio("1 GB CSV, later question / script by hand on Parquet", *seconds.values())


def ratio(name: str, by_hand: float, ask: float) -> Measurement:
    return Measurement(name, ask / by_hand, "x", 1.5, f"{ask:.2f} s / {by_hand:.2f} s")


def peak_memory(product: Product, csv: Path) -> Measurement:
    """Of everything that the first question starts, the building of the cache included."""
    tell("memory")
    product.forget()
    tree = Tree()
    with PeakMemory(tree) as peak:
        product.ask(csv, tree.environment)
        until_answer = peak.mib
        tree.wait()
    detail = f"{until_answer / 1024:.2f} GiB until the answer"
    return Measurement("1 GB CSV, peak memory", peak.mib / 1024, "GiB", 2.0, detail)

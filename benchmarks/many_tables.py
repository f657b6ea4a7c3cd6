"""From a question to a script, without running it, where 500 tables are at hand."""

import csv
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median, quantiles

from benchmarks.measure import Measurement, tell
from spark_interpreter import FileSource, Settings
from spark_interpreter.generation.base import GenerationRequest
from spark_interpreter.generation.planner.planner import Planner
from spark_interpreter.model import Draft
from spark_interpreter.sources import Sources

TABLES = 500
ROWS = 40
MASTERS = {
    "customers": ("customer_name", "city", "segment", "signed_up_on"),
    "products": ("product_name", "category", "list_price"),
    "stores": ("store_name", "region", "opened_on"),
    "employees": ("employee_name", "team", "salary", "hired_on"),
    "suppliers": ("supplier_name", "country", "rating"),
}
SUBJECTS = {
    "orders": ("order_date", "channel", "amount", "discount"),
    "returns": ("return_date", "reason", "refund"),
    "invoices": ("invoice_date", "due_on", "status", "total"),
    "payments": ("paid_on", "method", "amount"),
    "shipments": ("shipped_on", "carrier", "weight", "freight"),
    "tickets": ("opened_on", "priority", "status", "minutes"),
    "contracts": ("signed_on", "status", "monthly_fee"),
    "visits": ("visited_on", "device", "pages"),
    "budgets": ("month", "category", "budget"),
    "forecasts": ("month", "units", "revenue"),
    "stock": ("counted_on", "quantity", "unit_cost"),
}
DEPARTMENTS = (
    "retail", "wholesale", "online", "export", "service", "partner", "outlet", "rental", "spare",
)  # fmt: skip
VARIANTS = ("", "_archive", "_draft", "_test", "_backup")
TEXTS = {
    "city": ("Rome", "Oslo", "Lima", "Kyoto"),
    "segment": ("private", "business"),
    "category": ("tools", "garden", "toys"),
    "region": ("north", "south", "east", "west"),
    "team": ("alpha", "beta"),
    "country": ("Italy", "Norway", "Peru"),
    "channel": ("web", "shop", "phone"),
    "reason": ("broken", "late", "size"),
    "status": ("open", "closed", "paid"),
    "method": ("card", "cash", "transfer"),
    "carrier": ("rail", "road", "air"),
    "priority": ("low", "high"),
    "device": ("phone", "laptop"),
}
QUESTIONS = (
    "total amount of retail orders by month",
    "average refund of wholesale returns by reason",
    "how many online shipments per carrier",
    "top 5 customers by amount of export orders",
    "total salary by team",
    "average rating of suppliers by country",
    "total freight of retail shipments by carrier in 2024",
    "number of service tickets by priority and status",
    "total monthly fee of partner contracts by team of the employee",
    "share of online payments by method",
    "total outlet budget by category",
    "average pages of rental visits by device",
)


def plan_among_many(folder: Path, runs: int) -> Iterator[Measurement]:
    """The planner's own time, question by question."""
    tables = write_warehouse(folder / "warehouse")
    settings = Settings(data_dir=folder / "data", cache_dir=folder / "cache")
    sources = [FileSource(uri=str(path)) for path in tables]
    tell(f"looking at {len(tables)} tables")
    Sources(settings).profile(sources)
    started = time.perf_counter()
    profiles = Sources(settings).profile(sources)
    looked = time.perf_counter() - started
    planner = Planner(settings.confidence_threshold)
    today = datetime.now(UTC).date()
    seconds, drafts = [], 0
    for question in QUESTIONS * (1 + runs):
        request = GenerationRequest(question=question, profiles=profiles, today=today)
        started = time.perf_counter()
        answer = planner.generate(request)
        seconds.append(time.perf_counter() - started)
        drafts += isinstance(answer, Draft)
    later = seconds[len(QUESTIONS) :]
    yield Measurement(
        f"planner among {len(tables)} tables, first question", seconds[0], "s", 0.3,
        f"profiles of unchanged tables {looked:.2f} s",
    )  # fmt: skip
    yield Measurement(
        f"planner among {len(tables)} tables, 95th percentile", quantiles(later, n=20)[-1], "s",
        None, f"median {median(later):.2f} s, {drafts / len(seconds):.0%} understood",
    )  # fmt: skip


def write_warehouse(folder: Path) -> list[Path]:
    """Master tables, and what each department books about them, current and kept copies."""
    folder.mkdir()
    random = Random(500)
    layouts = {name: (f"{name[:-1]}_id", *columns) for name, columns in MASTERS.items()}
    for department in DEPARTMENTS:
        for variant in VARIANTS:
            for place, (subject, columns) in enumerate(SUBJECTS.items()):
                keys = [f"{name[:-1]}_id" for name in list(MASTERS)[place % 4 : place % 4 + 2]]
                own = f"{subject.removesuffix('s')}_id"
                layouts[f"{department}_{subject}{variant}"] = (own, *keys, *columns)
    return [
        _written(folder / f"{name}.csv", columns, random)
        for name, columns in list(layouts.items())[:TABLES]
    ]


def _written(path: Path, columns: tuple[str, ...], random: Random) -> Path:
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(columns)
        for number in range(ROWS):
            rows.writerow([number if not at else _cell(c, random) for at, c in enumerate(columns)])
    return path


def _cell(column: str, random: Random) -> object:
    if column.endswith("_id"):
        return random.randrange(ROWS)
    if column in TEXTS:
        return random.choice(TEXTS[column])
    if column.endswith("_name"):
        return f"{column.removesuffix('_name')} {random.randrange(ROWS)}"
    if column.endswith(("_on", "_date")) or column == "month":
        return date(2023, 1, 1) + timedelta(days=random.randrange(1_000))
    return f"{random.uniform(1, 500):.2f}"

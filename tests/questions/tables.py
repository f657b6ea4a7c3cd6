"""The tables that questions are asked of: typed rows, and the file a person would have.

Each table is made from seeded random numbers as typed Python rows. The oracle (DuckDB) gets the
typed rows; the product gets only the file, in whatever shape such a file has in the wild.
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Table:
    """A table: its DuckDB columns ("name TYPE"), its rows and how its file is written."""

    name: str
    file: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    write: Callable[[Path, Table], None]

    @property
    def headers(self) -> list[str]:
        """Column names without their types."""
        return [c.rpartition(" ")[0].strip('"') for c in self.columns]


def write_csv(path: Path, table: Table, delimiter: str = ",") -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=delimiter, lineterminator="\n")
        writer.writerow(table.headers)
        writer.writerows(["" if v is None else v for v in row] for row in table.rows)


def write_tsv(path: Path, table: Table) -> None:
    write_csv(path, table, delimiter="\t")


def write_jsonl(path: Path, table: Table) -> None:
    with path.open("w", encoding="utf-8") as file:
        for row in table.rows:
            record = dict(zip(table.headers, row, strict=True))
            file.write(json.dumps(record, default=str, ensure_ascii=False) + "\n")


def write_parquet(path: Path, table: Table) -> None:
    import duckdb

    with duckdb.connect() as db:
        load(db, table)
        db.execute(f"COPY \"{table.name}\" TO '{path}' (FORMAT parquet)")


def write_excel(path: Path, table: Table) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet("Data")
        sheet.write_row(0, 0, table.headers)
        for number, row in enumerate(table.rows, start=1):
            for at, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(number, at, datetime(value.year, value.month, value.day))
                elif value is not None:
                    sheet.write(number, at, float(value) if isinstance(value, Decimal) else value)


def write_expenses(path: Path, table: Table) -> None:
    """A European export: Latin-1, semicolons, decimal commas, € signs, day-first dates, N/A."""

    def euros(value: Decimal | None) -> str:
        if value is None:
            return "N/A"
        whole, cents = f"{value:,.2f}".split(".")
        return f"{whole.replace(',', '.')},{cents} €"

    with path.open("w", newline="", encoding="cp1252") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        writer.writerow(table.headers)
        for number, day, employee, category, amount, vat, paid in table.rows:
            writer.writerow([
                number, f"{day:%d/%m/%Y}", employee, category or "-", euros(amount),
                "N/A" if vat is None else f"{vat}".replace(".", ","), "yes" if paid else "no",
            ])  # fmt: skip


def load(db: Any, table: Table) -> None:
    """Put the typed rows into a DuckDB connection."""
    db.execute(f'CREATE TABLE "{table.name}" ({", ".join(table.columns)})')
    if table.rows:
        marks = ", ".join("?" for _ in table.columns)
        db.executemany(
            f'INSERT INTO "{table.name}" VALUES ({marks})', [list(r) for r in table.rows]
        )


# --- the tables -------------------------------------------------------------------------------


def _sales() -> Table:
    rng = random.Random(11)
    products = {
        "Laptop": ("Electronics", "899.00"), "Phone": ("Electronics", "599.50"),
        "Headphones": ("Electronics", "79.90"), "Desk": ("Furniture", "249.00"),
        "Chair": ("Furniture", "129.25"), "Lamp": ("Furniture", "39.95"),
        "Notebook": ("Stationery", "3.49"), "Pen": ("Stationery", "1.20"),
        "Backpack": ("Accessories", "54.00"),
    }  # fmt: skip
    customers = [f"{first} {last}" for first in ("Anna", "Ben", "Carla", "David", "Eva", "Finn")
                 for last in ("Meyer", "Novak", "Okafor", "Rossi")]  # fmt: skip
    rows: list[Row] = []
    for number in range(1, 1201):
        day = date(2022, 1, 1) + timedelta(days=int(rng.triangular(0, 1094, 900)))
        product = rng.choice(list(products))
        category, price = products[product]
        rows.append((
            1000 + number, day, rng.choice(customers),
            rng.choices(["North", "South", "East", "West"], [4, 3, 2, 1])[0],
            product, category, rng.randint(1, 9), Decimal(price),
            rng.choice([None, Decimal("0.00"), Decimal("0.05"), Decimal("0.10")]),
            rng.choices(["delivered", "shipped", "cancelled", "returned"], [8, 2, 1, 1])[0],
        ))  # fmt: skip
    return Table(
        "sales", "sales.csv",
        ("order_id INTEGER", "order_date DATE", "customer VARCHAR", "region VARCHAR",
         "product VARCHAR", "category VARCHAR", "quantity INTEGER", "unit_price DECIMAL(10,2)",
         "discount DECIMAL(4,2)", "status VARCHAR"),
        tuple(rows), write_csv,
    )  # fmt: skip


def _employees() -> Table:
    rng = random.Random(12)
    firsts = ["Ada", "Boris", "Chen", "Dora", "Emil", "Fatima", "Goran", "Hana", "Ivan", "Jun"]
    lasts = ["Adams", "Berg", "Costa", "Dubois", "Evans", "Fischer", "Garcia", "Haddad"]
    titles = {
        "Engineering": ["Engineer", "Senior Engineer", "Architect"],
        "Sales": ["Account Manager", "Sales Director"], "Finance": ["Accountant", "Controller"],
        "Support": ["Support Agent"], "Legal": ["Counsel"],
    }  # fmt: skip
    rows: list[Row] = []
    salaries = rng.sample(range(30_000, 150_000, 50), 160)
    for number in range(1, 161):
        department = rng.choices(list(titles), [6, 4, 3, 3, 1])[0]
        hired = date(2010, 1, 1) + timedelta(days=rng.randrange(5000))
        rows.append((
            number, rng.choice(firsts), rng.choice(lasts), department,
            rng.choice(titles[department]), hired, salaries[number - 1],
            None if number < 6 else rng.randint(1, 5), rng.random() < 0.4,
            rng.choice(["female", "male", "diverse"]) if number % 17 else None,
            rng.randint(22, 64),
        ))  # fmt: skip
    return Table(
        "employees", "employees.tsv",
        ("employeeId INTEGER", "firstName VARCHAR", "lastName VARCHAR", "department VARCHAR",
         "jobTitle VARCHAR", "hireDate DATE", "salary INTEGER", "managerId INTEGER",
         "isRemote BOOLEAN", "gender VARCHAR", "age INTEGER"),
        tuple(rows), write_tsv,
    )  # fmt: skip


def _flights() -> Table:
    rng = random.Random(13)
    airports = ["Berlin", "Paris", "Madrid", "Rome", "Vienna", "Oslo"]
    rows: list[Row] = []
    for number in range(1, 701):
        origin, target = rng.sample(airports, 2)
        at = datetime(2024, 1, 1) + timedelta(minutes=15 * rng.randrange(4 * 24 * 182))
        cancelled = rng.random() < 0.06
        rows.append((
            f"SK{number:04d}", rng.choice(["SkyLine", "AeroNord", "BlueWing"]), origin, target, at,
            None if cancelled else round(rng.gauss(12, 25)), rng.randint(40, 220),
            round(rng.uniform(300, 2600), 1), cancelled,
        ))  # fmt: skip
    return Table(
        "flights", "flights 2024.csv",
        ('"Flight Number" VARCHAR', '"Airline" VARCHAR', '"Departure Airport" VARCHAR',
         '"Arrival Airport" VARCHAR', '"Scheduled Departure" TIMESTAMP', '"Delay (min)" INTEGER',
         '"Passengers" INTEGER', '"Distance km" DOUBLE', '"Cancelled" BOOLEAN'),
        tuple(rows), write_csv,
    )  # fmt: skip


def _expenses() -> Table:
    rng = random.Random(14)
    rows: list[Row] = []
    for number in range(1, 241):
        amount = Decimal(rng.randrange(500, 450_000)) / 100
        rows.append((
            number, date(2023, 1, 1) + timedelta(days=rng.randrange(730)),
            rng.choice(["Jürgen Groß", "Zoë Dvorák", "Mia Müller", "Noël Petit"]),
            rng.choice(["Travel", "Meals", "Hotel", "Software", None]),
            None if number % 23 == 0 else amount,
            None if number % 19 == 0 else rng.choice([Decimal("7.5"), Decimal("19.0")]),
            rng.random() < 0.7,
        ))  # fmt: skip
    return Table(
        "expenses", "expenses.csv",
        ("No INTEGER", '"Date" DATE', "Employee VARCHAR", "Category VARCHAR",
         "Amount DECIMAL(12,2)", '"VAT rate" DECIMAL(5,1)', '"Paid" BOOLEAN'),
        tuple(rows), write_expenses,
    )  # fmt: skip


def _cities() -> Table:
    rows: tuple[Row, ...] = (
        ("Berlin", "Deutschland", 3_850_000, 891.7, 1237),
        ("München", "Deutschland", 1_512_000, 310.7, 1158),
        ("Köln", "Deutschland", 1_085_000, 405.0, -38), ("Zürich", "Schweiz", 443_000, 87.9, 15),
        ("Genève", "Schweiz", 203_900, 15.9, None), ("Wien", "Österreich", 1_982_000, 414.8, 1),
        ("Łódź", "Polska", 658_000, 293.3, 1332), ("Kraków", "Polska", 804_000, 326.9, 1257),
        ("東京", "日本", 13_960_000, 2194.0, 1457), ("大阪", "日本", 2_750_000, 225.3, 645),
        ("São Paulo", "Brasil", 11_450_000, 1521.0, 1554),
        ("Curitiba", "Brasil", 1_773_000, 435.0, 1693),
        ("Ålesund", "Norge", 57_900, 98.8, 1848), ("Tromsø", "Norge", 77_700, 2521.0, 1794),
    )  # fmt: skip
    return Table(
        "städte", "städte.csv",
        ("Stadt VARCHAR", "Land VARCHAR", '"Bevölkerung" INTEGER', '"Fläche_km²" DOUBLE',
         '"Gründungsjahr" INTEGER'),
        rows, write_csv,
    )  # fmt: skip


def _contacts() -> Table:
    rng = random.Random(16)
    cities = {"Lisbon": "Portugal", "Porto": "Portugal", "Lyon": "France", "Nantes": "France",
              "Turin": "Italy", "Cork": "Ireland", "Galway": "Ireland"}  # fmt: skip
    rows: list[Row] = []
    for number in range(90):
        name = f"{rng.choice(['Alba', 'Bruno', 'Clara', 'Diego', 'Elsa', 'Fabio'])} " + rng.choice(
            ["Silva", "Moreau", "Ricci", "Byrne", "Lopes", "Martin"]
        )
        city = rng.choice(list(cities))
        mail = f"{name.split()[0].lower()}.{number}@{rng.choice(['example.org', 'example.com'])}"
        rows.append((
            name, None if number % 11 == 5 else mail, city, cities[city],
            rng.choice(["Portuguese", "French", "Italian", "English"]),
            rng.choice(["newsletter", "partner", "press"]),
        ))  # fmt: skip
    return Table(
        "contacts", "contacts.xlsx",
        ('"Full Name" VARCHAR', "Email VARCHAR", "City VARCHAR", "Country VARCHAR",
         "Language VARCHAR", '"Contact Type" VARCHAR'),
        tuple(rows), write_excel,
    )  # fmt: skip


def _company() -> Table:
    return Table(
        "company", "company.csv",
        ("name VARCHAR", "founded INTEGER", "headquarters VARCHAR", "employees INTEGER",
         "annual_revenue DOUBLE", "ceo VARCHAR"),
        (("Nordwind AG", 1987, "Hamburg", 4210, 812.5, "Petra Lindt"),), write_csv,
    )  # fmt: skip


def _refunds() -> Table:
    return Table(
        "refunds", "refunds.parquet",
        ("refund_id INTEGER", "order_id INTEGER", "refunded_at TIMESTAMP", "amount DECIMAL(10,2)",
         "reason VARCHAR"),
        (), write_parquet,
    )  # fmt: skip


def _survey() -> Table:
    rng = random.Random(19)
    headers = ("respondent_id INTEGER", "ageGroup VARCHAR", "gender VARCHAR", "country VARCHAR",
               "satisfaction_score INTEGER", "monthly_income DOUBLE",
               "submitted_on DATE")  # fmt: skip
    answers = tuple(f"answer_{n:03d} INTEGER" for n in range(1, 101))
    rows: list[Row] = []
    for number in range(1, 151):
        rows.append((
            number, rng.choice(["18-29", "30-44", "45-64", "65+"]), rng.choice(["f", "m", "x"]),
            rng.choice(["Spain", "Sweden", "Poland"]), rng.randint(1, 10),
            None if number % 13 == 0 else round(rng.uniform(900, 7800), 2),
            date(2025, 3, 1) + timedelta(days=rng.randrange(92)),
            *(rng.randint(1, 5) for _ in answers),
        ))  # fmt: skip
    return Table("survey", "survey.csv", headers + answers, tuple(rows), write_csv)


def _requests() -> Table:
    rng = random.Random(20)
    rows: list[Row] = []
    for number in range(2000):
        at = datetime(2025, 6, 1) + timedelta(seconds=rng.randrange(14 * 86_400))
        status = rng.choices([200, 301, 404, 500], [85, 5, 7, 3])[0]
        rows.append((
            at, f"10.0.{rng.randrange(4)}.{rng.randrange(1, 30)}",
            rng.choices(["GET", "POST", "DELETE"], [8, 2, 1])[0],
            rng.choice(["/home", "/search", "/cart", "/api/items", "/api/users", "/login"]), status,
            rng.randrange(200, 90_000), None if number % 41 == 0 else rng.randrange(3, 2500),
        ))  # fmt: skip
    return Table(
        "requests", "requests.jsonl",
        ("ts TIMESTAMP", "clientIp VARCHAR", "method VARCHAR", "path VARCHAR",
         "statusCode INTEGER", "bytesSent INTEGER", "durationMs INTEGER"),
        tuple(rows), write_jsonl,
    )  # fmt: skip


def _patients() -> Table:
    rng = random.Random(21)
    rows: list[Row] = []
    for number in range(1, 121):
        admitted = date(2023, 1, 1) + timedelta(days=rng.randrange(640))
        gone = None if number % 9 == 0 else admitted + timedelta(days=rng.randint(1, 30))
        rows.append((
            f"P{number:04d}", rng.choice(["Ward A", "Ward B", "ICU"]),
            rng.choice(["asthma", "fracture", "pneumonia", "diabetes"]), rng.randint(1, 95),
            round(rng.uniform(45, 120), 1), admitted, gone, rng.choice(["A", "B", "AB", "0"]),
            rng.choice(["mild", "moderate", "severe"]),
        ))  # fmt: skip
    return Table(
        "patients", "patients.parquet",
        ("patient_id VARCHAR", "ward VARCHAR", "diagnosis VARCHAR", "age INTEGER",
         "weight_kg DOUBLE", "admission_date DATE", "discharge_date DATE", "blood_type VARCHAR",
         "severity VARCHAR"),
        tuple(rows), write_parquet,
    )  # fmt: skip


def all_tables() -> dict[str, Table]:
    """Every table by name."""
    makers: Sequence[Callable[[], Table]] = (
        _sales, _employees, _flights, _expenses, _cities, _contacts, _company, _refunds, _survey,
        _requests, _patients,
    )  # fmt: skip
    return {table.name: table for table in (make() for make in makers)}


def write_all(folder: Path) -> None:
    """Write every table's file."""
    for table in all_tables().values():
        table.write(folder / table.file, table)


if __name__ == "__main__":
    import sys

    write_all(Path(sys.argv[1]))

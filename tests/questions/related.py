"""Sets of tables that refer to one another, small enough to count by hand.

The shop has namesakes, orders without a customer and of one who is gone, products nobody ordered
and customers with payments but no orders: what a careless join gets wrong.
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

from tests.questions.tables import Row, Table, write_csv


def related() -> dict[str, tuple[Table, ...]]:
    """The tables of each set, by the name of the set."""
    return {
        "shop": _shop(), "league": _league(), "school": _school(), "clubs": _clubs(),
        "clinic": _clinic(), "dispatch": _dispatch(), "plants": _plants(), "budget": _budget(),
        "warehouse": _warehouse(), "rosters": _rosters(), "unlike": _unlike(),
    }  # fmt: skip


def write_related(folder: Path) -> None:
    """Write every set into a folder of its own."""
    for name, tables in related().items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        for table in tables:
            table.write(folder / name / table.file, table)


def _table(name: str, columns: tuple[str, ...], rows: list[Row]) -> Table:
    return Table(name, f"{name}.csv", columns, tuple(rows), write_csv)


def _shop() -> tuple[Table, ...]:
    rng = random.Random(31)
    names = ["Ana Ruiz", "Ben Okafor", "Ana Ruiz", "Chloé Petit", "Dev Patel", "Eve Stone",
             "Finn Berg", "Gia Russo", "Hal Moss", "Ida Lund", "Jon Frey", "Kim Oh"]  # fmt: skip
    cities = ["Lyon", "Oslo", "Porto", "Lyon", "Oslo", "Lyon"]
    segments = ["Consumer", "Business", "Consumer", "Public"]
    customers: list[Row] = [
        (100 + at, name, cities[at % 6], segments[at % 4], 1960 + 3 * at)
        for at, name in enumerate(names)
    ]
    products: list[Row] = [
        (1, "Walking boots", "Footwear", 120.0), (2, "Sandals", "Footwear", 45.5),
        (3, "Tent", "Camping", 210.0), (4, "Stove", "Camping", 60.0),
        (5, "Kettle", "Kitchen", 30.0), (6, "Hammock", "Camping", 80.0),
        (7, "Apron", "Kitchen", 15.0),
    ]  # fmt: skip
    stores: list[Row] = [(1, "Harbour", "Oslo", 400), (2, "Old Town", "Lyon", 250),
                         (3, "Station", "Porto", 900)]  # fmt: skip
    orders: list[Row] = []
    items: list[Row] = []
    for number in range(1, 81):
        buyer = None if number % 17 == 0 else 999 if number == 40 else 100 + rng.randrange(9)
        day = date(2023, 1, 5) + timedelta(days=rng.randrange(700))
        status = rng.choice(["paid", "paid", "returned", "open"])
        orders.append((5000 + number, buyer, 1 + rng.randrange(2), day, status, 4.0 + number % 5))
        for product in rng.sample(range(1, 6), rng.randint(1, 3)):
            price = float(products[product - 1][3])
            items.append((5000 + number, product, rng.randint(1, 4), price))
    payments: list[Row] = [
        (number, 100 + rng.randrange(6, 12), date(2023, 2, 1) + timedelta(days=9 * number),
         float(rng.randint(20, 400)))
        for number in range(1, 41)
    ]  # fmt: skip
    return (
        _table("customers", ("customer_id INTEGER", "name VARCHAR", "city VARCHAR",
                             "segment VARCHAR", "birth_year INTEGER"), customers),
        _table("products", ("product_id INTEGER", "product_name VARCHAR", "category VARCHAR",
                            "list_price DOUBLE"), products),
        _table("stores", ("store_id INTEGER", "store_name VARCHAR", "city VARCHAR",
                          "floor_area INTEGER"), stores),
        _table("orders", ("order_id INTEGER", "customer_id INTEGER", "store_id INTEGER",
                          "order_date DATE", "status VARCHAR", "shipping_fee DOUBLE"), orders),
        _table("order_items", ("order_id INTEGER", "product_id INTEGER", "quantity INTEGER",
                               "unit_price DOUBLE"), items),
        _table("payments", ("payment_id INTEGER", "customer_id INTEGER", "paid_on DATE",
                            "amount DOUBLE"), payments),
    )  # fmt: skip


def _league() -> tuple[Table, ...]:
    rng = random.Random(32)
    towns = ["Avala", "Brix", "Corin", "Dover", "Elm"]
    teams: list[Row] = [
        (at + 1, f"{town} FC", town, 1900 + 7 * at) for at, town in enumerate(towns)
    ]
    matches: list[Row] = []
    for number in range(1, 31):
        home, away = rng.sample(range(1, 5), 2)
        day = date(2024, 3, 1) + timedelta(days=number)
        matches.append((number, home, away, day, rng.randrange(5), rng.randrange(4)))
    return (
        _table("teams", ("team_id INTEGER", "team_name VARCHAR", "town VARCHAR",
                         "founded INTEGER"), teams),
        _table("matches", ("match_id INTEGER", "home_team_id INTEGER", "away_team_id INTEGER",
                           "played_on DATE", "home_goals INTEGER", "away_goals INTEGER"), matches),
    )  # fmt: skip


def _school() -> tuple[Table, ...]:
    rng = random.Random(33)
    names = ["Lia", "Max", "Noor", "Otto", "Pia", "Quin", "Rui", "Sam", "Tia", "Uma"]
    students: list[Row] = [(at, name, 15 + at % 4, ["A", "B"][at % 2])
                           for at, name in enumerate(names, start=1)]  # fmt: skip
    titles = [("Algebra", 6), ("Biology", 4), ("Chess", 2), ("Drama", 3), ("Latin", 5)]
    courses: list[Row] = [(at, title, credit) for at, (title, credit) in enumerate(titles, start=1)]
    enrolments: list[Row] = []
    for student in range(1, 9):
        for course in rng.sample(range(1, 5), rng.randint(1, 3)):
            enrolments.append((student, course, rng.randint(50, 100)))
    return (
        _table("students", ("student_id INTEGER", "student_name VARCHAR", "age INTEGER",
                            "house VARCHAR"), students),
        _table("courses", ("course_id INTEGER", "title VARCHAR", "credits INTEGER"), courses),
        _table("enrolments", ("student_id INTEGER", "course_id INTEGER", "score INTEGER"),
               enrolments),
    )  # fmt: skip


def _clubs() -> tuple[Table, ...]:
    """Players and clubs, which two tables link: the members and those who wait."""
    rng = random.Random(34)
    players: list[Row] = [(at, f"Player {at}", 15 + at % 4) for at in range(1, 13)]
    clubs: list[Row] = list(enumerate(("Chess", "Drama", "Judo"), start=1))
    pairs = [(player, club) for player in range(1, 13) for club in range(1, 4)]
    both = ("player_id INTEGER", "club_id INTEGER")
    return (
        _table("players", ("player_id INTEGER", "player_name VARCHAR", "age INTEGER"), players),
        _table("clubs", ("club_id INTEGER", "club_name VARCHAR"), clubs),
        _table("memberships", both, list(rng.sample(pairs, 20))),
        _table("waitlist", both, list(rng.sample(pairs, 14))),
    )  # fmt: skip


def _clinic() -> tuple[Table, ...]:
    """Visits and invoices of patients: some have only the one or the other, or nobody's name."""
    rng = random.Random(35)
    names = ["Ada", "Ben", "Cleo", "Dan", "Ada", "Eve", "Finn", "Gus"]
    towns = ["Bath", "Hull", None, "York"]
    patients: list[Row] = [(at, name, towns[at % 4]) for at, name in enumerate(names, start=1)]
    day = date(2023, 11, 1)
    visits: list[Row] = [
        (at, rng.choice((1, 2, 3, 5, 6, None)), day + timedelta(days=rng.randint(0, 150)),
         rng.randint(5, 60)) for at in range(1, 41)
    ]  # fmt: skip
    invoices: list[Row] = [
        (at, rng.choice((2, 3, 4, 5, 7)), day + timedelta(days=rng.randint(30, 200)),
         rng.randint(20, 400) / 4) for at in range(101, 131)
    ]  # fmt: skip
    return (
        _table("patients", ("patient_id INTEGER", "patient_name VARCHAR", "town VARCHAR"),
               patients),
        _table("visits", ("visit_id INTEGER", "patient_id INTEGER", "visited_on DATE",
                          "minutes INTEGER"), visits),
        _table("invoices", ("invoice_id INTEGER", "patient_id INTEGER", "issued_on DATE",
                            "price DOUBLE"), invoices),
    )  # fmt: skip


def _dispatch() -> tuple[Table, ...]:
    """Order lines and their shipments, which only order and line together link.

    Lines without a shipment, shipments of a line that is gone and some of no line.
    """
    rng = random.Random(36)
    lines: list[Row] = [
        (order, line, ("Bolt", "Nut", "Screw")[(order + line) % 3], rng.randint(1, 9))
        for order in range(100, 120) for line in range(1, 2 + order % 3)
    ]  # fmt: skip
    shipments: list[Row] = [
        (order, None if rng.random() < 0.1 else line, ("Apex", "Swift")[rng.randrange(2)],
         rng.randint(4, 80) / 4)
        for order, line, *_ in lines for _ in range(rng.randrange(3))
    ]  # fmt: skip
    shipments += [(999, 1, "Apex", 3.5), (999, 2, "Swift", 7.0)]
    key = ("order_id INTEGER", "line_no INTEGER")
    orders: list[Row] = [(order, ("open", "paid")[order % 2]) for order in range(100, 125)]
    return (
        _table("bookings", ("order_id INTEGER", "state VARCHAR"), orders),
        _table("order_lines", (*key, "product VARCHAR", "quantity INTEGER"), lines),
        _table("shipments", (*key, "carrier VARCHAR", "weight DOUBLE"), shipments),
    )


def _plants() -> tuple[Table, ...]:
    """Sensors are numbered anew in each plant; one has never measured anything."""
    rng = random.Random(37)
    sensors: list[Row] = [
        (plant, f"S{at}", ("pressure", "flow", "heat")[(at + len(plant)) % 3], 2000 + at)
        for plant in ("Ulm", "Graz", "Bonn") for at in range(1, 5)
    ]  # fmt: skip
    readings: list[Row] = [
        (plant, sensor, date(2024, 1, 30) + timedelta(days=day), rng.randint(10, 500) / 8)
        for plant, sensor, *_ in sensors[:-1] for day in range(4)
    ]  # fmt: skip
    key = ("plant VARCHAR", "sensor VARCHAR")
    return (
        _table("sensors", (*key, "medium VARCHAR", "built INTEGER"), sensors),
        _table("readings", (*key, "day DATE", "level DOUBLE"), readings),
    )


def _budget() -> tuple[Table, ...]:
    """Sales of years and shops, and what each shop was to sell in a year."""
    rng = random.Random(38)
    shops = ("North", "South", "East", "West")
    sales: list[Row] = [
        (year, shop, rng.choice(("Tea", "Rice")), rng.randint(5, 90))
        for year in (2022, 2023) for shop in shops for _ in range(5)
    ]  # fmt: skip
    goals: list[Row] = [
        (year, shop, ("Ann", "Bob", "Cid")[(at + year) % 3], rng.randint(200, 400))
        for year in (2022, 2023, 2024) for at, shop in enumerate(shops)
    ]  # fmt: skip
    return (
        _table("sales", ("year INTEGER", "shop VARCHAR", "article VARCHAR", "revenue INTEGER"),
               sales),
        _table("goals", ("year INTEGER", "store VARCHAR", "manager VARCHAR", "goal INTEGER"),
               goals),
    )  # fmt: skip


def _warehouse() -> tuple[Table, ...]:
    """Places of three coordinates; no two of them are enough."""
    places = [(site, aisle, shelf) for site in ("A", "B") for aisle in (1, 2) for shelf in (1, 2)]
    slots: list[Row] = [(*place, ("Tea", "Rice", "Salt")[at % 3])
                        for at, place in enumerate(places)]  # fmt: skip
    counts: list[Row] = [
        (*place, date(2024, 5, day), 3 * at + day)
        for at, place in enumerate(places) for day in range(1, 4)
    ]  # fmt: skip
    key = ("site VARCHAR", "aisle INTEGER", "shelf INTEGER")
    return (
        _table("slots", (*key, "item VARCHAR"), slots),
        _table("counts", (*key, "counted_on DATE", "pieces INTEGER"), counts),
    )


def _rosters() -> tuple[Table, ...]:
    """Shifts that two pairs of columns tell apart equally well, and link to other trips."""
    shifts: list[Row] = [
        (crew, slot, 4 - slot, f"Driver {crew}{slot}") for crew in range(1, 7) for slot in (1, 2, 3)
    ]
    trips: list[Row] = [
        (crew, slot, slot % 3 + 1, 10 * crew + slot) for crew, slot, *_ in shifts for _ in (1, 2)
    ]
    key = ("crew_id INTEGER", "slot_no INTEGER", "seat_no INTEGER")
    return (
        _table("shifts", (*key, "driver VARCHAR"), shifts),
        _table("trips", (*key, "distance INTEGER"), trips),
    )


def _unlike() -> tuple[Table, ...]:
    """Lots whose numbers are text in one table and numbers in the other."""
    lots: list[Row] = [
        (f"0{batch}", lot, ("red", "blue")[lot % 2]) for batch in (1, 2, 3) for lot in (1, 2)
    ]
    tests: list[Row] = [(int(batch), lot, 10 * lot) for batch, lot, _ in lots for _ in (1, 2)]
    return (
        _table("lots", ("batch_no VARCHAR", "lot_no INTEGER", "colour VARCHAR"), lots),
        _table("tests", ("batch_no INTEGER", "lot_no INTEGER", "strength INTEGER"), tests),
    )

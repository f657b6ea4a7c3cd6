"""Writes the example data: three years of a shop that sells outdoor and home goods.

Run `python examples/make_shop.py [folder]`. The same numbers come out every time. Orders grow
from year to year, peak before Christmas and dip after it, and follow the week: people shop in
stores on Saturdays and online on Sunday evenings. A few cells are as dirty as in real exports:
`N/A` among the discounts, a price with its currency sign, missing customers and ratings.
"""

import csv
import math
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import chain
from pathlib import Path
from random import Random
from typing import NamedTuple

FIRST_DAY = date(2023, 1, 1)
LAST_DAY = date(2025, 12, 31)
ORDERS_PER_DAY = 4.1
YEARLY_GROWTH = 0.18
CUSTOMERS = 420

MONTH_FACTOR = (0.78, 0.80, 0.92, 0.97, 1.05, 1.08, 1.00, 0.90, 0.95, 1.02, 1.25, 1.70)
WEEKDAY_FACTOR = (0.85, 0.82, 0.88, 0.95, 1.15, 1.40, 0.95)
STORE_SHARE_BY_WEEKDAY = (0.42, 0.42, 0.44, 0.46, 0.52, 0.66, 0.10)

REGIONS = {
    "North": ("Aberdeen", "Leeds", "Newcastle", "York"),
    "South": ("Brighton", "Exeter", "Southampton", "Winchester"),
    "East": ("Cambridge", "Ipswich", "Norwich", "Peterborough"),
    "West": ("Bath", "Bristol", "Cardiff", "Gloucester"),
}
REGION_WEIGHTS = (24, 38, 16, 22)

FIRST_NAMES = (
    "Amelia", "Ben", "Chloe", "Daniel", "Elif", "Farah", "George", "Hannah", "Imran", "Julia",
    "Kofi", "Laura", "Marek", "Nadia", "Oliver", "Priya", "Quentin", "Rosa", "Samuel", "Tomasz",
    "Una", "Victor", "Wei", "Yasmin", "Zoë",
)  # fmt: skip
LAST_NAMES = (
    "Adeyemi", "Baker", "Clarke", "Dubois", "Evans", "Fischer", "Grant", "Hughes", "Iqbal",
    "Jansen", "Khan", "Lewis", "Morgan", "Nowak", "O'Brien", "Patel", "Quinn", "Rossi", "Silva",
    "Turner", "Underwood", "Varga", "Walker", "Young", "Zhang",
)  # fmt: skip

# category: products as (name, list price, popularity)
PRODUCTS = {
    "Camping": (
        ("Two-person tent", 189.00, 5),
        ("Four-person tent", 329.00, 2),
        ("Sleeping bag", 79.50, 6),
        ("Sleeping mat", 44.90, 6),
        ("Gas stove", 38.00, 5),
        ("Headlamp", 24.90, 9),
        ("Camping chair", 34.50, 5),
        ("Water filter", 41.00, 3),
    ),
    "Clothing": (
        ("Rain jacket", 119.00, 7),
        ("Fleece pullover", 64.00, 7),
        ("Merino socks", 16.50, 12),
        ("Hiking trousers", 84.00, 5),
        ("Wool hat", 22.00, 8),
        ("Down vest", 139.00, 3),
    ),
    "Footwear": (
        ("Hiking boots", 164.00, 6),
        ("Trail running shoes", 124.00, 6),
        ("Sandals", 69.00, 4),
        ("Gaiters", 32.50, 2),
    ),
    "Kitchen": (
        ("Steel water bottle", 27.90, 12),
        ("Enamel mug", 11.50, 11),
        ("Cast-iron pan", 54.00, 4),
        ("Lunch box", 19.90, 8),
        ("Coffee grinder", 72.00, 4),
        ("Thermos flask", 36.00, 8),
    ),
    "Lighting": (
        ("Lantern", 31.00, 6),
        ("String lights", 21.50, 7),
        ("Candle set", 14.90, 10),
        ("Solar lamp", 46.00, 3),
    ),
    "Travel": (
        ("Backpack 30 l", 94.00, 7),
        ("Backpack 60 l", 159.00, 4),
        ("Duffel bag", 74.00, 4),
        ("Packing cubes", 28.50, 6),
        ("Travel pillow", 25.00, 5),
        ("Map case", 12.90, 3),
    ),
}
BRANDS = ("Alder & Co", "Fernhill", "Kestrel", "Nordvik", "Tarn")
WINTER_PRODUCTS = frozenset(
    {"Wool hat", "Down vest", "Fleece pullover", "Thermos flask", "Candle set", "String lights"}
)
SUMMER_PRODUCTS = frozenset(
    {"Two-person tent", "Four-person tent", "Sandals", "Camping chair", "Solar lamp", "Gas stove"}
)
PAYMENT_METHODS = ("card", "paypal", "invoice", "gift card")
PAYMENT_WEIGHTS = (62, 22, 10, 6)


class Product(NamedTuple):
    product_id: str
    product_name: str
    category: str
    brand: str
    list_price: float
    cost: float
    launched: date
    popularity: int


class Store(NamedTuple):
    store_id: str
    store_name: str
    city: str
    region: str
    opened: date
    floor_area_m2: int
    manager: str


class Customer(NamedTuple):
    customer_id: str
    name: str
    email: str | None
    city: str
    region: str
    segment: str
    signup_date: date
    birth_year: int | None


class Order(NamedTuple):
    order_id: int
    order_date: date
    customer_id: str | None
    product_id: str
    store_id: str | None
    channel: str
    region: str
    quantity: int
    unit_price: str
    discount: str
    payment_method: str
    status: str
    shipped_date: date | None
    rating: int | None


def make_products(random: Random) -> list[Product]:
    items = ((category, *item) for category, items in PRODUCTS.items() for item in items)
    return [
        Product(
            product_id=f"P{number:03d}",
            product_name=name,
            category=category,
            brand=random.choice(BRANDS),
            list_price=price,
            cost=round(price * random.uniform(0.42, 0.63), 2),
            launched=date(2018, 3, 1) + timedelta(days=random.randrange(1_700)),
            popularity=popularity,
        )
        for number, (category, name, price, popularity) in enumerate(items, start=1)
    ]


def make_stores(random: Random) -> list[Store]:
    cities = [(city, region) for region, cities in REGIONS.items() for city in cities[1:3]]
    return [
        Store(
            store_id=f"S{number:02d}",
            store_name=f"{city} {random.choice(('Centre', 'Station', 'High Street', 'Market'))}",
            city=city,
            region=region,
            opened=date(2009, 4, 1) + timedelta(days=random.randrange(4_500)),
            floor_area_m2=random.randrange(180, 900, 10),
            manager=make_name(random),
        )
        for number, (city, region) in enumerate(cities, start=1)
    ]


def make_customers(random: Random) -> list[Customer]:
    return [make_customer(random, number) for number in range(1, CUSTOMERS + 1)]


def make_customer(random: Random, number: int) -> Customer:
    name = make_name(random)
    region = random.choices(tuple(REGIONS), REGION_WEIGHTS)[0]
    address = name.lower().replace(" ", ".").replace("'", "").replace("ë", "e")
    return Customer(
        customer_id=f"C{number:04d}",
        name=name,
        email=f"{address}{number}@example.com" if random.random() < 0.93 else None,
        city=random.choice(REGIONS[region]),
        region=region,
        segment=random.choices(("Consumer", "Business", "School"), (78, 15, 7))[0],
        signup_date=date(2021, 1, 1) + timedelta(days=random.randrange(1_700)),
        birth_year=random.randrange(1948, 2006) if random.random() < 0.85 else None,
    )


def make_name(random: Random) -> str:
    return f"{random.choice(FIRST_NAMES)} {random.choice(LAST_NAMES)}"


def make_orders(
    random: Random,
    products: Sequence[Product],
    stores: Sequence[Store],
    customers: Sequence[Customer],
) -> list[Order]:
    loyalty = [random.paretovariate(1.6) for _ in customers]
    days = chain.from_iterable([day] * orders_on(random, day) for day in all_days())
    return [
        make_order(
            random,
            order_id=10_000 + number,
            day=day,
            product=choose_product(random, products, day),
            store=choose_store(random, stores, day),
            customer=choose_customer(random, customers, loyalty, day),
        )
        for number, day in enumerate(days, start=1)
    ]


def all_days() -> Iterator[date]:
    for offset in range((LAST_DAY - FIRST_DAY).days + 1):
        yield FIRST_DAY + timedelta(days=offset)


def orders_on(random: Random, day: date) -> int:
    growth = (1 + YEARLY_GROWTH) ** ((day - FIRST_DAY).days / 365)
    mean = ORDERS_PER_DAY * growth * MONTH_FACTOR[day.month - 1] * WEEKDAY_FACTOR[day.weekday()]
    return max(0, round(random.gauss(mean, math.sqrt(mean))))


def choose_customer(
    random: Random, customers: Sequence[Customer], loyalty: Sequence[float], day: date
) -> Customer:
    weights = [
        weight if customer.signup_date <= day else 0.0
        for customer, weight in zip(customers, loyalty, strict=True)
    ]
    return random.choices(customers, weights)[0]


def choose_product(random: Random, products: Sequence[Product], day: date) -> Product:
    weights = [product.popularity * season_factor(product, day) for product in products]
    return random.choices(products, weights)[0]


def season_factor(product: Product, day: date) -> float:
    winter = day.month in {11, 12, 1, 2}
    if product.product_name in WINTER_PRODUCTS:
        return 1.9 if winter else 0.6
    if product.product_name in SUMMER_PRODUCTS:
        return 0.4 if winter else 1.5
    return 1.0


def choose_store(random: Random, stores: Sequence[Store], day: date) -> Store | None:
    """The store, or None for an order through the web shop."""
    if random.random() >= STORE_SHARE_BY_WEEKDAY[day.weekday()]:
        return None
    return random.choices(stores, [store.floor_area_m2 for store in stores])[0]


def make_order(
    random: Random,
    order_id: int,
    day: date,
    product: Product,
    store: Store | None,
    customer: Customer,
) -> Order:
    status = random.choices(("completed", "returned", "cancelled"), (91, 6, 3))[0]
    anonymous = store is not None and random.random() < 0.12
    return Order(
        order_id=order_id,
        order_date=day,
        customer_id=None if anonymous else customer.customer_id,
        product_id=product.product_id,
        store_id=store.store_id if store else None,
        channel="store" if store else "online",
        region=store.region if store else customer.region,
        quantity=random.choices((1, 2, 3, 4, 6, 10), (58, 22, 9, 6, 3, 2))[0],
        unit_price=make_price(random, product, day),
        discount=make_discount(random, day),
        payment_method=random.choices(PAYMENT_METHODS, PAYMENT_WEIGHTS)[0],
        status=status,
        shipped_date=make_shipped_date(random, day, store, status),
        rating=make_rating(random, status),
    )


def make_price(random: Random, product: Product, day: date) -> str:
    price = product.list_price * 1.03 ** (day.year - FIRST_DAY.year)
    text = f"{round(price * 20) / 20:.2f}"
    return f"£{text}" if random.random() < 0.0015 else text


def make_discount(random: Random, day: date) -> str:
    """The share taken off the price; the old till system writes N/A where there is none."""
    sale = day.month in {1, 7} or (day.month == 11 and day.day >= 24)
    if random.random() < (0.55 if sale else 0.12):
        return random.choice(("0.05", "0.10", "0.15", "0.20", "0.25") if sale else ("0.05", "0.10"))
    return "N/A" if random.random() < 0.01 else "0.00"


def make_shipped_date(random: Random, day: date, store: Store | None, status: str) -> date | None:
    if store is not None or status == "cancelled":
        return None
    return day + timedelta(days=random.choices((1, 2, 3, 4, 7), (35, 35, 17, 9, 4))[0])


def make_rating(random: Random, status: str) -> int | None:
    if status == "cancelled" or random.random() < 0.55:
        return None
    weights = (22, 25, 25, 18, 10) if status == "returned" else (2, 4, 12, 36, 46)
    return random.choices((1, 2, 3, 4, 5), weights)[0]


def write_table(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([to_cell(value) for value in row] for row in rows)


def to_cell(value: object) -> object:
    return f"{value:.2f}" if isinstance(value, float) else value


def make_shop(folder: Path, seed: int = 2023) -> None:
    """Writes customers, orders, products and stores into the folder as CSV."""
    random = Random(seed)
    products = make_products(random)
    stores = make_stores(random)
    customers = make_customers(random)
    orders = make_orders(random, products, stores, customers)
    folder.mkdir(parents=True, exist_ok=True)
    # How popular a product is drives the orders and is not known to the shop.
    write_table(folder / "products.csv", Product._fields[:-1], (row[:-1] for row in products))
    write_table(folder / "stores.csv", Store._fields, stores)
    write_table(folder / "customers.csv", Customer._fields, customers)
    write_table(folder / "orders.csv", Order._fields, orders)


if __name__ == "__main__":
    make_shop(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "shop")

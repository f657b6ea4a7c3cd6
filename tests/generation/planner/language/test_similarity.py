import pytest

from spark_interpreter.generation.planner.language import NameIndex, similarity, tokenize

COLUMNS = [
    "customer_id", "customer_name", "qty", "unit_price", "dob", "Num_Employees", "dept_name",
    "order_date", "LName", "fname", "tel_no", "Country", "rating",
]  # fmt: skip


@pytest.mark.parametrize(
    ("phrase", "column"),
    [
        ("quantity", "qty"),
        ("unit price", "unit_price"),
        ("unitprice", "unit_price"),
        ("date of birth", "dob"),
        ("birthdays", "dob"),
        ("number of employees", "Num_Employees"),
        ("headcount", "Num_Employees"),
        ("department name", "dept_name"),
        ("department", "dept_name"),
        ("deparment", "dept_name"),
        ("order dates", "order_date"),
        ("last name", "LName"),
        ("surnames", "LName"),
        ("first name", "fname"),
        ("forename", "fname"),
        ("phone number", "tel_no"),
        ("customer", "customer_name"),
        ("name", "customer_name"),
        ("client name", "customer_name"),
        ("nation", "Country"),
        ("countries", "Country"),
        ("contry", "Country"),
        ("score", "rating"),
        ("id", "customer_id"),
    ],
)
def test_the_best_name(phrase: str, column: str) -> None:
    matches = NameIndex(COLUMNS, "customers").match(phrase)
    assert matches, phrase
    best = {match.name for match in matches if match.score == matches[0].score}
    assert column in best


@pytest.mark.parametrize("phrase", ["weather", "wombat", "xyz", "the", "unit price of apples"])
def test_nothing_is_named(phrase: str) -> None:
    assert NameIndex(COLUMNS, "customers").match(phrase) == []


@pytest.mark.parametrize(
    ("phrase", "name", "least", "most"),
    [
        ("amount paid", "amount_piad", 0.9, 1.0),
        ("party", "parts", 0.0, 0.0),
        ("country", "county", 0.0, 0.0),
        ("affiliation type", "Affiliation", 0.85, 0.9),
        ("customer number", "customer_name", 0.0, 0.6),
        ("budget", "Budget_in_Billions", 0.9, 1.0),
        ("settlement amount", "amount_settled", 0.8, 0.95),
        ("highest", "highest_score", 0.0, 0.0),
        ("highest score", "highest_score", 1.0, 1.0),
        ("first", "first_name", 0.8, 1.0),
        ("Bevolkerung", "Bevölkerung", 1.0, 1.0),
        ("employee id", "eid", 0.9, 1.0),
        ("email addresses", "Email", 0.9, 1.0),
        ("phone number", "Phone", 0.9, 1.0),
    ],
)
def test_scores(phrase: str, name: str, least: float, most: float) -> None:
    assert least <= similarity(phrase, name) <= most


def test_prefixes_that_all_columns_share_say_nothing() -> None:
    index = NameIndex(["emp_name", "emp_dob", "emp_no", "emp_phone", "dept"], "staff")
    assert index.match("date of birth")[0].score > 0.8


def test_better_evidence_scores_higher() -> None:
    exact, stems = similarity("unit price", "unit_price"), similarity("unit prices", "unit_price")
    synonym = similarity("cost", "price")
    assert 1.0 == exact > stems > synonym > similarity("cost", "unit_price") > 0


def test_the_words_themselves_go_before_their_synonyms() -> None:
    matches = NameIndex(["cost", "list_price", "brand"], "products").match("price")
    assert [match.name for match in matches] == ["list_price", "cost"]


def test_scan_finds_the_spans() -> None:
    tokens = tokenize("average unit price per country")
    found = NameIndex(COLUMNS).scan(tokens)
    spans = {(f.first, f.stop, f.match.name) for f in found if f.match.score > 0.9}
    assert spans == {(1, 3, "unit_price"), (4, 5, "Country")}

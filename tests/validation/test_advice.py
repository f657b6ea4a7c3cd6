"""Advice is given where it is true, and blocks nothing."""

import pytest

from spark_interpreter.model import ColumnProfile, Extent, FileRead, FileSource, TableProfile
from spark_interpreter.settings import Settings
from spark_interpreter.validation import Place, Validator
from tests.validation.support import HARMLESS, ScriptedChecker, make_script, whole

MIB = 1024**2


def profile(name: str, mebibytes: int | None) -> TableProfile:
    path = f"/data/{name}.csv"
    return TableProfile(
        name=name,
        label=name,
        source=FileSource(uri=path),
        columns=(ColumnProfile(name="region", header="region", type="string"),),
        byte_count=None if mebibytes is None else mebibytes * MIB,
        read=FileRead(format="csv", paths=(path,), script_path=path),
    )


def advice(analysis: str, *profiles: TableProfile) -> list[str]:
    verdict = Validator(Settings(), ScriptedChecker()).validate(
        make_script(whole(analysis)), (), profiles=profiles
    )
    assert verdict.ok, verdict.errors
    return [finding.rule for finding in verdict.findings if finding.severity == "advice"]


READ_AGAIN = "more = spark.read.csv('/data/orders.csv')\n"


@pytest.mark.parametrize(
    ("analysis", "rule"),
    [
        ("result = orders.crossJoin(orders.limit(3))", "cartesian-join"),
        ("result = orders.join(orders)", "cartesian-join"),
        ("rows = orders.collect()\nresult = orders", "large-collect"),
        ("result = orders.orderBy('region').groupBy('region').count()", "needless-sort"),
        ("result = orders.sort('region').distinct()", "needless-sort"),
        ("result = orders.orderBy('region').orderBy('quantity')", "needless-sort"),
        ("result = orders.coalesce(1)", "single-partition"),
        ("result = orders.repartition(1)", "single-partition"),
        (f"{READ_AGAIN}result = orders.union(more)", "repeated-scan"),
        (
            "result = spark.read.option('inferSchema', 'true').json('/data/customers.json')",
            "infer-schema",
        ),
        ("result = spark.read.json('/data/customers.json', inferSchema=True)", "infer-schema"),
    ],
)
def test_given(analysis: str, rule: str) -> None:
    assert advice(analysis) == [rule]


@pytest.mark.parametrize(
    "analysis",
    [
        "result = orders.join(orders.limit(2), 'region')",
        "result = orders.join(orders.limit(2), on='region')",
        "rows = orders.limit(10).collect()\nresult = orders",
        "result = orders.groupBy('region').count().orderBy('count')",
        "result = orders.orderBy('region').limit(10).groupBy('region').count()",
        "result = orders.coalesce(8)",
        "result = orders.select(F.coalesce('region', F.lit(1)))",
        "result = spark.read.option('inferSchema', 'false').json('/data/customers.json')",
    ],
)
def test_not_given(analysis: str) -> None:
    assert advice(analysis) == []


def test_small_inputs_may_be_inferred() -> None:
    text = "result = spark.read.json('/data/customers.json', inferSchema=True)"
    assert advice(text, profile("customers", 1)) == []
    assert advice(text, profile("customers", 500)) == ["infer-schema"]
    assert advice(text, profile("customers", None)) == ["infer-schema"]


def test_inferring_costs_one_more_look_at_exactly_this_source() -> None:
    text = "result = spark.read.csv('/data/orders.csv', inferSchema=True)"
    verdict = Validator(Settings(), ScriptedChecker()).validate(
        make_script(whole(text)), (), profiles=(profile("orders", 500), profile("other", 900))
    )
    saved = {finding.rule: finding.saved_bytes for finding in verdict.findings}
    assert saved["infer-schema"] == 500 * MIB


@pytest.mark.parametrize(
    ("large", "small", "rules"),
    [
        (5_000, 50, ["broadcast-join"]),
        (5_000, 5, []),
        (100, 50, []),
        (50_000, 3_000, []),
        (None, 50, []),
    ],
)
def test_middle_sized_sides_are_broadcast(large: int | None, small: int, rules: list[str]) -> None:
    text = "stores = spark.read.parquet('/data/products.parquet')\n"
    text += "result = orders.join(stores, 'region')"
    assert advice(text, profile("orders", large), profile("stores", small)) == rules


@pytest.mark.parametrize(
    ("place", "rules"),
    [
        (Place("local"), []),
        (Place("lambda"), []),
        (Place("connect"), ["broadcast-join"]),
        (Place("connect", broadcasts=60 * MIB), []),
        (Place("emr", broadcasts=50 * MIB), []),
        (Place("emr", [Extent(label="orders", kind="file", remote=True, bytes=9 * MIB)]), []),
    ],
)
def test_advice_fits_the_place(place: Place, rules: list[str]) -> None:
    """The same script and the same data, where its engine does something else by itself."""
    text = "stores = spark.read.parquet('/data/products.parquet')\n"
    script = make_script(whole(text + "result = orders.join(stores, 'region')"))
    profiles = profile("orders", 5_000), profile("stores", 50)
    validator = Validator(Settings(), ScriptedChecker())
    before = validator.validate(script, (), profiles=profiles, placed_later=True)
    assert before.findings == ()
    after = validator.advise_on_place(before, script, profiles, place)
    assert [finding.rule for finding in after.findings] == rules


def test_everyday_scripts_get_little_advice() -> None:
    validator = Validator(Settings(), ScriptedChecker())
    for path in HARMLESS:
        verdict = validator.validate(make_script(path.read_text("utf-8")), ())
        assert len(verdict.findings) <= 2, path.stem

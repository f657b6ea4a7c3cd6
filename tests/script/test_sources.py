"""Scripts over every kind of source, as people read them; they pass the policy and the check."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from spark_interpreter.model import Script, TableProfile
from spark_interpreter.platforms.embedded.platform import EmbeddedPlatform
from spark_interpreter.script import assemble, empty_tables, from_text
from spark_interpreter.settings import Settings
from spark_interpreter.validation import Validator
from tests.script.sources import CASES, POSTGRES, SNOWFLAKE

SNAPSHOTS = Path(__file__).parents[1] / "snapshots" / "sources"


def script(profiles: Sequence[TableProfile], **places: str) -> Script:
    names = [profile.name for profile in profiles]
    joined = "".join(f'.join({name}, "order_id")' for name in names[1:])
    return assemble(
        f"result = {names[0]}{joined}.groupBy({names[0]}.region).count()",
        profiles,
        title="Rows by region",
        question="how many rows are there by region",
        assumptions=(),
        output="s3://results/1",
        app_name="session",
        **places,
    )


@pytest.fixture(scope="module")
def validator() -> Iterator[Validator]:
    settings = Settings()
    with EmbeddedPlatform(settings) as platform:
        yield Validator(settings, platform)


@pytest.mark.parametrize("name", CASES)
def test_scripts_are_as_they_were_and_pass(
    name: str, validator: Validator, update_snapshots: bool
) -> None:
    profiles = CASES[name]
    made = script(profiles)
    file = SNAPSHOTS / f"{name}.py"
    if update_snapshots:
        file.parent.mkdir(exist_ok=True)
        file.write_text(made.text)
    assert made.text == file.read_text()
    for each in (made, from_text(made.text, profiles, output="s3://results/2")):
        verdict = validator.validate(each, empty_tables(each, profiles), profiles=profiles)
        assert verdict.ok, verdict.errors
        assert [column.name for column in verdict.columns] == ["region", "count"]


def test_places_of_a_deployment_stand_in_the_header(validator: Validator) -> None:
    profiles = CASES["all"]
    made = script(profiles, jars_uri="s3://b/jars/", warehouse_uri="s3://b/warehouse")
    assert (
        '.config("spark.jars", "s3://b/jars/postgresql-42.7.8.jar,'
        's3://b/jars/snowflake-jdbc-3.27.1.jar")' in made.text
    )
    assert '.config("spark.sql.warehouse.dir", "s3://b/warehouse")' in made.text
    assert "spark.jars.packages" not in made.text
    assert validator.validate(made, empty_tables(made, profiles)).ok
    edited = from_text(made.text, profiles, output="s3://results/2")
    assert not validator.validate(edited, empty_tables(edited, profiles)).ok


def test_a_script_cannot_log_in_elsewhere(validator: Validator) -> None:
    made = script((POSTGRES, SNOWFLAKE))
    swapped = made.text.replace('credentials("shop-db")', 'credentials("warehouse")')
    edited = from_text(swapped, (POSTGRES, SNOWFLAKE), output="s3://results/2")
    verdict = validator.validate(edited, empty_tables(edited, (POSTGRES, SNOWFLAKE)))
    assert {finding.rule for finding in verdict.errors} == {"credentials"}


def test_drivers_are_the_ones_that_are_fetched() -> None:
    lock = (Path(__file__).parents[2] / "requirements/jars.lock").read_text()
    settings = script(CASES["all"]).session
    for coordinates in settings["spark.jars.packages"].split(","):
        assert f"\n{coordinates} " in lock


@pytest.mark.parametrize("partitioned", [True, False])
def test_a_large_table_is_better_read_in_parts(validator: Validator, partitioned: bool) -> None:
    read = POSTGRES.read if partitioned else POSTGRES.read.model_copy(update={"partition": None})
    profile = POSTGRES.model_copy(update={"byte_count": 10**9, "read": read})
    made = script((profile,))
    verdict = validator.validate(made, empty_tables(made, (profile,)), profiles=(profile,))
    assert ("jdbc-partitions" in {finding.rule for finding in verdict.findings}) is not partitioned

"""Answers that people vouch for, and answers that are given again."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from spark_interpreter import Interpreter, Settings
from spark_interpreter.errors import Conflict, NotFound, SettingsError, UsageError
from tests.servers.moto import Aws

QUESTION = "total amount by region"


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    rows = [f"{n},2024-0{n % 3 + 1}-11,{'North' if n % 2 else 'South'},{n}" for n in range(1, 31)]
    path.write_text("\n".join(["id,day,region,amount", *rows]) + "\n")
    return path


@pytest.fixture
def spark(tmp_path: Path) -> Iterator[Interpreter]:
    settings = Settings(data_dir=tmp_path / "data", cache_dir=tmp_path / "cache", cache_max_mb=0)
    with Interpreter(settings) as interpreter:
        yield interpreter


def test_a_repeat_takes_its_answer_from_before(spark: Interpreter, orders: Path) -> None:
    first = spark.ask(QUESTION, [orders])
    again = spark.ask(QUESTION, [orders])
    assert first.document.reused is None
    assert again.document.reused == f"{first.turn.session_id}/1"
    assert again.rows == first.rows
    assert again.to_pandas().equals(first.to_pandas())
    assert again.turn.session_id in again.script
    assert first.turn.session_id not in again.script
    assert "running" not in again.turn.timings

    assert spark.ask(QUESTION, [orders], fresh=True).document.reused is None
    assert spark.ask(f"{QUESTION} in February", [orders]).document.reused is None
    followed = spark.ask("only North", session_id=again.turn.session_id)
    assert followed.rows == (("North", 225),)


def test_an_answer_from_before_costs_its_look_at_the_data(aws: Aws, tmp_path: Path) -> None:
    bucket = aws.new_bucket()
    aws.put(bucket, "orders.csv", "region,amount\nNorth,1\nSouth,2\n")
    settings = Settings(data_dir=tmp_path / "data", cache_dir=tmp_path / "cache")
    with Interpreter(settings) as spark:
        first, again = (
            spark.ask("total amount", [f"s3://{bucket}/orders.csv"]).turn for _ in range(2)
        )
        assert again.reused
        assert again.cost == again.s3_cost
        assert 0 < again.s3_cost < first.s3_cost
        assert spark.costs().runs == pytest.approx(first.s3_cost + again.s3_cost, abs=1e-6)


def test_other_data_are_asked_again(spark: Interpreter, orders: Path) -> None:
    spark.ask(QUESTION, [orders])
    orders.write_text(orders.read_text() + "31,2024-01-01,North,1000\n")
    answer = spark.ask(QUESTION, [orders])
    assert answer.document.reused is None
    assert ("North", 1225) in answer.rows


def test_what_is_gone_is_computed_again(spark: Interpreter, orders: Path) -> None:
    first = spark.ask(QUESTION, [orders])
    for file in (spark.settings.data_dir / "output" / first.turn.session_id / "1").iterdir():
        file.unlink()
    assert spark.ask(QUESTION, [orders]).document.reused is None


def test_a_verified_question_is_answered_by_its_program(spark: Interpreter, orders: Path) -> None:
    first = spark.ask(QUESTION, [orders])
    example = spark.vouch(first.turn.session_id, 1, comment="checked with finance")
    assert example.alone
    assert example.tables[0].source == "orders.csv"

    answer = spark.ask("Total  amount by region?", [orders])
    assert answer.document.verified
    assert answer.document.reused is None
    assert answer.rows == first.rows
    followed = spark.ask("only North", session_id=answer.turn.session_id)
    assert followed.rows == (("North", 225),)

    spark.forget(example.id)
    assert not spark.ask("Total  amount by region?", [orders]).document.verified
    with pytest.raises(NotFound, match=example.id):
        spark.forget(example.id)


def test_a_correction_answers_from_then_on(spark: Interpreter, orders: Path) -> None:
    wrong = spark.ask(QUESTION, [orders])
    script = wrong.script.replace("F.sum(", "F.avg(")
    corrected = spark.run(script, [orders], session_id=wrong.turn.session_id)
    assert corrected.ok
    with pytest.raises(UsageError, match="question"):
        spark.vouch(wrong.turn.session_id, 2)
    spark.vouch(wrong.turn.session_id, 2, question=QUESTION)

    answer = spark.ask(QUESTION, [orders])
    assert answer.document.verified
    assert sorted(answer.rows) == [("North", 15.0), ("South", 16.0)]


def test_a_column_that_changed_ends_it(spark: Interpreter, orders: Path) -> None:
    first = spark.ask(QUESTION, [orders])
    spark.vouch(first.turn.session_id, 1)
    orders.write_text(orders.read_text().replace("amount", "amount_net"))
    assert not spark.ask(QUESTION, [orders]).document.verified


def test_the_day_is_not_remembered(spark: Interpreter, orders: Path) -> None:
    first = spark.ask("total amount by region last month", [orders])
    if first.ok:
        assert not spark.vouch(first.turn.session_id, 1).alone
    script = spark.run(spark.ask(QUESTION, [orders]).script, [orders])
    assert not spark.vouch(script.turn.session_id, 1, question="sales so far this year").alone


def test_files_can_be_reviewed(spark: Interpreter, orders: Path) -> None:
    answer = spark.ask(QUESTION, [orders])
    example = spark.vouch(answer.turn.session_id, 1)
    file = spark.settings.data_dir / "verified" / "orders.toml"
    (entry,) = tomllib.loads(file.read_text("utf-8"))["example"]
    assert entry["question"] == QUESTION
    assert entry["analysis"] == example.analysis
    assert '"""\nresult = (' in file.read_text("utf-8")
    assert spark.examples() == (example,)

    file.write_text("[[example]]\nquestion = 1\n")
    with pytest.raises(SettingsError, match=r"orders\.toml"):
        spark.examples()


def test_only_answers_can_be_vouched_for(spark: Interpreter, orders: Path) -> None:
    refused = spark.ask("average shoe size by planet", [orders])
    with pytest.raises(Conflict, match="no answer"):
        spark.vouch(refused.turn.session_id, 1)
    changed = spark.ask(QUESTION, [orders]).script.replace('"header", "true"', '"header", "True"')
    own = spark.run(changed, [orders])
    assert own.ok, own.turn.error
    with pytest.raises(UsageError, match="reads"):
        spark.vouch(own.turn.session_id, 1, question=QUESTION)

"""The glossary file: what it may say, how it is told what is wrong, and that it may change."""

import os
from pathlib import Path

import pytest

from spark_interpreter.errors import SettingsError
from spark_interpreter.model import DefaultFilter, Glossary, Metric, Term
from spark_interpreter.sources.glossary import GlossaryFile

TEXT = """
[[term]]
means = "orders.amount"
words = ["order value", "Bestellwert"]
unit = "EUR"

[[metric]]
name = "net revenue"
table = "orders"
formula = "quantity * unit_price * (1 - discount)"

[[filter]]
table = "orders"
where = "status <> 'cancelled'"
description = "cancelled orders are left out"
"""


def test_no_file_is_an_empty_glossary(tmp_path: Path) -> None:
    assert GlossaryFile(tmp_path / "glossary.toml").read() == Glossary()


def test_what_it_says(tmp_path: Path) -> None:
    file = tmp_path / "glossary.toml"
    file.write_text(TEXT, "utf-8")
    assert GlossaryFile(file).read() == Glossary(
        terms=(Term(means="orders.amount", words=("order value", "Bestellwert"), unit="EUR"),),
        metrics=(
            Metric(
                name="net revenue", table="orders",
                formula="quantity * unit_price * (1 - discount)",
            ),
        ),
        filters=(
            DefaultFilter(
                table="orders", where="status <> 'cancelled'",
                description="cancelled orders are left out",
            ),
        ),
    )  # fmt: skip


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "glossary.toml"
    file.write_text(TEXT, "utf-8")
    glossary = GlossaryFile(file)
    assert glossary.read().terms
    file.write_text("", "utf-8")
    os.utime(file, ns=(1, 1))
    assert glossary.read() == Glossary()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[term]\n", "line 1"),
        ("[[word]]\nmeans = 'x'\n", "[[word]]"),
        ("[[term]]\nwords = ['x']\n", "term 1, means: field required"),
        ("[[term]]\nmeans = 'a'\n[[term]]\nmeans = 'b'\nword = 'x'\n", "term 2, word"),
        ("[[metric]]\nname = 'x'\ntable = 'orders'\nformula = ''\n", "metric 1, formula"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "glossary.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(SettingsError) as refused:
        GlossaryFile(file).read()
    assert said in refused.value.message
    assert str(file) in refused.value.message


def test_bytes_that_are_not_text(tmp_path: Path) -> None:
    file = tmp_path / "glossary.toml"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match=r"glossary\.toml"):
        GlossaryFile(file).read()

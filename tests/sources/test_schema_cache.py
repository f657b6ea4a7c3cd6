"""What sources said of themselves is kept for a while, with its age."""

import time
from datetime import timedelta
from pathlib import Path

import pytest

from spark_interpreter.errors import SourceDenied
from spark_interpreter.model import CatalogColumn, CatalogTable, Known, now
from spark_interpreter.sources.schema_cache import SchemaCache

KEY = ("glue", "eu-west-1", "me", "shop.sales")


def table(comment: str) -> CatalogTable:
    column = CatalogColumn(name="n", type="int", declared_type="int")
    return CatalogTable(schema_name="shop", name="sales", comment=comment, columns=(column,))


@pytest.fixture
def cache(tmp_path: Path) -> SchemaCache:
    return SchemaCache(tmp_path / "schemas", seconds=60)


def test_an_answer_is_kept_for_other_processes_and_refreshed_on_demand(
    cache: SchemaCache, tmp_path: Path
) -> None:
    first = cache.get(KEY, CatalogTable, lambda: table("first"))
    other = SchemaCache(tmp_path / "schemas", seconds=60)
    assert other.get(KEY, CatalogTable, lambda: table("second")) == first
    assert 0 <= first.age_seconds < 60
    fresh = other.get(KEY, CatalogTable, lambda: table("second"), refresh=True)
    assert fresh.value.comment == "second"
    assert cache.get(KEY, CatalogTable, lambda: table("third")).value.comment == "second"


def test_keys_do_not_share_answers(cache: SchemaCache) -> None:
    cache.get(("a", "bc"), str, lambda: "one")
    assert cache.get(("ab", "c"), str, lambda: "two").value == "two"
    cache.forget(("a", "bc"))
    assert cache.get(("a", "bc"), str, lambda: "three").value == "three"


def test_old_or_damaged_answers_are_asked_for_again(cache: SchemaCache, tmp_path: Path) -> None:
    cache.get(KEY, str, lambda: "old")
    (file,) = (tmp_path / "schemas").iterdir()
    file.write_text(Known[str](value="old", looked=now() - timedelta(hours=1)).model_dump_json())
    assert cache.get(KEY, str, lambda: "new").value == "new"
    file.write_text("{")
    assert cache.get(KEY, str, lambda: "newer").value == "newer"


def test_errors_are_not_kept(cache: SchemaCache) -> None:
    def denied() -> str:
        raise SourceDenied("No.")

    with pytest.raises(SourceDenied):
        cache.get(KEY, str, denied)
    assert cache.get(KEY, str, lambda: "yes").value == "yes"


def test_nothing_is_written_when_nothing_is_to_be_kept(tmp_path: Path) -> None:
    cache = SchemaCache(tmp_path / "schemas", seconds=0)
    answers = iter(["one", "two"])
    assert cache.get(KEY, str, lambda: next(answers)).value == "one"
    assert cache.get(KEY, str, lambda: next(answers)).value == "two"
    assert not (tmp_path / "schemas").exists()


def test_long_forgotten_answers_are_removed(cache: SchemaCache, tmp_path: Path) -> None:
    import os

    cache.get(KEY, str, lambda: "old")
    (file,) = (tmp_path / "schemas").iterdir()
    days_ago = time.time() - 3 * 24 * 3600
    os.utime(file, (days_ago, days_ago))
    cache.get(("other",), str, lambda: "new")
    assert not file.exists()

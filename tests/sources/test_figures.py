"""Figures of columns, keys, value look-up, and profiles that are kept."""

from pathlib import Path

from spark_interpreter.model import FileSource, TableProfile, ValueCount
from spark_interpreter.sources import Sources


def csv(folder: Path, name: str, text: str) -> FileSource:
    (folder / name).write_text(text)
    return FileSource(uri=str(folder / name))


def test_figures(sources: Sources, tmp_path: Path) -> None:
    text = (
        "id,region,amount,day\n1,north,10,2024-01-03\n2,south,20,2024-01-01\n3,north,,2024-01-02\n"
    )
    (profile,) = sources.profile([csv(tmp_path, "sales.csv", text)])
    identity, region, amount, day = profile.columns
    assert identity.unique
    assert profile.primary_key == ("id",)
    assert region.top_values == (
        ValueCount(value="north", count=2),
        ValueCount(value="south", count=1),
    )
    assert region.values_complete
    assert (amount.null_count, amount.minimum, amount.maximum, amount.mean) == (1, 10, 20, 15.0)
    assert (day.minimum, day.maximum) == ("2024-01-01", "2024-01-03")
    assert (profile.row_count, profile.row_count_exact, profile.sampled_rows) == (3, True, 3)


def test_many_values_are_cut_and_say_so(sources: Sources, tmp_path: Path) -> None:
    text = "n,v\n" + "".join(f"{i},value {i}\n" for i in range(500))
    (profile,) = sources.profile([csv(tmp_path, "v.csv", text)])
    column = profile.column("v")
    assert (len(column.top_values), column.values_complete, column.distinct_count) == (
        200,
        False,
        500,
    )


def test_names_are_identifiers_and_differ(sources: Sources, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    given = [
        csv(tmp_path, "Orders 2024.csv", "a,b\n1,2\n"),
        csv(tmp_path / "sub", "orders-2024.csv", "a,b\n1,2\n"),
        csv(tmp_path, "2024.csv", "a,b\n1,2\n"),
        csv(tmp_path, "result.csv", "a,b\n1,2\n"),
        csv(tmp_path, "class.csv", "a,b\n1,2\n"),
        csv(tmp_path, "über.csv", "a,b\n1,2\n"),
        csv(tmp_path, "数据.csv", "a,b\n1,2\n"),
    ]
    assert [p.name for p in sources.profile(given)] == [
        "orders_2024", "orders_2024_2", "t_2024", "result_data", "class_data", "uber", "data",
    ]  # fmt: skip


def test_foreign_keys(sources: Sources, tmp_path: Path) -> None:
    customers = "customer_id,name\n" + "".join(f"{i},c{i}\n" for i in range(1, 60))
    orders = "id,customer_id,quantity\n" + "".join(f"{i},{i % 50 + 1},{i % 7}\n" for i in range(90))
    profiles = sources.profile(
        [csv(tmp_path, "customers.csv", customers), csv(tmp_path, "orders.csv", orders)]
    )
    (key,) = profiles[1].foreign_keys
    assert (key.columns, key.table, key.references) == (
        ("customer_id",),
        "customers",
        ("customer_id",),
    )
    assert key.origin == "inferred"
    assert not profiles[0].foreign_keys


def test_foreign_key_named_after_the_table(sources: Sources, tmp_path: Path) -> None:
    profiles = sources.profile(
        [
            csv(tmp_path, "country.csv", "id,name\n1,Italy\n2,Spain\n"),
            csv(tmp_path, "city.csv", "id,country_id,name\n1,1,Rome\n2,2,Madrid\n3,1,Pisa\n"),
        ]
    )
    assert [k.columns for k in profiles[1].foreign_keys] == [("country_id",)]


def test_find_values(sources: Sources, tmp_path: Path) -> None:
    text = "n,city\n" + "1,Rome\n" * 3 + "2,New Rome\n" * 5 + "3,Oslo\n4, rome\n"
    (profile,) = sources.profile([csv(tmp_path, "c.csv", text)])
    found = sources.find_values(profile, "city", "rome")
    assert [(v.value, v.count) for v in found] == [("Rome", 3), ("rome", 1), ("New Rome", 5)]
    assert sources.find_values(profile, "city", "%") == ()


def test_a_profile_is_kept_until_its_file_changes(sources: Sources, tmp_path: Path) -> None:
    source = csv(tmp_path, "a.csv", "a,b\n1,2\n")
    (first,) = sources.profile([source])
    kept = list((tmp_path / "cache/profiles").iterdir())
    assert sources.profile([source]) == (first,)
    assert list((tmp_path / "cache/profiles").iterdir()) == kept
    csv(tmp_path, "a.csv", "a,b\nx,y\nz,w\n")
    (second,) = sources.profile([source])
    assert second.version != first.version
    assert second.column("a").type == "string"


def test_a_damaged_kept_profile_is_made_again(sources: Sources, tmp_path: Path) -> None:
    source = csv(tmp_path, "a.csv", "a,b\n1,2\n")
    (first,) = sources.profile([source])
    for kept in (tmp_path / "cache/profiles").iterdir():
        kept.write_text('{"name": ')
    assert sources.profile([source]) == (first,)


def test_large_clean_files_need_no_conversion(sources: Sources, tmp_path: Path) -> None:
    text = "id,day,v\n" + "".join(f"{i},2024-01-0{i % 9 + 1},{i}.5\n" for i in range(300_000))
    (profile,) = sources.profile([csv(tmp_path, "big.csv", text)])
    assert isinstance(profile, TableProfile)
    assert profile.file_read.engine_direct
    assert not profile.file_read.ragged
    assert profile.issues == ()
    assert (profile.row_count, profile.row_count_exact) == (300_000, True)
    assert [c.type for c in profile.columns] == ["bigint", "date", "double"]

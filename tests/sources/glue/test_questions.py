"""Questions of Glue tables, from the words to the answer on this machine."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from spark_interpreter import Answer, Interpreter, Settings
from spark_interpreter.model import Event, GlueTable
from tests.sources.glue.conftest import LAZY, OPEN_CSV, ORC, PARQUET, Lake
from tests.sources.glue.test_formats import FORMATS

Ask = Callable[..., Answer]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("home")
    return Settings(data_dir=folder / "data", cache_dir=folder / "cache")


@pytest.fixture(scope="module")
def spark(home: Settings) -> Iterator[Interpreter]:
    with Interpreter(home) as interpreter:
        yield interpreter


@pytest.fixture
def ask(spark: Interpreter, lake: Lake) -> Ask:
    def asked(question: str, table: str, **more: Any) -> Answer:
        source = GlueTable(database=lake.database, table=table)
        answer = spark.ask(question, [source], **more)
        assert answer.ok, answer.document
        return answer

    return asked


@pytest.mark.parametrize("kind", ["lazy", "openx", "parquet", "orc"])
def test_a_question_of_a_table_of_each_format(lake: Lake, ask: Ask, kind: str) -> None:
    serde, options, body, _ = FORMATS[kind]
    lake.table("sales", serde, options=options)
    lake.put("sales/one", body)
    answer = ask("total amount by region", "sales")
    assert f'sales = spark.table("{lake.database}.sales")' in answer.script
    assert {str(name): str(total) for name, total in answer.rows} == {
        "north": "10.50", "Süd": "0.05", "None": "None",
    }  # fmt: skip


def test_a_filter_on_a_partition_key_reads_its_partitions_alone(lake: Lake, ask: Ask) -> None:
    columns = [("region", "string"), ("amount", "int"), ("unused", "string")]
    lake.table("sales", LAZY, columns, keys=[("day", "date")], options={"field.delim": ","})
    for day, amount in [
        ("2024-02-29", 1),
        ("2024-03-01", 10),
        ("2024-03-31", 20),
        ("2024-04-01", 5),
    ]:
        lake.partition("sales", [day], LAZY, f"sales/day={day}")
        lake.glue.update_partition(
            DatabaseName=lake.database, TableName="sales", PartitionValueList=[day],
            PartitionInput={
                "Values": [day],
                "StorageDescriptor": lake.descriptor(
                    f"sales/day={day}", LAZY, columns, {"field.delim": ","}
                ),
            },
        )  # fmt: skip
        lake.put(f"sales/day={day}/0", f"north,{amount},x\nsouth,oops,x\n")
    events: list[Event] = []
    answer = ask("total amount by region in March 2024", "sales", on_event=events.append)
    assert dict(answer.rows)["north"] == 30
    told = [e.message for e in events if "partitions read" in e.message]
    assert told == [f"{lake.database}.sales: 2 of 4 partitions read"]
    issue = next(i for i in answer.document.data_issues if i.kind == "unreadable")
    assert (issue.column, issue.count, issue.examples) == ("amount", 2, ("oops",))


def test_text_of_open_csv_is_made_into_numbers_by_the_script(lake: Lake, ask: Ask) -> None:
    lake.table("quoted", OPEN_CSV, [("city", "string"), ("qty", "bigint"), ("day", "string")])
    lines = [f'"{"Ulm, x" if n % 2 else "Bonn"}",{n or ""},2024-0{n % 3 + 1}-05' for n in range(6)]
    lake.put("quoted/a.csv", "\n".join(lines) + "\n")
    answer = ask("total qty by city", "quoted")
    assert ".withColumn" in answer.script
    assert dict(answer.rows) == {"Ulm, x": 9, "Bonn": 6}
    by_month = ask("total qty by month of day", "quoted")
    assert [row[-1] for row in by_month.rows] == [3, 5, 7]


def test_a_late_cell_that_means_missing_is_learned(lake: Lake, ask: Ask) -> None:
    lake.table("late", OPEN_CSV, [("city", "string"), ("qty", "int")])
    lake.put("late/a.csv", "".join(f"Bonn,{n % 7}\n" for n in range(80_000)) + "Ulm,n/a\n")
    answer = ask("total qty by city", "late")
    assert dict(answer.rows) == {"Bonn": sum(n % 7 for n in range(80_000)), "Ulm": None}
    assert "qty: 'n/a' counted as missing." in [i.message for i in answer.document.data_issues]


def test_late_cells_that_are_no_numbers_leave_their_column_text(
    lake: Lake, ask: Ask, spark: Interpreter
) -> None:
    lake.table("late", OPEN_CSV, [("city", "string"), ("qty", "int")])
    more = "".join(f"Ulm,{word}\n" for word in ("many", "few", "some", "lots", "none left") * 9000)
    lake.put("late/a.csv", "".join(f"Bonn,{n % 7}\n" for n in range(90_000)) + more)
    assert dict(ask("count rows by city", "late").rows) == {"Bonn": 90_000, "Ulm": 45_000}
    source = GlueTable(database=lake.database, table="late")
    answer = spark.ask("total qty by city", [source])
    assert answer.document.status == "needs_input", answer.document
    issues = [i.message for i in answer.document.data_issues]
    assert any(m.startswith("qty has cells that are no int ('") for m in issues), issues


def test_rows_are_counted_without_reading_columns(lake: Lake, ask: Ask) -> None:
    for serde, kind in [(PARQUET, "parquet"), (ORC, "orc")]:
        lake.table(kind, serde)
        lake.put(f"{kind}/a", FORMATS[kind][2])
        assert ask("how many rows are there", kind).rows == ((3,),)


def test_a_table_dropped_between_two_questions(lake: Lake, ask: Ask, spark: Interpreter) -> None:
    lake.table("sales", PARQUET)
    lake.put("sales/a", FORMATS["parquet"][2])
    first = ask("total amount", "sales")
    lake.glue.delete_table(DatabaseName=lake.database, Name="sales")
    again = spark.ask("total amount by region", session_id=first.turn.session_id)
    assert again.document.error is not None
    assert again.document.error.code == "source_not_found"
    assert "no table 'sales'" in again.document.error.message


def test_a_key_of_two_columns_is_found_in_tables(lake: Lake, spark: Interpreter) -> None:
    key = [("order_id", "int"), ("line_no", "string")]
    lake.table("order_lines", OPEN_CSV, [*key, ("product", "string")])
    text = "".join(f'"{order}","{line}","P{line}"\n' for order in range(20) for line in "xy")
    lake.put("order_lines/one", text)
    lake.table("shipments", LAZY, [*key, ("weight", "int")], options={"field.delim": ","})
    weights = "".join(f"{order},{line},{order}\n" for order in range(20) for line in "xyy")
    lake.put("shipments/one", weights)
    tables = [GlueTable(database=lake.database, table=t) for t in ("order_lines", "shipments")]
    answer = spark.ask("total weight by product", tables)
    assert answer.ok, answer.document
    assert {str(p): int(str(w)) for p, w in answer.rows} == {"Px": 190, "Py": 380}

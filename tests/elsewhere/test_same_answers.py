"""The same shop in every kind of source answers the same questions alike.

What the CSV files have as text or as whole numbers, a database may have as something better
(moments with a zone, decimals): values are compared, as numbers and as points in time.
"""

import duckdb
import pytest

from spark_interpreter import Answer
from tests.elsewhere.asking import PLACES, Case, Everywhere, cases
from tests.parity.compare import Row, differences
from tests.questions.compare import agree
from tests.questions.test_questions import explain, rows_of

pytestmark = [pytest.mark.xdist_group("spark"), pytest.mark.timeout(300)]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("case", cases("questions.toml"), ids=lambda case: case["id"])
def test_the_answer_is_the_same_everywhere(
    everywhere: Everywhere, oracle: duckdb.DuckDBPyConnection, case: Case, place: str
) -> None:
    answer = everywhere.ask(case, place)
    assert answer.status == "answered", explain(answer)
    gold, found = oracle.execute(case["sql"]).fetchall(), rows_of(answer)
    ordered = case.get("ordered", False)
    assert agree(gold, found, ordered=ordered), (
        f"{explain(answer)}\nexpected {gold[:5]}\nfound    {found[:5]}"
    )
    here = everywhere.ask(case, "local")
    assert not differences(by_name(here), by_name(answer), ordered=ordered)


def by_name(answer: Answer) -> list[Row]:
    """The names of the columns, in small letters and in order, and the rows in that order.

    The columns that name folders come last, and Snowflake's names are in capitals.
    """
    places = sorted(range(len(answer.columns)), key=lambda at: answer.columns[at].casefold())
    names = tuple(answer.columns[at].casefold() for at in places)
    return [names, *(tuple(row[at] for at in places) for row in rows_of(answer))]

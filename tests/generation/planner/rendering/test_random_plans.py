"""Plans nobody thought of render to valid code, and a sample of them runs."""

import ast
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st

from spark_interpreter.generation.planner.plan import (
    Aggregate,
    AllOf,
    AnyOf,
    Arithmetic,
    Derive,
    Distinct,
    Expression,
    Filter,
    InQuery,
    IsNull,
    Limit,
    Match,
    Named,
    Not,
    OneOf,
    Plan,
    Predicate,
    Project,
    Relation,
    ScalarQuery,
    Sort,
    Top,
    Truncate,
    Windowed,
)
from spark_interpreter.generation.planner.rendering import output_columns, render
from spark_interpreter.generation.planner.wording import explanation, reading, title
from tests.generation.planner.rendering.shop import (
    ORDERS,
    PROFILES,
    RETURNS,
    agg,
    by,
    c,
    compare,
    group,
    k,
    n,
)

NUMBERS = ("id", "quantity", "price", "amount")
TEXTS = ("product", "region")
AVERAGE = ScalarQuery(relation=group(ORDERS, mean=agg("avg", "price")))

numbers: st.SearchStrategy[Expression] = st.recursive(
    st.sampled_from(NUMBERS).map(c) | st.integers(-5, 5).map(k) | st.just(AVERAGE),
    lambda inner: st.builds(Arithmetic, op=st.sampled_from("+-*/%"), left=inner, right=inner),
    max_leaves=4,
)
simple: st.SearchStrategy[Predicate] = st.one_of(
    st.builds(compare, st.sampled_from(NUMBERS), st.sampled_from(["=", "<", ">="]), numbers),
    st.builds(
        Match,
        value=st.sampled_from(TEXTS).map(c),
        kind=st.sampled_from(["contains", "starts", "ends", "equals"]),
        text=st.text(max_size=6),
        ignore_case=st.booleans(),
    ),
    st.builds(
        OneOf,
        value=st.sampled_from(TEXTS).map(c),
        options=st.lists(st.text(max_size=4).map(k), min_size=1, max_size=3).map(tuple),
    ),
    st.builds(IsNull, value=st.sampled_from(NUMBERS + TEXTS).map(c)),
    st.builds(
        InQuery,
        value=st.just(c("id")),
        relation=st.just(Project(input=RETURNS, columns=(n("id"),))),
        negated=st.booleans(),
    ),
)
predicates: st.SearchStrategy[Predicate] = st.recursive(
    simple,
    lambda inner: st.one_of(
        st.builds(Not, part=inner),
        st.builds(AllOf, parts=st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(AnyOf, parts=st.lists(inner, min_size=1, max_size=3).map(tuple)),
    ),
    max_leaves=4,
)
rows: st.SearchStrategy[Relation] = st.recursive(
    st.just(ORDERS),
    lambda inner: st.one_of(
        st.builds(Filter, input=inner, predicate=predicates),
        st.builds(
            Derive,
            input=inner,
            columns=numbers.map(lambda value: (Named(name="new", value=value),)),
        ),
        st.builds(Sort, input=inner, keys=st.sampled_from(NUMBERS).map(lambda x: (by(x),))),
        st.builds(Limit, input=inner, count=st.integers(0, 5), offset=st.integers(0, 2)),
    ),
    max_leaves=3,
)
KEYS = (n("region"), n("month", Truncate(unit="month", value=c("day"))))
groups = st.builds(
    Aggregate,
    input=rows,
    keys=st.sampled_from([(), KEYS[:1], KEYS[1:], KEYS]),
    measures=st.lists(
        st.builds(
            agg,
            st.sampled_from(["sum", "avg", "min", "max", "count", "median", "stddev"]),
            numbers,
            where=st.none() | simple.filter(lambda part: not isinstance(part, InQuery)),
        ),
        min_size=1,
        max_size=2,
    ).map(lambda values: tuple(n(f"m{i}", value) for i, value in enumerate(values))),
)
relations = st.one_of(
    rows,
    groups,
    st.builds(Distinct, input=rows),
    st.builds(
        Top,
        input=groups,
        count=st.integers(1, 3),
        order=st.booleans().map(lambda down: (by("m0", descending=down),)),
        ties=st.booleans(),
    ),
    groups.map(
        lambda inner: Derive(
            input=inner,
            columns=(n("share", Windowed(function="sum", value=c("m0"))),),
        )
    ),
)


@settings(max_examples=150, deadline=None)
@given(relations)
def test_code_parses_and_words_are_found(relation: Relation) -> None:
    plan = Plan(relation=relation)
    code = render(plan, PROFILES)
    ast.parse(code)
    assert code == render(plan, PROFILES)
    names = [column.name.lower() for column in output_columns(plan, PROFILES)]
    assert len(set(names)) == len(names)
    assert title(plan, PROFILES)
    assert reading(plan, PROFILES).endswith(".")
    assert explanation(plan, PROFILES).endswith(".")


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(relation=relations)
def test_code_runs(relation: Relation, run: Callable[[Plan], Any]) -> None:
    plan = Plan(relation=relation)
    names = run(plan).column_names
    assert names == [column.name for column in output_columns(plan, PROFILES)]

"""What would make a script faster or safer on large data; never blocks."""

import ast
from collections import defaultdict
from collections.abc import Sequence

from spark_interpreter.model import TableProfile
from spark_interpreter.validation import names
from spark_interpreter.validation.data_advice import LARGE_BYTES
from spark_interpreter.validation.findings import Findings
from spark_interpreter.validation.kinds import Kinds
from spark_interpreter.validation.names import Kind

_SORTS = frozenset({"orderBy", "sort"})
_ORDER_FORGETTING = frozenset({"agg", "count", "cube", "distinct", "groupBy", "groupby", "rollup"})
_READS = frozenset({"csv", "json", "load", "orc", "parquet", "table", "text"})
_SHORTENING = frozenset({"describe", "limit", "summary"})


def advise(kinds: Kinds, profiles: Sequence[TableProfile], findings: Findings) -> None:
    """Add advice about a script the policy allows."""
    calls = [node for node in kinds.nodes if isinstance(node, ast.Call)]
    methods = [(call, call.func) for call in calls if isinstance(call.func, ast.Attribute)]
    for call, method in methods:
        _advise_join(call, method, kinds, findings)
        _advise_collect(call, method, kinds, findings)
        _advise_infer_schema(call, method, kinds, profiles, findings)
        _advise_sort(call, method, kinds, findings)
        _advise_single_partition(call, method, kinds, findings)
    _advise_repeated_scans(methods, kinds, findings)
    _advise_udfs(calls, kinds, findings)


def _advise_join(call: ast.Call, method: ast.Attribute, kinds: Kinds, findings: Findings) -> None:
    if kinds.of(method.value) is not Kind.FRAME:
        return
    if method.attr == "crossJoin" or (method.attr == "join" and not has_condition(call)):
        findings.advice(
            "cartesian-join", "This join pairs every row with every other row.", call.lineno,
            "Join on a key if there is one.",
        )  # fmt: skip


def has_condition(join: ast.Call) -> bool:
    """Whether a call of `join` says what is joined on."""
    return len(join.args) > 1 or any(keyword.arg == "on" for keyword in join.keywords)


def _advise_collect(
    call: ast.Call, method: ast.Attribute, kinds: Kinds, findings: Findings
) -> None:
    if method.attr != "collect" or kinds.of(method.value) is not Kind.FRAME:
        return
    if _method_called(method.value) not in _SHORTENING:
        findings.advice(
            "large-collect", "collect() brings every row into the script's memory.", call.lineno,
            "Put limit() before it, or keep the data in Spark.",
        )  # fmt: skip


def _advise_infer_schema(
    call: ast.Call,
    method: ast.Attribute,
    kinds: Kinds,
    profiles: Sequence[TableProfile],
    findings: Findings,
) -> None:
    if kinds.of(method.value) is not Kind.READER or not _infers_schema(call, kinds):
        return
    places = kinds.texts(call.args[0]) if call.args else None
    sizes = [profile.byte_count for profile in profiles]
    if any(size is None or size > LARGE_BYTES for size in sizes) or not sizes:
        findings.advice(
            "infer-schema", "inferSchema reads the whole input one more time.", call.lineno,
            "Name the columns and their types with schema().",
            saved_bytes=_size_of(places or [], profiles),
        )  # fmt: skip


def _size_of(places: Sequence[str], profiles: Sequence[TableProfile]) -> int | None:
    """Bytes of the source that a read names; None where they are not known."""
    sizes = {profile.read.locations: profile.byte_count for profile in profiles}
    return sizes.get(tuple(places))


def _infers_schema(call: ast.Call, kinds: Kinds) -> bool:
    pairs = [(keyword.arg or "", keyword.value) for keyword in call.keywords]
    if len(call.args) == 2:
        pairs.append((kinds.text(call.args[0]) or "", call.args[1]))
    return any(
        key.casefold() == "inferschema"
        and isinstance(value, ast.Constant)
        and str(value.value).casefold() == "true"
        for key, value in pairs
    )


def _advise_sort(call: ast.Call, method: ast.Attribute, kinds: Kinds, findings: Findings) -> None:
    if kinds.of(method.value) is not Kind.FRAME or _method_called(method.value) not in _SORTS:
        return
    if method.attr in _ORDER_FORGETTING | _SORTS:
        findings.advice(
            "needless-sort", f"The order is lost in the {method.attr} that follows.", call.lineno,
            "Sort once, at the end.",
        )  # fmt: skip


def _advise_single_partition(
    call: ast.Call, method: ast.Attribute, kinds: Kinds, findings: Findings
) -> None:
    if method.attr not in {"coalesce", "repartition"} or kinds.of(method.value) is not Kind.FRAME:
        return
    count = call.args[0] if len(call.args) == 1 else None
    if isinstance(count, ast.Constant) and count.value == 1:
        findings.advice(
            "single-partition", f"{method.attr}(1) leaves all work to one task.", call.lineno,
            "Leave it out; results are read from several files as well.",
        )  # fmt: skip


def _advise_repeated_scans(
    methods: list[tuple[ast.Call, ast.Attribute]], kinds: Kinds, findings: Findings
) -> None:
    reads: defaultdict[str, list[int]] = defaultdict(list)
    for call, method in methods:
        if method.attr in _READS and kinds.of(method.value) in {Kind.READER, Kind.SESSION}:
            for location in (kinds.texts(call.args[0]) if call.args else None) or []:
                reads[location].append(call.lineno)
    for location, lines in reads.items():
        if len(lines) > 1:
            findings.advice(
                "repeated-scan", f"{location} is read {len(lines)} times.", lines[1],
                "Read it once and use that DataFrame again.",
            )  # fmt: skip


def _advise_udfs(calls: list[ast.Call], kinds: Kinds, findings: Findings) -> None:
    for call in calls:
        if kinds.function(call.func) in names.UDF_FUNCTIONS:
            findings.advice(
                "udf-slow", "A Python function moves every row out of the engine and back.",
                call.lineno, "Use functions of pyspark.sql.functions where they exist.",
            )  # fmt: skip


def _method_called(node: ast.expr) -> str | None:
    """The method a chain ends with so far."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr
    return None

"""Calls whose arguments matter: reads, writes, session settings, and SQL text."""

import ast
import string
from collections.abc import Callable

from spark_interpreter.model import Script, table_parts
from spark_interpreter.validation import names
from spark_interpreter.validation.findings import Findings, did_you_mean
from spark_interpreter.validation.jdbc import JdbcRules
from spark_interpreter.validation.kinds import Kinds
from spark_interpreter.validation.names import Kind

_READS = frozenset({"csv", "json", "load", "orc", "parquet", "text"})
_WRITES = frozenset({"parquet", "save"})
_BITWISE = (ast.BitAnd, ast.BitOr, ast.BitXor)


class CallRules:
    """Checks every call of a name in `names.CHECKED_MEMBERS`."""

    def __init__(self, kinds: Kinds, script: Script, findings: Findings) -> None:
        self.kinds = kinds
        self.script = script
        self.findings = findings
        self.inputs = {canonical(location): location for location in script.inputs}
        self.tables = {_table(location) for location in script.inputs}
        self.jdbc = JdbcRules(kinds, script, findings)
        self.views: set[str] = set()
        self.sessions = 0
        self.writes = 0

    def check(self) -> None:
        calls = [node for node in self.kinds.nodes if isinstance(node, ast.Call)]
        for call in calls:
            self._collect_view(call)
        for call in calls:
            if self.findings.full:
                return
            self._check_call(call)
        self.jdbc.check_credentials()
        self._check_whole()

    def _check_whole(self) -> None:
        if not self.sessions:
            self.findings.error(
                "session-missing", "The script creates no SparkSession.", None,
                "spark = SparkSession.builder.appName(...).getOrCreate()",
            )  # fmt: skip
        if not self.writes:
            self.findings.error(
                "output-missing", "The script does not write its result.", None,
                f'result.write.mode("overwrite").parquet("{self.script.output}")',
            )  # fmt: skip
        elif self.writes > 1:
            self.findings.warning(
                "output-repeated", "The script writes its result more than once.", None,
                "Write one DataFrame called result.",
            )  # fmt: skip

    def _check_call(self, call: ast.Call) -> None:
        if self.kinds.function(call.func) == "expr":
            self._check_expressions(call, call.args)
        if not isinstance(call.func, ast.Attribute) or self.kinds.module_of(call.func.value):
            return
        if self.jdbc.covers(call):
            return
        name, kind = call.func.attr, self.kinds.of(call.func.value)
        rule = self._rule(name, kind)
        if rule is not None:
            rule(call)
        elif name in _READS | {"option", "options"} and kind is Kind.UNKNOWN:
            self.findings.error(
                "indirect-call", f"It is not clear what {name}() reads or writes here.",
                call.lineno, "Write spark.read or .write in the same expression.",
            )  # fmt: skip

    def _rule(self, name: str, kind: Kind) -> Callable[[ast.Call], None] | None:
        session = {Kind.SESSION, Kind.UNKNOWN}
        frame = {Kind.FRAME, Kind.FRAME_CLASS, Kind.UNKNOWN}
        rules: list[tuple[bool, Callable[[ast.Call], None]]] = [
            (name == "getOrCreate", self._count_session),
            (name == "enableHiveSupport", self._check_hive),
            (name == "config" and kind in {Kind.BUILDER, Kind.UNKNOWN}, self._check_config),
            (kind is Kind.CONF, self._check_config),
            (name == "sql" and kind in session, self._check_sql),
            (name == "table" and kind in session | {Kind.READER}, self._check_table),
            (name == "range" and kind in session, self._ignore),
            (name in _READS and kind is Kind.READER, self._check_read),
            (name in _WRITES and kind is Kind.WRITER, self._check_write),
            (name in {"option", "options"} and kind is Kind.READER, self._check_read_options),
            (name in {"option", "options"} and kind is Kind.WRITER, self._check_write_options),
            (name == "mode" and kind is Kind.WRITER, self._check_mode),
            (name == "format", self._check_format),
            (name == "selectExpr" and kind in frame, self._check_select_expr),
            (name in {"filter", "where"} and kind in frame, self._check_filter),
            (name in {"createOrReplaceTempView", "createTempView"}, self._check_view),
        ]
        return next((rule for applies, rule in rules if applies), None)

    def _ignore(self, call: ast.Call) -> None:
        del call

    # Session

    def _count_session(self, call: ast.Call) -> None:
        del call
        self.sessions += 1

    def _check_config(self, call: ast.Call) -> None:
        keys = [keyword.value for keyword in call.keywords if keyword.arg == "key"] or call.args[:1]
        others = {keyword.arg for keyword in call.keywords} - {"key", "value"}
        key = self.kinds.text(keys[0]) if keys else None
        if key is None or others:
            self.findings.error(
                "session-config", "A session setting must be given as literal key and value.",
                call.lineno, '.config("spark.sql.session.timeZone", "UTC")',
            )  # fmt: skip
        elif key in self.script.session:
            self._check_session_value(key, call)
        elif key not in names.CONFIG_KEYS:
            self.findings.error(
                "session-config", f"A script cannot change the setting {key}.", call.lineno,
                did_you_mean(key, names.CONFIG_KEYS),
            )  # fmt: skip

    def _check_session_value(self, key: str, call: ast.Call) -> None:
        given = [k.value for k in call.keywords if k.arg == "value"] or call.args[1:2]
        wanted = self.script.session[key]
        if not given or self.kinds.text(given[0]) != wanted:
            self.findings.error(
                "session-config", f"The setting {key} has a value the sources do not ask for.",
                call.lineno, f'.config("{key}", "{wanted}")',
            )  # fmt: skip

    def _check_hive(self, call: ast.Call) -> None:
        if not any(key.startswith("hive.") for key in self.script.session):
            self.findings.error(
                "session-config", "No source of this script is a table of a catalog.", call.lineno,
                "Remove enableHiveSupport().",
            )  # fmt: skip

    # Reads

    def _check_read(self, call: ast.Call) -> None:
        assert isinstance(call.func, ast.Attribute)
        method = call.func.attr
        self._check_options(call, names.READ_OPTIONS | {"path", "paths", "format"})
        given = list(call.args) if method == "parquet" else call.args[:1]
        given += [k.value for k in call.keywords if k.arg in {"path", "paths"}]
        if method == "load":
            for argument in [
                *call.args[1:2],
                *(k.value for k in call.keywords if k.arg == "format"),
            ]:
                self._check_format_name(argument, names.FORMATS)
        if not given:
            self._not_literal("input-not-literal", "The location to read", call)
        for node in given:
            locations = self.kinds.texts(node)
            if locations is None:
                self._not_literal("input-not-literal", "The location to read", call)
            for location in locations or ():
                self._check_input(location, call.lineno)

    def _check_input(self, location: str, line: int) -> None:
        if canonical(location) not in self.inputs:
            self.findings.error(
                "input-not-declared", f"{shorten(location)} is not among the declared sources.",
                line, did_you_mean(location, self.script.inputs),
            )  # fmt: skip

    def _check_table(self, call: ast.Call) -> None:
        name = self.kinds.text(call.args[0]) if len(call.args) == 1 else None
        if name is None:
            self._not_literal("input-not-literal", "The table to read", call)
        elif name.casefold() not in self.views and not self._is_declared_table(name):
            self._check_input(name, call.lineno)

    def _is_declared_table(self, name: str) -> bool:
        return table_parts(name) is not None and _table(name) in self.tables

    def _check_read_options(self, call: ast.Call) -> None:
        self._check_options(call, names.READ_OPTIONS)

    def _check_options(self, call: ast.Call, allowed: frozenset[str]) -> None:
        assert isinstance(call.func, ast.Attribute)
        keys: list[str | None] = [keyword.arg for keyword in call.keywords]
        if call.func.attr == "option":
            keys = [self.kinds.text(argument) for argument in call.args[:1]]
        if any(isinstance(argument, ast.Starred) for argument in call.args):
            keys.append(None)
        for key in keys:
            if key is None:
                self._not_literal("option-not-literal", "The name of an option", call)
            elif key.casefold() not in allowed:
                self.findings.error(
                    "option-not-allowed", f"The option {shorten(key)} cannot be used.",
                    call.lineno, did_you_mean(key, allowed),
                )  # fmt: skip

    def _check_format(self, call: ast.Call) -> None:
        assert isinstance(call.func, ast.Attribute)
        base = call.func.value
        kind = self.kinds.of(base)
        if kind in {Kind.READER, Kind.WRITER} and call.args:
            allowed = names.FORMATS if kind is Kind.READER else frozenset({"parquet"})
            self._check_format_name(call.args[0], allowed)
            return
        template = self.kinds.text(base)
        if template is None or not _plain_template(template):
            self.findings.error(
                "string-format", "format() can reach attributes of its arguments.", call.lineno,
                "Use an f-string.",
            )  # fmt: skip

    def _check_format_name(self, node: ast.expr, allowed: frozenset[str]) -> None:
        name = self.kinds.text(node)
        if name is None or name.casefold() not in allowed:
            self.findings.error(
                "format-not-allowed",
                f"The format must be one of {', '.join(sorted(allowed))}, as a literal.",
                node.lineno,
            )

    # Writes

    def _check_write(self, call: ast.Call) -> None:
        self.writes += 1
        self._check_options(call, names.WRITE_OPTIONS | {"path", "mode", "format"})
        for keyword in call.keywords:
            if keyword.arg == "format":
                self._check_format_name(keyword.value, frozenset({"parquet"}))
            elif keyword.arg == "mode":
                self._check_mode_name(keyword.value)
        for argument in call.args[1:]:
            self._check_mode_name(argument)
        given = [*call.args[:1], *(k.value for k in call.keywords if k.arg == "path")]
        location = self.kinds.text(given[0]) if len(given) == 1 else None
        if location is None:
            self._not_literal("output-not-literal", "The output location", call)
        elif canonical(location) != canonical(self.script.output):
            self.findings.error(
                "output-not-declared", f"{shorten(location)} is not where this turn's result goes.",
                call.lineno, f'Write to "{self.script.output}".',
            )  # fmt: skip

    def _check_write_options(self, call: ast.Call) -> None:
        self._check_options(call, names.WRITE_OPTIONS)

    def _check_mode(self, call: ast.Call) -> None:
        for argument in call.args:
            self._check_mode_name(argument)

    def _check_mode_name(self, node: ast.expr) -> None:
        if self.kinds.text(node) not in names.WRITE_MODES:
            self.findings.error(
                "output-mode", "The write mode must be a literal that Spark knows.", node.lineno,
                'mode("overwrite")',
            )  # fmt: skip

    # SQL

    def _collect_view(self, call: ast.Call) -> None:
        func = call.func
        if isinstance(func, ast.Attribute) and func.attr in {
            "createOrReplaceTempView", "createTempView",
        } and call.args:  # fmt: skip
            name = self.kinds.text(call.args[0])
            if name is not None and name.isidentifier():
                self.views.add(name.casefold())

    def _check_view(self, call: ast.Call) -> None:
        name = self.kinds.text(call.args[0]) if len(call.args) == 1 else None
        if name is None or not name.isidentifier():
            self._not_literal("view-not-literal", "The name of a view", call)

    def _check_sql(self, call: ast.Call) -> None:
        from spark_interpreter.validation.sql import check_query

        for keyword in call.keywords:
            if keyword.arg not in {"args", "sqlQuery"}:
                self._not_literal("sql-not-literal", "SQL text", call)
        given = call.args[:1] or [k.value for k in call.keywords if k.arg == "sqlQuery"]
        text = self.kinds.text(given[0]) if given else None
        if text is None:
            self._not_literal("sql-not-literal", "SQL text", call)
            return
        check_query(
            text, self.views | self.tables, self.kinds.named(Kind.FRAME), call.lineno, self.findings
        )

    def _check_select_expr(self, call: ast.Call) -> None:
        self._check_expressions(call, call.args)

    def _check_filter(self, call: ast.Call) -> None:
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        self._check_expressions(call, [node for node in given if self._may_be_text(node)])

    def _check_expressions(self, call: ast.Call, given: list[ast.expr]) -> None:
        for node in given:
            texts = self.kinds.texts(node.value if isinstance(node, ast.Starred) else node)
            if texts is None:
                self._not_literal("sql-not-literal", "SQL text", call)
            for text in texts or ():
                self._check_expression(text, node.lineno)

    def _check_expression(self, text: str, line: int) -> None:
        from spark_interpreter.validation.sql import check_expression

        check_expression(text, line, self.findings)

    def _may_be_text(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Compare | ast.UnaryOp):
            return False
        if isinstance(node, ast.BinOp) and isinstance(node.op, _BITWISE):
            return False
        return self.kinds.of(node) not in {Kind.COLUMN, Kind.FRAME}

    def _not_literal(self, rule: str, what: str, call: ast.Call) -> None:
        self.findings.error(rule, f"{what} must be a literal.", call.lineno)


def canonical(location: str) -> str:
    """One spelling for a location: no `file:` scheme, `s3` for its relatives, no end slash."""
    for prefix in ("file://", "file:"):
        location = location.removeprefix(prefix)
    for prefix in ("s3a://", "s3n://"):
        if location.startswith(prefix):
            location = "s3://" + location.removeprefix(prefix)
    return location.rstrip("/") or "/"


def _table(location: str) -> str:
    """A table's name without quotes, in lower case."""
    return ".".join(table_parts(location) or (location,)).casefold()


def shorten(text: str, limit: int = 200) -> str:
    """The text, cut to a length that fits a message."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _plain_template(template: str) -> bool:
    """Whether a format template names its arguments only, not their attributes or items."""
    try:
        fields = list(string.Formatter().parse(template))
    except ValueError:
        return False
    return all(
        not field or field.isidentifier() or field.isdigit() for _, field, _, _ in fields
    ) and not any("{" in (spec or "") for _, _, spec, _ in fields)

"""Scripts from their parts, and scripts that a person wrote."""

import ast
import glob
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from spark_interpreter.model import EmptyTable, JdbcRead, ResultColumn, Script, TableProfile
from spark_interpreter.model.read import HIVE_CLIENT
from spark_interpreter.script.literals import docstring, string
from spark_interpreter.script.reads import local_read, portable_read, stored_type
from spark_interpreter.script.session import session_settings
from spark_interpreter.script.text import literal_reads, with_output, write_of_result
from spark_interpreter.syntax import parse

_BRACES = re.compile(r"\{[^{}/]*\}")
"""Alternatives in Spark's patterns ("{a,b}"), which Python's lack."""


def assemble(
    analysis: str,
    profiles: Sequence[TableProfile],
    *,
    title: str,
    question: str,
    assumptions: Sequence[str],
    output: str,
    app_name: str,
    jars_uri: str = "",
    warehouse_uri: str = "",
) -> Script:
    """Put a program together: header, source section, analysis, output section.

    The analysis has the same line numbers in the portable and the local text.

    Args:
        analysis: PySpark code that leaves a DataFrame called `result`.
        output: where the program writes its result, as Parquet.
        jars_uri, warehouse_uri: see `session_settings`.
    """
    portable, local = _sections(profiles)
    notes = {"Question": question, "Assumes": "; ".join(assumptions)}
    head = docstring(title, {name: note for name, note in notes.items() if note.strip()})
    imports = _imports(f"{portable}\n{analysis}")
    settings = session_settings(profiles, jars_uri=jars_uri, warehouse_uri=warehouse_uri)
    session = _session(app_name, settings)
    write = f'result.write.mode("overwrite").parquet({string(output)})\n'
    parts = (f"{head}\n{imports}\n\n{session}", analysis.strip("\n"), write)
    return Script(
        text="\n\n".join(filter(None, (parts[0], portable, *parts[1:]))),
        local_text="\n\n".join(filter(None, (parts[0], local, *parts[1:]))),
        inputs=_inputs(profiles),
        output=output,
        read_paths=_read_paths(profiles),
        session=settings,
        connections=_connections(profiles),
    )


def from_text(
    text: str,
    profiles: Sequence[TableProfile],
    *,
    output: str,
    jars_uri: str = "",
    warehouse_uri: str = "",
) -> Script:
    """A script that a person wrote or changed.

    Its result goes to `output`, wherever the text sent it before. Source sections that were
    left as we wrote them read the columnar form on the embedded engine. A text that is not
    Python is kept as it is, for validation to say so.
    """
    text = with_output(text, output)
    local = text
    for profile in profiles:
        portable, replacement = _padded(portable_read(profile), local_read(profile))
        local = local.replace(portable, replacement)
    reads = literal_reads(text)
    return Script(
        text=text,
        local_text=local,
        inputs=tuple(dict.fromkeys((*_inputs(profiles), *(r.location for r in reads)))),
        output=output,
        read_paths=tuple(
            dict.fromkeys((*_read_paths(profiles), *_local_paths(r.location for r in reads)))
        ),
        session=session_settings(profiles, jars_uri=jars_uri, warehouse_uri=warehouse_uri),
        connections=_connections(profiles),
        edited=True,
    )


def analysis_of(text: str, profiles: Sequence[TableProfile]) -> str | None:
    """What stands between the reads of these sources and the write of the result.

    None if the text does not read each of them as we write it, or has more behind its write.
    """
    start = 0
    for profile in profiles:
        section = portable_read(profile)
        place = text.find(section)
        if place < 0:
            return None
        start = max(start, place + len(section))
    end = write_of_result(text)
    return text[start:end].strip("\n") if end is not None and end >= start else None


def writing_to(script: Script, output: str) -> Script:
    """The script with its result going to another place; its lines keep their numbers."""
    return script.model_copy(
        update={
            "text": with_output(script.text, output),
            "local_text": with_output(script.local_text, output),
            "output": output,
        }
    )


def empty_tables(script: Script, profiles: Sequence[TableProfile]) -> tuple[EmptyTable, ...]:
    """Stand-ins for everything a script reads, with the columns as they are read there.

    Cells that the source section turns into values are text where they are read. What a
    person's script reads beyond the profiles has the columns of its own schema, if it names one.
    """
    tables: dict[str, EmptyTable] = {}
    for profile in profiles:
        raw = tuple(ResultColumn(name=c.name, type=stored_type(c)) for c in profile.columns)
        values = tuple(ResultColumn(name=c.name, type=c.type) for c in profile.columns)
        read = profile.read
        for location in _locations(profile):
            tables[location] = EmptyTable(location=location, columns=raw)
        if read.columnar:
            tables[read.columnar] = EmptyTable(location=read.columnar, columns=values)
    for literal in literal_reads(script.text):
        if literal.columns and literal.location not in tables:
            tables[literal.location] = EmptyTable(
                location=literal.location, columns=literal.columns
            )
    return tuple(tables.values())


def _sections(profiles: Sequence[TableProfile]) -> tuple[str, str]:
    pairs = [_padded(portable_read(p), local_read(p)) for p in profiles]
    return "\n\n".join(p for p, _ in pairs), "\n\n".join(local for _, local in pairs)


def _session(app_name: str, settings: Mapping[str, str]) -> str:
    always = {"spark.sql.ansi.enabled": "true", "spark.sql.session.timeZone": "UTC"}
    lines = [f"SparkSession.builder.appName({string(app_name)})"]
    lines += [f".config({string(k)}, {string(v)})" for k, v in {**always, **settings}.items()]
    lines += [".enableHiveSupport()"] if HIVE_CLIENT in settings else []
    body = "".join(f"    {line}\n" for line in (*lines, ".getOrCreate()"))
    return f"spark = (\n{body})"


def _connections(profiles: Sequence[TableProfile]) -> dict[str, str]:
    reads = [profile.read for profile in profiles]
    return {read.url: read.connection for read in reads if isinstance(read, JdbcRead)}


def _padded(portable: str, local: str) -> tuple[str, str]:
    """The local statement as many lines long as the portable one, which is never shorter."""
    return portable, local + "\n" * (portable.count("\n") - local.count("\n"))


def _imports(code: str) -> str:
    used = _names(code)
    wanted = ["SparkSession"]
    wanted += ["Window"] if "Window" in used else []
    wanted += [f"{m} as {n}" for m, n in (("functions", "F"), ("types", "T")) if n in used]
    line = f"from pyspark.sql import {', '.join(wanted)}"
    if "credentials" in used:
        return f"from job_credentials import credentials\n{line}"
    return line


def _names(code: str) -> set[str]:
    try:
        tree = parse(code)
    except SyntaxError:
        return {"F", "T", "Window"}
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _locations(profile: TableProfile) -> tuple[str, ...]:
    """What the portable text names to read a source."""
    read = profile.read
    if not read.spark_direct and read.columnar:
        return ()
    return read.locations


def _inputs(profiles: Sequence[TableProfile]) -> tuple[str, ...]:
    found: list[str] = []
    for profile in profiles:
        found += _locations(profile)
        found += [profile.read.columnar] if profile.read.columnar else []
    return tuple(dict.fromkeys(found))


def _read_paths(profiles: Sequence[TableProfile]) -> tuple[str, ...]:
    """Files, folders and glob patterns the local text reads."""
    found: list[str] = []
    for profile in profiles:
        read = profile.read
        found += [read.columnar] if read.columnar else _local_paths(_locations(profile))
    return tuple(dict.fromkeys(found))


def _local_paths(locations: Iterable[str]) -> list[str]:
    """The files, folders and glob patterns of this machine that locations stand for."""
    found = []
    for location in locations:
        bare = location.removeprefix("file://")
        if "://" in bare:
            continue
        path = str(Path(bare).absolute())
        pattern = _BRACES.sub("*", path)
        if Path(path).exists():
            found.append(path)
        elif glob.has_magic(pattern):
            found.append(pattern)
    return found

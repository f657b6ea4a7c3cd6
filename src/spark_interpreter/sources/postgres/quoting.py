"""Names and texts in PostgreSQL's SQL."""

import re

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")
_WORDS = """
all analyse analyze and any array as asc asymmetric authorization binary both case cast
check collate collation column concurrently constraint create cross current_catalog
current_date current_role current_schema current_time current_timestamp current_user default
deferrable desc distinct do else end except false fetch for foreign freeze from full grant
group having ilike in initially inner intersect into is isnull join lateral leading left
like limit localtime localtimestamp natural not notnull null offset on only or order outer
overlaps placing primary references returning right select session_user similar some
symmetric system_user table tablesample then to trailing true union unique user using
variadic verbose when where window with
"""
_RESERVED = frozenset(_WORDS.split())


def identifier(name: str) -> str:
    """A name in quotes, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text; backslashes mean themselves whatever the server's settings."""
    quoted = "'" + text.replace("'", "''") + "'"
    return "E" + quoted.replace("\\", "\\\\") if "\\" in text else quoted


def table_name(schema: str, table: str) -> str:
    """A table as scripts name it: quotes only where they are needed.

    Reserved words are quoted too, as what is one differs between versions.
    """
    return f"{_readable(schema)}.{_readable(table)}"


def _readable(name: str) -> str:
    return name if _PLAIN.fullmatch(name) and name not in _RESERVED else identifier(name)

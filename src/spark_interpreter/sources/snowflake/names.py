"""Names as Snowflake's SQL writes them."""

import re

_PLAIN = re.compile(r"[A-Z_][A-Z0-9_$]*")


def quoted(name: str) -> str:
    """The name exactly as it is stored, whatever its case."""
    return '"' + name.replace('"', '""') + '"'


def qualified(*names: str) -> str:
    """A path of names: database, schema, table."""
    return ".".join(quoted(name) for name in names)


def literal(text: str) -> str:
    """A text value; backslashes escape in Snowflake's literals."""
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def stored(name: str) -> str:
    """The name as the catalog has it.

    As in SQL: what stands in double quotes is meant exactly, anything else is upper case.
    """
    if len(name) > 2 and name[0] == name[-1] == '"':
        return name[1:-1].replace('""', '"')
    return name.upper() if _PLAIN.fullmatch(name.upper()) else name


def candidates(name: str) -> tuple[str, ...]:
    """What a person may mean by a name: as it is written first, then as SQL reads it."""
    return tuple(dict.fromkeys((stored(name) if name.startswith('"') else name, stored(name))))

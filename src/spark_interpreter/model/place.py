"""Where tables are: a catalog, a connection, a database, a schema; and the words for them."""

import re
from typing import Literal

from spark_interpreter.model.base import Model

NAME = r'"(?:[^"]|"")+"|[^."/]+'
"""A name as people write it (a regular expression)."""


class Place(Model):
    """Somewhere in a catalog or database, down to a table.

    Attributes:
        connection: its name; None for Glue, which is the catalog of the AWS account.
        names: of the database, the schema and the table, as far as they are said.
    """

    kind: Literal["glue", "postgres", "snowflake"]
    connection: str | None = None
    names: tuple[str, ...] = ()

    @property
    def word(self) -> str:
        """What people write for it: `postgres:shop/public`."""
        connection = (self.connection,) if self.connection else ()
        names = (".".join(map(_quoted, self.names)),) if self.names else ()
        return ":".join(filter(None, (self.kind, "/".join((*connection, *names)))))

    def inside(self, name: str) -> "Place":
        """What is called so in this place."""
        return self.model_copy(update={"names": (*self.names, name)})


_DEPTH = {"glue": 1, "postgres": 1, "snowflake": 2}
"""How many names lead to a list of tables."""
_PLACES = {
    "glue": "glue or glue:DATABASE",
    "postgres": "postgres:CONNECTION or postgres:CONNECTION/SCHEMA",
    "snowflake": "snowflake:CONNECTION, snowflake:CONNECTION/DATABASE or "
    "snowflake:CONNECTION/DATABASE.SCHEMA",
}
_PLACE = re.compile(
    r"(?P<kind>glue|postgres|snowflake)(?::(?:(?P<connection>[^/\s]+)(?:/|$))?"
    rf"(?P<names>(?:{NAME})(?:\.(?:{NAME}))*)?)?"
)
_GLUE = re.compile(rf"glue(?::(?P<names>{NAME}))?")


def parse_place(text: str) -> Place:
    """Where tables may be looked for, by one word.

    `glue`, `glue:DATABASE`, `postgres:CONNECTION[/SCHEMA]` and
    `snowflake:CONNECTION[/DATABASE[.SCHEMA]]`.

    Raises:
        ValueError: it is no such word; the message names the right form.
    """
    kind = text.partition(":")[0]
    if kind not in _PLACES:
        forms = ", ".join(_PLACES.values())
        raise ValueError(f"“{text}” is not a place of tables; write {forms}")
    found = (_GLUE if kind == "glue" else _PLACE).fullmatch(text)
    parts = found.groupdict() if found else {}
    names = names_in(parts.get("names") or "")
    connection = parts.get("connection")
    if found is None or len(names) > _DEPTH[kind] or (kind != "glue" and connection is None):
        raise ValueError(f"“{text}” is not a place of tables; write {_PLACES[kind]}")
    return Place.model_validate({"kind": kind, "connection": connection, "names": names})


def names_in(text: str) -> tuple[str, ...]:
    """The names of a path of names; those with a dot or slash stand in double quotes."""
    return tuple(
        name[1:-1].replace('""', '"') if name.startswith('"') else name
        for name in re.findall(NAME, text)
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"' if set(name) & set('."/') else name

"""A page of a long list of tables, and the tables that words of a search find."""

from collections.abc import Sequence

from spark_interpreter.model import CatalogPage, CatalogTable


def page(
    tables: Sequence[CatalogTable], *, search: str = "", after: str | None = None, limit: int = 100
) -> CatalogPage:
    """Some of the tables, by name.

    Args:
        search: words that a table's name, comment or columns must have, ignoring case; tables
            that have all of them in their name come first.
        after: `CatalogPage.next` of the page before.
    """
    found = _found(tables, search)
    start = next((i + 1 for i, t in enumerate(found) if t.name == after), 0) if after else 0
    some = found[start : start + limit]
    more = start + limit < len(found)
    return CatalogPage(
        tables=tuple(some), total=len(found), next=some[-1].name if more and some else None
    )


def _found(tables: Sequence[CatalogTable], search: str) -> list[CatalogTable]:
    words = search.casefold().split()
    matching = [
        (all(word in table.name.casefold() for word in words), table)
        for table in tables
        if all(word in _text(table) for word in words)
    ]
    return [table for _, table in sorted(matching, key=lambda m: (not m[0], m[1].name))]


def _text(table: CatalogTable) -> str:
    columns = (part for c in table.columns for part in (c.name, c.comment or ""))
    return " ".join((table.name, table.comment or "", *columns)).casefold()

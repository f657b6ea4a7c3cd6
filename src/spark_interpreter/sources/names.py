"""Names that a script can use, made from the names that people and files use."""

import builtins
import keyword
import re
import unicodedata
from collections.abc import Iterable, Sequence

from spark_interpreter.errors import UsageError
from spark_interpreter.model.patterns import escaped

_TAKEN = {"spark", "result", "F", "T", "Window", "SparkSession"} | set(dir(builtins))


def identifier(text: str, *, taken: Iterable[str] = ()) -> str:
    """A Python identifier in plain ASCII, unlike any in `taken`."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    name = re.sub(r"\W+", "_", plain).strip("_").lower() or "data"
    if name[0].isdigit():
        name = f"t_{name}"
    name = name[:60].rstrip("_")
    if keyword.iskeyword(name) or keyword.issoftkeyword(name) or name in _TAKEN:
        name = f"{name}_data"
    return _unlike(name, set(taken))


def ambiguous_pattern(uri: str, exact: str) -> UsageError:
    """The error for a file's own name that is a pattern of other names as well."""
    return UsageError(
        f"'{uri}' is the name of one file, and a pattern that others match too.",
        remedy=f"Write '{escaped(exact)}' for that file alone, or name the folder of all.",
    )


def _unlike(name: str, taken: set[str]) -> str:
    candidate, number = name, 1
    while candidate in taken:
        number += 1
        candidate = f"{name}_{number}"
    return candidate


def column_names(headers: Sequence[str]) -> tuple[str, ...]:
    """Names for columns: unique ignoring case, never empty, without signs that Spark trips over.

    Dots and backticks become underscores, line breaks become spaces.
    """
    names: list[str] = []
    taken: set[str] = set()
    wanted = {_cleaned(h).lower() for h in headers}
    for place, header in enumerate(headers, 1):
        base = _cleaned(header) or f"column_{place}"
        name, number = base, 1
        while name.lower() in taken or (number > 1 and name.lower() in wanted):
            number += 1
            name = f"{base}_{number}"
        names.append(name)
        taken.add(name.lower())
    return tuple(names)


def _cleaned(header: str) -> str:
    text = unicodedata.normalize("NFC", header.removeprefix("\ufeff"))
    text = "".join(" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in text)
    return re.sub(r"[.`]", "_", re.sub(r"\s+", " ", text).strip())

r"""Names of files and objects as Spark reads them: as patterns, in which a sign can be escaped.

Hadoop takes `*`, `?`, `[…]` and `{…}` in every path for a pattern, and the sign after a backslash
for itself. The embedded engine knows no escapes: it reads copies with other names.
"""

import re

_SIGNS = re.compile(r"[*?\[\]{}\\]")
_ESCAPED = re.compile(rf"\\({_SIGNS.pattern})")


def escaped(path: str) -> str:
    r"""How a script names exactly this path: `sales[1].csv` is `sales\[1\].csv`."""
    return _SIGNS.sub(r"\\\g<0>", path)


def unescaped(path: str) -> str:
    """The path that is meant by one with escaped signs."""
    return _ESCAPED.sub(r"\1", path)


def has_signs(path: str) -> bool:
    """Whether a script has to escape some of the path to name it."""
    return bool(_SIGNS.search(path))


def has_pattern(path: str) -> bool:
    """Whether signs of a pattern are in it that are not escaped."""
    return bool(re.search(r"[*?\[\]{}]", _ESCAPED.sub("", path)))


def fixed_part(path: str) -> str:
    """What stands before the first sign that is not escaped, or all of it; without escapes."""
    plain = _ESCAPED.sub("\0\0", path)
    found = re.search(r"[*?\[\]{}]", plain)
    return unescaped(path[: found.start()] if found else path)

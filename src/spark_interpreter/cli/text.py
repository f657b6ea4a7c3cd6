"""Text that is safe to print: nothing in data, names or messages can steer a terminal."""

import re

_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def clean(text: str, *, keep: str = "") -> str:
    r"""The text with control, bidirectional and invisible characters as escapes (`\x1b`, `\n`).

    Args:
        keep: characters that stay as they are.
    """
    return _UNSAFE.sub(lambda found: _escaped(found[0], keep), text)


def _escaped(character: str, keep: str) -> str:
    if character in keep:
        return character
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")

"""Forms of a word: singular, stem, and the irregular ones from the data."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

_NOUNS, _VERBS = "irregular.txt", "irregular_verbs.txt"


def read_data(name: str) -> str:
    """The text of a data file of this package."""
    return (files(__package__) / "data" / name).read_text(encoding="utf-8")


@cache
def _irregular(name: str) -> dict[str, str]:
    """Irregular form -> base form ("people" -> "person", "sold" -> "sell")."""
    forms: dict[str, str] = {}
    for line in read_data(name).splitlines():
        base, _, rest = line.partition(":")
        if rest and not line.startswith("#"):
            forms.update(dict.fromkeys(rest.split(), base.strip()))
    return forms


@cache
def _invariable() -> frozenset[str]:
    """Words that end in "s" in the singular too."""
    return frozenset(read_data("invariable.txt").split())


@lru_cache(maxsize=32768)
def singular(word: str) -> str:
    """A noun in the singular; other words mostly as they are."""
    irregular = _irregular(_NOUNS).get(word)
    if irregular:
        return irregular
    if (
        len(word) < 4
        or not word.endswith("s")
        or word in _invariable()
        or word.endswith(("ss", "us", "is"))
    ):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "sses", "xes", "zzes", "tuses", "nuses", "ruses", "puses")):
        return word[:-2]
    return word[:-1]


@cache
def _stemmer() -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer("english")


@lru_cache(maxsize=32768)
def stem(word: str) -> str:
    """The English (Snowball) stem of a lower-case word, irregular forms first made regular."""
    base = _irregular(_NOUNS).get(word) or _irregular(_VERBS).get(word, word)
    return str(_stemmer().stemWord(base))

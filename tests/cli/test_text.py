"""Nothing in data can steer a terminal."""

import pytest
from hypothesis import given, strategies as st

from spark_interpreter.cli.text import clean


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("plain Ünïcode 日本 👩‍👩‍👧", "plain Ünïcode 日本 👩‍👩‍👧"),
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("a\nb\tc\rd", "a\\nb\\tc\\rd"),
        ("\x9b2J", "\\x9b2J"),
        ("abc\u202edcb", "abc\\u202edcb"),
        ("a\u2028b", "a\\u2028b"),
        ("bad \ud800 half", "bad \\ud800 half"),
        ("", ""),
    ],
)
def test_control_characters_become_visible(text: str, safe: str) -> None:
    assert clean(text) == safe


def test_a_script_keeps_its_lines() -> None:
    assert clean("a\n\tb\x07", keep="\n\t") == "a\n\tb\\x07"


@given(st.text(st.characters()))
def test_what_is_printed_has_no_control_characters(text: str) -> None:
    assert not any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 for c in clean(text))
    clean(text).encode()

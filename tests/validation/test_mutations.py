"""Whatever the text, the policy ends with findings, never with an exception."""

import random
from pathlib import Path

from hypothesis import HealthCheck, given, settings, strategies as st

from tests.attacks.attacks import load_attacks
from tests.validation.support import HARMLESS, policy, whole

TEXTS = [path.read_text("utf-8") for path in HARMLESS]
TEXTS += [attack.text for attack in load_attacks() if len(attack.text) < 5_000]
PIECES = [
    "(", ")", "[", "]", "{", "}", ":", ",", ".", "=", ":=", "*", "**", "@", "\n", "\n    ", "\\",
    '"', "'", '"""', "f'{", "#", "\x00", "\ufeff", "\u202e", "ａ", "é", "lambda x: ", "not ", "- ",
    "def f(x):\n    ", "class A: pass\n", "match x:\n    case ", "F.", "spark.", ".read", ".write",
    ".sql(", "F.expr(", ".filter(", ".format(", "SELECT ", "`", "select * from t", "99999999999",
    "** 99", "import os\n", "del x\n", "x: int\n", "*a, b = 1, 2\n", "async ", "await ", "yield ",
]  # fmt: skip


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(TEXTS), st.randoms(use_true_random=False), st.integers(1, 8))
def test_mutated_scripts_get_a_verdict(text: str, random: random.Random, edits: int) -> None:
    for _ in range(edits):
        start = random.randrange(len(text) + 1)
        end = min(len(text), start + random.choice([0, 0, 1, 3, 20]))
        text = text[:start] + random.choice(PIECES) + text[end:]
    for finding in policy(text):
        assert finding.message


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_text_gets_a_verdict(text: str) -> None:
    policy(text)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_sql_gets_a_verdict(text: str) -> None:
    policy(whole(f"result = orders.filter({text!r}).unionAll(spark.sql({text!r}))"))


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(HARMLESS), st.sampled_from(HARMLESS), st.randoms(use_true_random=False))
def test_crossed_scripts_get_a_verdict(one: Path, two: Path, random: random.Random) -> None:
    lines = one.read_text("utf-8").splitlines() + two.read_text("utf-8").splitlines()
    random.shuffle(lines)
    policy("\n".join(lines))

"""The policy refuses every attack, and says why."""

import time

import pytest

from spark_interpreter.model import Script
from spark_interpreter.validation.findings import Findings
from spark_interpreter.validation.policy import check_policy
from tests.attacks.attacks import KINDS, Attack, load_attacks

ATTACKS = load_attacks()


def test_there_are_enough_of_every_kind() -> None:
    assert len(ATTACKS) >= 80
    assert {attack.kind for attack in ATTACKS} == set(KINDS)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_attack_is_refused(attack: Attack) -> None:
    script = Script(
        text=attack.text,
        local_text=attack.text,
        inputs=("ATTACK_INPUT",),
        output="ATTACK_OUTPUT",
    )
    findings = Findings()
    started = time.perf_counter()
    check_policy(script, (), findings, allow_udfs=False)
    assert time.perf_counter() - started < 5
    errors = [finding for finding in findings.all if finding.severity == "error"]
    assert attack.rule in {finding.rule for finding in errors}
    for finding in errors:
        assert finding.message.endswith(".")
        assert "\n" not in finding.message

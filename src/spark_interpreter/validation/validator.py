"""Whether a script may run, and what it will return."""

from collections.abc import Sequence
from contextlib import suppress

from spark_interpreter.model import EmptyTable, Script, TableProfile, Verdict
from spark_interpreter.settings import Settings
from spark_interpreter.validation.advice import advise
from spark_interpreter.validation.base import PlanChecker
from spark_interpreter.validation.data_advice import advise_on_data
from spark_interpreter.validation.findings import Findings
from spark_interpreter.validation.kinds import Kinds
from spark_interpreter.validation.place_advice import Place, advise_on_place
from spark_interpreter.validation.plan_check import check_plan
from spark_interpreter.validation.policy import check_policy
from spark_interpreter.validation.source_text import parse


class Validator:
    """Policy, plan check and advice for scripts, generated and edited alike."""

    def __init__(self, settings: Settings, checker: PlanChecker) -> None:
        self._settings = settings
        self._checker = checker

    def validate(
        self,
        script: Script,
        tables: Sequence[EmptyTable],
        *,
        policy: bool = True,
        profiles: Sequence[TableProfile] = (),
        placed_later: bool = False,
    ) -> Verdict:
        """All findings about the script, its result's columns, and what it needs of its sources.

        The plan is not checked when the policy refuses the script: refused code is never run.

        Args:
            tables: a stand-in for every source, under the location the script names.
            policy: False skips the policy, at the operator's own risk.
            profiles: what is known of the sources, for advice about sizes.
            placed_later: what matters on one platform alone is left to `advise_on_place`.

        Raises:
            EngineUnavailable: the engine that checks the plan could not be started.
        """
        findings = Findings()
        kinds = check_policy(script, tables, findings, allow_udfs=self._settings.allow_udfs)
        if not findings.refused and script.local_text != script.text:
            findings = self._check_local(script, tables) or findings
        if not policy:
            findings = Findings()
        elif findings.refused:
            return Verdict(findings=tuple(findings.all))
        report = check_plan(self._checker, script.text, tables, kinds, findings)
        if kinds is not None:
            advise(kinds, profiles, findings)
            if not placed_later:
                advise_on_place(Place(), kinds, profiles, findings)
        advise_on_data(profiles, report.needs, report.columns, findings)
        return Verdict(findings=tuple(findings.all), columns=report.columns, needs=report.needs)

    def advise_on_place(
        self, verdict: Verdict, script: Script, profiles: Sequence[TableProfile], place: Place
    ) -> Verdict:
        """The verdict with what matters where the script is to run."""
        findings = Findings()
        tree = parse(script.text, findings)
        if tree is None:
            return verdict
        with suppress(RecursionError):
            advise_on_place(place, Kinds(tree), profiles, findings)
        return verdict.model_copy(update={"findings": (*verdict.findings, *findings.all)})

    def _check_local(self, script: Script, tables: Sequence[EmptyTable]) -> Findings | None:
        """What the policy refuses in the text that runs on the embedded engine, if anything."""
        local = script.model_copy(update={"text": script.local_text})
        findings = Findings()
        check_policy(local, tables, findings, allow_udfs=self._settings.allow_udfs)
        return findings if findings.refused else None

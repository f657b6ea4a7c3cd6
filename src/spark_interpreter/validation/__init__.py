"""Script -> Verdict: policy on the syntax tree, plan check, advice."""

from spark_interpreter.validation.base import PlanChecker
from spark_interpreter.validation.place_advice import Place
from spark_interpreter.validation.validator import Validator

__all__ = ["Place", "PlanChecker", "Validator"]

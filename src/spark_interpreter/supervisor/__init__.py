"""The workflow that carries a turn, and the Python face of the product."""

from spark_interpreter.supervisor.answer import Answer, document
from spark_interpreter.supervisor.doctor import Check
from spark_interpreter.supervisor.interpreter import Asking, Interpreter

__all__ = ["Answer", "Asking", "Check", "Interpreter", "document"]

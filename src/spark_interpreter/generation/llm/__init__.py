"""The generator that asks a language model."""

from spark_interpreter.generation.llm.generator import ModelGenerator
from spark_interpreter.generation.llm.provider import Provided, make_model

__all__ = ["ModelGenerator", "Provided", "make_model"]

"""Verified examples: questions whose programs a person has vouched for."""

from spark_interpreter.generation.memory.folder import ExampleFolder
from spark_interpreter.generation.memory.matching import fits, place_of, same_question, similar
from spark_interpreter.generation.memory.remembering import Remembering

__all__ = ["ExampleFolder", "Remembering", "fits", "place_of", "same_question", "similar"]

"""Plans in words: headlines, exact readings, explanations, charts, questions to ask."""

from spark_interpreter.generation.planner.wording.charts import chart_hint
from spark_interpreter.generation.planner.wording.sentences import explanation, reading
from spark_interpreter.generation.planner.wording.suggestions import suggestions
from spark_interpreter.generation.planner.wording.titles import title

__all__ = ["chart_hint", "explanation", "reading", "suggestions", "title"]

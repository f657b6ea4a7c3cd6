"""Plans, and the same questions as DuckDB SQL written by hand."""

from tests.generation.planner.rendering.cases import functions, groups, rows, shapes, tables
from tests.generation.planner.rendering.cases.base import CASES

__all__ = ["CASES", "functions", "groups", "rows", "shapes", "tables"]

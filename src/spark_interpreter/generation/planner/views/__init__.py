"""Questions over several tables: a table together with all that its rows refer to."""

from spark_interpreter.generation.planner.views.view import Leg, View, view_of

__all__ = ["Leg", "View", "view_of"]

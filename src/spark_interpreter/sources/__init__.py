"""What data there is, and how scripts read it."""

from spark_interpreter.sources.attribution import asking_for
from spark_interpreter.sources.catalog import Sources
from spark_interpreter.sources.files.issues import merged as merged_issues

__all__ = ["Sources", "asking_for", "merged_issues"]

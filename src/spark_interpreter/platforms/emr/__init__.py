"""EMR Serverless: scripts over large data, on as many workers as the data need."""

from spark_interpreter.platforms.emr.application import create_application
from spark_interpreter.platforms.emr.platform import EmrPlatform

__all__ = ["EmrPlatform", "create_application"]

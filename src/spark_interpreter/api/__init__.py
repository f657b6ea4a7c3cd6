"""The HTTP service."""

from spark_interpreter.api.app import create_app

__all__ = ["create_app"]

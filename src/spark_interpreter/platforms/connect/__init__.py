"""Spark Connect: a cluster elsewhere, or an Apache Spark of this machine."""

from spark_interpreter.platforms.connect.platform import ConnectPlatform

__all__ = ["ConnectPlatform"]

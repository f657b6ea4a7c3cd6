"""Runs scripts on pysail, on this machine, each in a sandboxed process tree of its own."""

"""Named connections to databases, and the secrets that open them."""

from spark_interpreter.sources.connections.credentials import Credentials, Login
from spark_interpreter.sources.connections.secrets import SecretStore
from spark_interpreter.sources.connections.store import ConnectionStore

__all__ = ["ConnectionStore", "Credentials", "Login", "SecretStore"]

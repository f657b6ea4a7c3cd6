"""Sessions with their turns and events, and artifacts."""

from spark_interpreter.stores.base import ArtifactStore, SessionStore
from spark_interpreter.stores.folder import FolderArtifactStore
from spark_interpreter.stores.sqlite import SqliteSessionStore

__all__ = [
    "ArtifactStore",
    "FolderArtifactStore",
    "SessionStore",
    "SqliteSessionStore",
]

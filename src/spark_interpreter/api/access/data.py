"""Which data a caller may ask of."""

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote, urlsplit

from spark_interpreter.api.access.caller import Caller, Permission
from spark_interpreter.errors import Forbidden
from spark_interpreter.model import FileSource, GlueTable, Source
from spark_interpreter.model.access import Allowed
from spark_interpreter.settings import Settings

ALL = "*"
GLUE = "glue"
"""What allow-lists call the Glue Data Catalog."""
_PATTERN = frozenset("*?[{")
_UPLOAD = "upload:"
_S3 = frozenset({"s3", "s3a", "s3n"})


class DataAccess:
    """Allow-lists of paths, buckets and connections. One's own uploads are always allowed."""

    def __init__(self, settings: Settings) -> None:
        self._allow = settings.service.access.allow
        self._data_dir = settings.data_dir.resolve()
        self._private = (self._data_dir, settings.cache_dir.resolve())

    def uploads_dir(self, owner: str) -> Path:
        """The folder of the owner's uploads."""
        return self._data_dir / "uploads" / sha256(owner.encode()).hexdigest()[:32]

    def read_roots(self, caller: Caller) -> tuple[str, ...] | None:
        """Local files and folders the caller may read; None does not restrict them."""
        paths = self._of(caller).paths
        return (
            None
            if self._is_free(caller) or ALL in paths
            else (str(self.uploads_dir(caller.owner)), *paths)
        )

    def check(self, caller: Caller, sources: Iterable[Source]) -> None:
        """See that the caller may ask of all of them, whether or not they exist.

        Raises:
            Forbidden: one is not allowed.
        """
        if self._is_free(caller):
            return
        allowed = self._of(caller)
        for source in sources:
            match source:
                case FileSource(uri=uri):
                    self.check_uris(caller, [uri])
                case GlueTable(database=database, table=table):
                    if not _listed(allowed.connections, GLUE, database):
                        raise _forbidden(caller, f"the Glue table {database}.{table}")
                case _:
                    if not _listed(allowed.connections, source.connection):
                        raise _forbidden(caller, f"the connection {source.connection}")

    def may_use(self, caller: Caller, *place: str) -> bool:
        """Whether the caller may look into a place.

        Args:
            place: a connection; `GLUE`, if any of its databases may be asked of; or `GLUE` and a
                database.
        """
        if self._is_free(caller) or caller.may(Permission.MANAGE):
            return True
        entries = self._of(caller).connections
        if place == (GLUE,):
            return any(entry.split("/")[0] in {ALL, GLUE} for entry in entries)
        return _listed(entries, *place)

    def check_place(self, caller: Caller, *place: str) -> None:
        """See that the caller may look into a place as `may_use` has it, whether or not it exists.

        Raises:
            Forbidden: that is not allowed.
        """
        if not self.may_use(caller, *place):
            raise _forbidden(caller, _named(*place))

    def check_uris(self, caller: Caller, uris: Iterable[str]) -> None:
        """The same for paths, patterns and URIs.

        Raises:
            Forbidden: one is not allowed, or makes no sense.
        """
        if self._is_free(caller):
            return
        allowed = self._of(caller)
        for uri in uris:
            try:
                readable = self._may_read(caller, allowed, uri)
            except (OSError, RuntimeError, ValueError):  # how paths say that they cannot be
                readable = False
            if not readable:
                raise _forbidden(caller, f"“{uri[:300]}”")

    def check_output(self, caller: Caller, uri: str) -> None:
        """See that the caller may have results written below an `s3://` prefix.

        Raises:
            Forbidden: that is not allowed.
        """
        if self._is_free(caller):
            return
        bucket, *folders = uri.partition("://")[2].rstrip("/").split("/")
        if ".." in folders or not _listed(self._of(caller).outputs, bucket, *folders):
            raise Forbidden(
                f"{caller.owner} may not have results written to “{uri[:300]}”.",
                remedy="Leave out s3_output_path, or ask the operator for an entry among the "
                "outputs in SPARK_INTERPRETER_SERVICE__ACCESS__ALLOW.",
            )

    def _is_free(self, caller: Caller) -> bool:
        """A person on the own machine may read what the machine lets them read."""
        return caller.via == "open" and not self._allow

    def _may_read(self, caller: Caller, allowed: Allowed, uri: str) -> bool:
        if uri.startswith(_UPLOAD):
            return True  # found among the caller's own, or not at all
        scheme, separator, rest = uri.partition("://")
        if not separator:
            return self._may_read_file(caller, allowed, uri)
        if scheme.lower() == "file":
            return self._may_read_file(caller, allowed, unquote(urlsplit(uri).path))
        # A key is what it says: "?", "#" and "//" are signs of it as any other.
        bucket, *folders = rest.removesuffix("/").split("/")
        return (
            scheme.lower() in _S3
            and ".." not in folders
            and _listed(allowed.buckets, bucket, *folders)
        )

    def _may_read_file(self, caller: Caller, allowed: Allowed, local: str) -> bool:
        path = _fixed_part(Path(local).expanduser())
        if path is None:
            return False
        if path.is_relative_to(self.uploads_dir(caller.owner)):
            return True
        if any(path.is_relative_to(p) or p.is_relative_to(path) for p in self._private):
            return False
        roots = (Path(root).resolve() for root in allowed.paths if root != ALL)
        return ALL in allowed.paths or any(path.is_relative_to(root) for root in roots)

    def _of(self, caller: Caller) -> Allowed:
        named = (ALL, f"role:{caller.role}", f"user:{caller.owner}")
        found = [self._allow[name] for name in named if name in self._allow]
        return Allowed(
            paths=tuple(path for entry in found for path in entry.paths),
            buckets=tuple(bucket for entry in found for bucket in entry.buckets),
            connections=tuple(name for entry in found for name in entry.connections),
            outputs=tuple(bucket for entry in found for bucket in entry.outputs),
        )


def _fixed_part(path: Path) -> Path | None:
    """The path up to its first pattern, links followed; None if the rest could climb out."""
    parts = path.parts
    first = next((i for i, part in enumerate(parts) if _PATTERN & set(part)), len(parts))
    if ".." in parts[first:]:
        return None
    return Path(*parts[:first]).resolve()


def _listed(entries: Iterable[str], *name: str) -> bool:
    """Whether an entry is the name or a folder it lies in."""
    wanted = [entry.strip("/").split("/") for entry in entries]
    return any(entry == [ALL] or entry == list(name[: len(entry)]) for entry in wanted)


def _named(name: str, database: str | None = None) -> str:
    """A place in words."""
    if name != GLUE:
        return f"the connection {name}"
    return f"the Glue database {database}" if database else "the Glue Data Catalog"


def _forbidden(caller: Caller, thing: str) -> Forbidden:
    return Forbidden(
        f"{caller.owner} may not read {thing}.",
        remedy=(
            "Upload the file, or ask the operator for an entry in "
            "SPARK_INTERPRETER_SERVICE__ACCESS__ALLOW."
        ),
    )

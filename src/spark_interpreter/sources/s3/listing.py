"""Which objects a URI means: found by listing keys, before anything is read."""

import hashlib
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any, NamedTuple

from spark_interpreter.aws import aws_errors
from spark_interpreter.cancellation import stop_if_cancelled
from spark_interpreter.errors import SourceEmpty, SourceNotFound, SourceTooLarge
from spark_interpreter.model.patterns import escaped, has_pattern, unescaped
from spark_interpreter.sources.names import ambiguous_pattern
from spark_interpreter.sources.s3.uri import S3Uri, matcher

MAX_OBJECTS = 100_000
"""A source of more objects than this is asked for in parts."""
_NEAR_KEYS = 1000
_MARKERS = ("/", "_$folder$")
"""Ends of the names of empty objects that consoles and Hadoop make for folders."""


class ObjectRef(NamedTuple):
    """One version of an object."""

    bucket: str
    key: str
    size: int
    etag: str

    @property
    def uri(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


class Listing(NamedTuple):
    """The objects of a source.

    Attributes:
        objects: those with data, in the order of their keys.
        script_path: how a script names them all; empty when it names them one by one.
        root: key prefix that the objects' folders are counted from; ends with "/" or is empty.
        folder: the URI names a folder, not a file or a pattern.
    """

    uri: S3Uri
    objects: tuple[ObjectRef, ...]
    script_path: str
    root: str
    folder: bool

    @property
    def size(self) -> int:
        """Bytes of all objects together."""
        return sum(each.size for each in self.objects)

    @property
    def version(self) -> str:
        """Changes whenever one of the objects does."""
        digest = hashlib.sha256()
        for each in self.objects:
            digest.update(f"{each.uri}\0{each.size}\0{each.etag}\n".encode())
        return digest.hexdigest()

    def relative(self, each: ObjectRef) -> str:
        """The object's key below the root."""
        return each.key.removeprefix(self.root)


def list_objects(client: Any, uri: S3Uri) -> Listing:
    """List what a URI means: an object, a folder of objects, or a pattern of keys.

    Signs of a pattern mean themselves where an object or a folder has just that name, or after a
    backslash.

    Raises:
        UsageError: it is the name of one object, and a pattern that others match as well.
        SourceNotFound: there is no such bucket or key.
        SourceEmpty: what is there has no byte of data.
        SourceTooLarge: there are more than `MAX_OBJECTS` objects.
        SourceError: S3 does not let us look.
    """
    plain = uri._replace(key=unescaped(uri.key))
    found = _pattern(client, uri) if uri.has_pattern else _named(client, plain)
    if not found.objects:
        raise SourceEmpty(
            f"'{uri}' holds no data.", remedy="Name a file or folder that has at least a header."
        )
    return found


def _named(client: Any, uri: S3Uri) -> Listing:
    folder = uri.key.rstrip("/")
    prefix = f"{folder}/" if folder else ""
    if folder and not uri.key.endswith("/") and (exact := _exact(client, uri)):
        return Listing(uri, _with_data([exact]), escaped(str(uri)), _parent(uri.key), folder=False)
    found = list(_listed(client, uri, prefix))
    if not found:
        raise _missing(client, uri)
    everything = [each for each in found if not each.key.endswith(_MARKERS)]
    files = [each for each in everything if not _hidden(each.key.removeprefix(prefix))]
    place = f"s3://{uri.bucket}/{folder}".rstrip("/") + ("" if folder else "/")
    flat = all("/" not in each.key.removeprefix(prefix) for each in everything)
    partitioned = all("=" in each.key.removeprefix(prefix) for each in files) and files
    nameable = (flat or partitioned) and all(each.size for each in files)
    return Listing(uri, _with_data(files), escaped(place) if nameable else "", prefix, folder=True)


def _pattern(client: Any, uri: S3Uri) -> Listing:
    wanted = matcher(uri.key)
    root = _parent(uri.fixed)
    listed = list(_listed(client, uri, uri.fixed))
    matches = [
        each for each in listed if wanted.fullmatch(each.key) and not each.key.endswith(_MARKERS)
    ]
    if any(f"{each.key}/".startswith(f"{uri.key.rstrip('/')}/") for each in listed):
        if len(matches) > 1 and any(each.key == uri.key for each in matches):
            raise ambiguous_pattern(str(uri), str(uri))
        return _named(client, uri)
    files = [each for each in matches if not _hidden(each.key.removeprefix(root))]
    if not files:
        raise SourceNotFound(
            f"No object matches '{uri}'.", remedy="Check the folder and the pattern."
        )
    parent, _, name = uri.key.rpartition("/")
    simple = not has_pattern(parent) and not set("[]{}\\") & set(name)
    nameable = simple and files == matches and all(each.size for each in files)
    return Listing(uri, _with_data(files), str(uri) if nameable else "", root, folder=False)


def _exact(client: Any, uri: S3Uri) -> ObjectRef | None:
    with aws_errors(f"'{uri}'"):
        page = client.list_objects_v2(Bucket=uri.bucket, Prefix=uri.key, MaxKeys=1)
    first = next(iter(page.get("Contents", ())), None)
    return _ref(uri.bucket, first) if first and first["Key"] == uri.key else None


def _listed(client: Any, uri: S3Uri, prefix: str) -> Iterator[ObjectRef]:
    """The objects below a prefix."""
    pages = iter(client.get_paginator("list_objects_v2").paginate(Bucket=uri.bucket, Prefix=prefix))
    count = 0
    while True:
        stop_if_cancelled()
        with aws_errors(f"'{uri}'"):
            page = next(pages, None)
        if page is None:
            return
        for entry in page.get("Contents", ()):
            count += 1
            yield _ref(uri.bucket, entry)
        if count > MAX_OBJECTS:
            raise SourceTooLarge(
                f"'{uri}' holds more than {MAX_OBJECTS:,} objects.",
                remedy="Name a folder below it, or a pattern that matches fewer.",
            )


def _ref(bucket: str, entry: Any) -> ObjectRef:
    return ObjectRef(bucket, entry["Key"], int(entry["Size"]), entry["ETag"])


def _with_data(objects: Iterable[ObjectRef]) -> tuple[ObjectRef, ...]:
    return tuple(each for each in objects if each.size)


def _parent(key: str) -> str:
    return key[: key.rfind("/") + 1]


def _hidden(relative: str) -> bool:
    """Names that Spark leaves out too; a partition column may begin with an underscore."""
    return any(
        part.startswith(".") or (part.startswith("_") and "=" not in part)
        for part in relative.split("/")
    )


def _missing(client: Any, uri: S3Uri) -> SourceNotFound:
    parent = _parent(uri.key.rstrip("/"))
    with aws_errors(f"'{uri}'"):
        page = client.list_objects_v2(
            Bucket=uri.bucket, Prefix=parent, Delimiter="/", MaxKeys=_NEAR_KEYS
        )
    keys = [entry["Key"] for entry in page.get("Contents", ())]
    keys += [entry["Prefix"] for entry in page.get("CommonPrefixes", ())]
    if not keys:
        return SourceNotFound(
            f"There is nothing at '{uri}'.",
            remedy=f"The bucket '{uri.bucket}' has no folder '{parent}' either."
            if parent
            else f"The bucket '{uri.bucket}' is empty.",
        )
    close = get_close_matches(uri.key, keys, n=1, cutoff=0.6)
    hint = f"Did you mean 's3://{uri.bucket}/{close[0]}'?" if close else "Check the key."
    return SourceNotFound(f"There is nothing at '{uri}'.", remedy=hint)

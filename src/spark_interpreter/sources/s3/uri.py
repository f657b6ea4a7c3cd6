"""What a person means by an S3 URI."""

import re
from typing import NamedTuple

from spark_interpreter.errors import UsageError
from spark_interpreter.model.patterns import fixed_part, has_pattern, unescaped

SCHEMES = ("s3://", "s3a://", "s3n://")
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]")
_SIGNS = re.compile(r"\\[*?\[\]{}\\]|\*\*/?|\*|\?|\[[!^]?[^\]/]+\]|\{[^{}/]*\}|.", re.DOTALL)


class S3Uri(NamedTuple):
    """A bucket and a key, a prefix or a pattern of keys; `s3a://` and `s3n://` mean the same."""

    bucket: str
    key: str

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"

    @property
    def has_pattern(self) -> bool:
        return has_pattern(self.key)

    @property
    def fixed(self) -> str:
        """The key up to its first pattern sign, or all of it."""
        return fixed_part(self.key)


def is_s3(uri: str) -> bool:
    """Whether a URI is one of S3's."""
    return uri.lower().startswith(SCHEMES)


def parse(uri: str) -> S3Uri:
    """The parts of an S3 URI.

    Raises:
        UsageError: it names no bucket.
    """
    bucket, _, key = uri.partition("://")[2].partition("/")
    if not _BUCKET.fullmatch(bucket):
        raise UsageError(f"'{uri}' names no bucket.", remedy="Write s3://bucket/folder/file.csv.")
    return S3Uri(bucket, key)


def matcher(pattern: str) -> re.Pattern[str]:
    """The keys that a pattern means: `*` and `?` stay within a folder, `**` does not."""
    return re.compile("".join(_expression(t) for t in _SIGNS.findall(pattern)), re.DOTALL)


def _expression(sign: str) -> str:
    if sign in {"**", "**/"}:
        return r".*" if sign == "**" else r"(?:.*/)?"
    if sign in {"*", "?"}:
        return r"[^/]*" if sign == "*" else r"[^/]"
    if sign.startswith("[") and len(sign) > 2:
        inside = sign[1:-1].replace("\\", r"\\")
        return f"[^/{inside[1:]}]" if inside[0] in "!^" else f"[{inside}]"
    if sign.startswith("{") and sign.endswith("}") and len(sign) > 2:
        return f"(?:{'|'.join(_alternative(a) for a in sign[1:-1].split(','))})"
    return re.escape(unescaped(sign))


def _alternative(text: str) -> str:
    return "".join(_expression(t) for t in _SIGNS.findall(text))

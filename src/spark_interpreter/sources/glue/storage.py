"""How a Glue table's files are stored, told from its SerDe, formats and parameters."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from spark_interpreter.errors import SourceUnreadable
from spark_interpreter.model import Model

Entry = Mapping[str, Any]
"""A table, partition or storage descriptor as the Glue API writes it."""

Format = Literal["csv", "json", "parquet", "orc"]

_ELSEWHERE = "Ask it on a platform with Apache Spark, such as EMR Serverless."
_SERDES: dict[str, tuple[Format, str]] = {
    "opencsvserde": ("csv", "open_csv"),
    "lazysimpleserde": ("csv", "lazy"),
    "jsonserde": ("json", "json"),
    "parquethiveserde": ("parquet", "parquet"),
    "orcserde": ("orc", "orc"),
}
_LAKES = {"iceberg": "an Apache Iceberg table", "hudi": "an Apache Hudi table",
          "delta": "a Delta Lake table"}  # fmt: skip
_KNOWN = {"avroserde": "Avro", "regexserde": "text taken apart by a pattern (RegexSerDe)",
          "grokserde": "log text (Grok)", "lazybinarycolumnarserde": "RCFile",
          "columnarserde": "RCFile", "ionhiveserde": "Amazon Ion",
          "cloudtrailserde": "CloudTrail records"}  # fmt: skip
_S3 = ("s3://", "s3a://", "s3n://")


class Storage(Model):
    """How files are laid out.

    Attributes:
        serde: which rules text follows: "open_csv" or "lazy" for delimited text.
        delimiter, quote, escape: one sign each; quote and escape are None where there is none.
        null_text: the cell that means "missing" (lazy text).
        header_lines: lines of each file that are not rows.
        keys: JSON names by column, where they differ (OpenX `mapping.…`).
        bad_lines: lines that are no JSON are rows without values instead of an error.
    """

    format: Format
    serde: str
    delimiter: str = ","
    quote: str | None = None
    escape: str | None = None
    null_text: str = "\\N"
    header_lines: int = 0
    keys: dict[str, str] = Field(default_factory=dict)
    bad_lines: bool = False


def s3_location(place: str) -> str:
    """A location with the scheme `s3://`; empty if it is none of S3."""
    scheme = next((scheme for scheme in _S3 if place.startswith(scheme)), None)
    return f"s3://{place.removeprefix(scheme)}" if scheme else ""


def table_storage(table: Entry) -> Storage:
    """How a table's files are laid out.

    Raises:
        SourceUnreadable: the table is of a kind that cannot be read here.
    """
    name = f"{table.get('DatabaseName', '')}.{table['Name']}"
    _refuse_other_kinds(table, name)
    descriptor = table.get("StorageDescriptor") or {}
    return storage_of(descriptor, table.get("Parameters") or {}, name)


def storage_of(descriptor: Entry, parameters: Mapping[str, str], name: str) -> Storage:
    """How the files of a table or partition are laid out.

    Args:
        name: of the table, for messages.

    Raises:
        SourceUnreadable: nobody here reads such files.
    """
    if not s3_location(descriptor.get("Location") or ""):
        place = (descriptor.get("Location") or "nowhere").partition(":")[0]
        raise _refusal(f"'{name}' is not stored in S3 but in {place!r}.")
    serde = descriptor.get("SerdeInfo") or {}
    library = str(serde.get("SerializationLibrary") or "")
    short = library.rpartition(".")[2].lower()
    if short not in _SERDES:
        what = _KNOWN.get(short) or (f"a format of its own ({library})" if library else "")
        what = what or "files without a SerDe"
        raise _refusal(f"'{name}' is stored as {what}, which cannot be read on this machine.")
    form, kind = _SERDES[short]
    options = {**parameters, **(descriptor.get("Parameters") or {}),
               **(serde.get("Parameters") or {})}  # fmt: skip
    if form == "csv":
        _refuse_sequence_files(descriptor, name)
        return _delimited(kind, options, name)
    if form == "json":
        keys = {k.removeprefix("mapping.").lower(): v for k, v in options.items()
                if k.startswith("mapping.")}  # fmt: skip
        bad_lines = options.get("ignore.malformed.json", "").lower() == "true"
        return Storage(format=form, serde=kind, keys=keys, bad_lines=bad_lines)
    return Storage(format=form, serde=kind)


def _delimited(kind: str, options: Mapping[str, str], name: str) -> Storage:
    if _count(options, "skip.footer.line.count", name):
        raise _refusal(f"'{name}' leaves out lines at the end of its files.")
    header_lines = _count(options, "skip.header.line.count", name)
    if kind == "open_csv":
        return Storage(
            format="csv",
            serde=kind,
            delimiter=_sign(options.get("separatorChar"), ","),
            quote=_sign(options.get("quoteChar"), '"'),
            escape=_sign(options.get("escapeChar"), "\\"),
            header_lines=header_lines,
        )
    if _sign(options.get("line.delim"), "\n") != "\n":
        raise _refusal(f"The rows of '{name}' do not end at line breaks.")
    encoding = options.get("serialization.encoding", "UTF-8")
    if encoding.upper().replace("-", "") != "UTF8":
        raise _refusal(f"The text of '{name}' is {encoding}, not UTF-8.")
    separator = options.get("field.delim") or options.get("serialization.format") or "\x01"
    return Storage(
        format="csv",
        serde=kind,
        delimiter=_sign(separator, "\x01"),
        escape=_sign(options["escape.delim"], "\\") if "escape.delim" in options else None,
        null_text=options.get("serialization.null.format", "\\N"),
        header_lines=header_lines,
    )


def _sign(text: str | None, default: str) -> str:
    """A separator: a sign, or the number of one ("9" is a tab in Hive's reading)."""
    if not text:
        return default
    if text.isdecimal() and int(text) < 128:
        return chr(int(text))
    return {"\\t": "\t", "\\n": "\n", "\\001": "\x01", "\\u0001": "\x01"}.get(text, text[0])


def _count(options: Mapping[str, str], key: str, name: str) -> int:
    text = options.get(key) or "0"
    if not text.isdecimal():
        raise SourceUnreadable(
            f"'{name}' has {key} = {text!r}, which is no number.",
            remedy="Correct the table's parameter.",
        )
    return int(text)


def _refuse_other_kinds(table: Entry, name: str) -> None:
    parameters = {k.lower(): v for k, v in (table.get("Parameters") or {}).items()}
    if target := table.get("TargetTable"):
        other = f"{target.get('DatabaseName')}.{target.get('Name')}"
        raise SourceUnreadable(
            f"'{name}' is a resource link to '{other}' of another catalog.",
            remedy=f"Name '{other}' itself, or ask on EMR Serverless.",
        )
    if table.get("TableType") == "VIRTUAL_VIEW":
        raise _refusal(f"'{name}' is a view, which cannot be read on this machine.")
    if "FederatedTable" in table:
        raise _refusal(f"'{name}' is a federated table, not one of files.")
    provider = parameters.get("spark.sql.sources.provider", "").lower()
    lake = {parameters.get("table_type", "").lower(), provider,
            parameters.get("classification", "").lower()} & set(_LAKES)  # fmt: skip
    input_format = str((table.get("StorageDescriptor") or {}).get("InputFormat") or "").lower()
    if not lake and "hoodie" in input_format:
        lake = {"hudi"}
    if lake:
        what = _LAKES[lake.pop()]
        raise _refusal(f"'{name}' is {what}, which cannot be read on this machine.")
    if provider and provider not in {"hive", "parquet", "orc"}:
        raise SourceUnreadable(
            f"'{name}' is a Spark table of the source '{provider}'.",
            remedy="Name its files (s3://…) as a source, or ask on EMR Serverless.",
        )


def _refuse_sequence_files(descriptor: Entry, name: str) -> None:
    input_format = str(descriptor.get("InputFormat") or "TextInputFormat")
    if not input_format.endswith("TextInputFormat"):
        short = input_format.rpartition(".")[2]
        raise _refusal(f"'{name}' keeps its text in files of another kind ({short}).")


def _refusal(message: str) -> SourceUnreadable:
    return SourceUnreadable(message, remedy=_ELSEWHERE)

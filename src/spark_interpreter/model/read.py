"""How a script reads a source: what the source section is rendered from."""

from typing import Literal

from spark_interpreter.model.base import Model


class ColumnRead(Model):
    """A column stored as text whose cells need work before they are values of its type.

    The steps are applied in this order: trim, null tokens, removal of grouping and currency
    signs, decimal mark, pattern.

    Attributes:
        trim: spaces around the cell are taken off first.
        null_tokens: cells that mean "missing" ("N/A", "-").
        remove: texts taken out of a number before it is read ("€", " "); a grouping sign ("." or
            "," or "'") only where three digits follow, so that a misplaced one still fails.
        decimal_mark: "," where numbers are written 3,14.
        pattern: date or timestamp pattern in Spark's letters ("dd/MM/yyyy").
        true_words, false_words: words of a boolean column.
        percent: the number is followed by % and divided by 100.
    """

    trim: bool = False
    null_tokens: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    decimal_mark: Literal[".", ","] = "."
    pattern: str | None = None
    true_words: tuple[str, ...] = ()
    false_words: tuple[str, ...] = ()
    percent: bool = False


class FileRead(Model):
    """A file source: its files and how their bytes are laid out.

    Attributes:
        paths: the files, absolute or `s3://`, in the order they are read.
        script_path: what the script names: the file, folder or glob itself; empty when it names
            `paths` one by one.
        quoted: cells may stand in quotes.
        engine_direct: the embedded engine can read it as it stands; otherwise it is converted to
            columnar form first (other encodings, ragged rows, Excel).
        spark_direct: Apache Spark can; otherwise the portable script reads the columnar form too.
        columnar: a Parquet file with the columns' values, when there is one.
    """

    kind: Literal["file"] = "file"
    format: Literal["csv", "parquet", "json", "excel"]
    paths: tuple[str, ...]
    script_path: str
    delimiter: str = ","
    quote: str = '"'
    escape: str = '"'
    quoted: bool = True
    header: bool = True
    encoding: str = "UTF-8"
    skip_rows: int = 0
    multiline: bool = False
    ragged: bool = False
    sheet: str | None = None
    compression: str | None = None
    engine_direct: bool = True
    spark_direct: bool = True
    columnar: str | None = None


ReadPlan = FileRead

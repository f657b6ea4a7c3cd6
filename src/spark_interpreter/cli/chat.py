"""`spark-interpreter chat`: a conversation about data."""

import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from spark_interpreter.cli import options
from spark_interpreter.cli.asking import TurnOptions, check_targets, open_interpreter, turn
from spark_interpreter.cli.outcome import report
from spark_interpreter.cli.progress import Progress
from spark_interpreter.cli.text import clean
from spark_interpreter.errors import InterpreterError, UsageError

if TYPE_CHECKING:
    from spark_interpreter import Answer, Interpreter

_HELP = """\
Ask a question, or refine the one before ("only for 2025", "as a share", "top 5 instead").
A number asks one of the suggestions.

  /explain       how the last answer is computed, with its script
  /script        the last script
  /chart FILE    write the last chart (.png, .svg, .html, .json)
  /export FILE   write all rows (.csv, .parquet, .xlsx, .json, .jsonl)
  /sources       the data
  /new           forget the conversation
  /quit          leave (also Ctrl-D)"""
_GOODBYES = {"/quit", "/q", "/exit", "exit", "quit", "bye"}
_HISTORY = 1_000
_PROMPT = "› "


@click.command("chat", short_help="Ask one question after another.")
@options.sources
@click.option("--session", metavar="ID", help="Go on with this session.")
@click.option("--rows", type=click.IntRange(1, 10_000), metavar="N", help="Rows to show.")
@options.verbose
def command(
    files: tuple[str, ...], named: tuple[str, ...], session: str | None, rows: int | None,
    verbose: bool,
) -> int:  # fmt: skip
    """Ask one question after another of SOURCES; each may refine the one before.

    SOURCES are files and tables, named as for "ask".

    Questions come from the terminal, or one a line from a pipe.
    """
    data = (*files, *named)
    if not data and session is None:
        raise click.UsageError("Name a file or table to ask, or a --session to go on with.")
    settings = TurnOptions(session=session, rows=rows, verbose=verbose, numbered=True)
    with open_interpreter(settings) as interpreter:
        chat = _Chat(interpreter, data, settings)
        if sys.stdin.isatty():
            return _converse(chat)
        return _answer_lines(chat)


class _Chat:
    """The conversation: what it is about, and the last answer."""

    def __init__(
        self, interpreter: "Interpreter", data: tuple[str, ...], settings: TurnOptions
    ) -> None:
        self.interpreter = interpreter
        self._data = data
        self._options = settings
        self._last: Answer | None = None

    def greet(self) -> None:
        """Look at the data and say what they are."""
        from spark_interpreter.cli.sources import size

        self.interpreter.warm()
        if not self._data:
            return
        with Progress() as progress:
            progress.say("Looking at the data")
            profiles = self.interpreter.profile(self._data)
        for profile in profiles:
            click.echo(f"{clean(profile.label)}: {size(profile)}")
        click.secho("Ask away; /help says more.", dim=True)

    def take(self, line: str) -> int:
        """Answer a question or carry out a command; the exit code it would have alone."""
        try:
            if line.startswith("/"):
                self._obey(*line[1:].split(maxsplit=1))
                return 0
            return self._ask(self._suggested(line))
        except InterpreterError as error:
            report(error, verbose=self._options.verbose)
            return 2

    def _ask(self, question: str) -> int:
        def act(interpreter: "Interpreter", **arguments: Any) -> "Answer":
            data = self._data if arguments["session_id"] is None else ()
            self._last = interpreter.ask(question, data, **arguments)
            return self._last

        code = turn(self.interpreter, self._options, act)
        if self._last is not None:
            self._options = replace(self._options, session=self._last.document.session_id)
        return code

    def _suggested(self, line: str) -> str:
        if line.isdigit() and self._last is not None:
            with suppress(IndexError):
                return self._last.document.suggestions[int(line) - 1]
        return line

    def _obey(self, name: str = "", argument: str = "") -> None:
        match name:
            case "help" | "h" | "?" | "":
                click.echo(_HELP)
            case "new":
                self._options = replace(self._options, session=None)
                self._last = None
                click.secho("A new conversation.", dim=True)
            case "sources":
                self._show_sources()
            case "explain" | "script":
                self._show_last(name)
            case "chart" | "export":
                self._write(name, argument)
            case _:
                raise UsageError(f"There is no command “/{name}”.", remedy="/help lists them.")

    def _show_sources(self) -> None:
        from spark_interpreter.cli.sources import show_profile

        for profile in self.interpreter.profile(self._data):
            show_profile(profile)

    def _show_last(self, what: str) -> None:
        from spark_interpreter.cli.answer_view import show_answer, show_script
        from spark_interpreter.cli.terminal import stdout

        answer = self._answer()
        if what == "script":
            show_script(stdout(), answer.script)
        else:
            show_answer(stdout(), answer.document, rows=0, explain=True)

    def _write(self, what: str, target: str) -> None:
        answer = self._answer()
        if not target:
            raise UsageError(f"/{what} needs a file.", remedy=f"For example: /{what} result.csv")
        path = Path(target).expanduser()
        if what == "chart":
            check_targets(path, None)
            written = answer.save_chart(path)
        else:
            check_targets(None, path)
            exported = answer.export(path)
            written = exported.path
            for note in exported.notes:
                click.echo(note, err=True)
        click.echo(clean(str(written)))

    def _answer(self) -> "Answer":
        if self._last is None:
            raise UsageError("There is no answer yet.", remedy="Ask something first.")
        return self._last


def _converse(chat: _Chat) -> int:
    chat.greet()
    for line in _typed_lines(chat.interpreter.settings.data_dir / "chat_history"):
        if line.lower() in _GOODBYES:
            break
        click.echo()
        chat.take(line)
        click.echo()
    return 0


def _answer_lines(chat: _Chat) -> int:
    """Questions from a pipe; the code of the last that was not answered, else 0."""
    code = 0
    for line in sys.stdin:
        if (question := line.strip()).lower() in _GOODBYES:
            break
        if question:
            click.secho(f"{_PROMPT}{clean(question)}", dim=True)
            code = chat.take(question) or code
            click.echo()
    return code


def _typed_lines(history: Path) -> Iterator[str]:
    """What a person types, until Ctrl-D; Ctrl-C drops the line. Lines are remembered."""
    readline = _with_history(history)
    while True:
        try:
            line = input(_PROMPT).strip()
        except EOFError:
            click.echo()
            return
        except KeyboardInterrupt:
            click.echo()
            continue
        if line:
            yield line
            if readline is not None:
                with suppress(OSError):
                    readline.write_history_file(history)
                    history.chmod(0o600)


def _with_history(history: Path) -> Any:
    """The readline module with earlier lines loaded; None where Python was built without it."""
    try:
        import readline
    except ImportError:
        return None
    readline.set_history_length(_HISTORY)
    with suppress(OSError):
        history.parent.mkdir(parents=True, exist_ok=True)
        readline.read_history_file(history)
    return readline

"""One call of the model: streamed, watched, repeated when it was turned away.

The provider's library works in an event loop on a thread of its own, so that it makes no
difference whether the asker has a loop; the asker's thread hears how far it is, and stops it.
"""

import asyncio
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from spark_interpreter.cancellation import Cancellation
from spark_interpreter.errors import BudgetExceeded, InterpreterError
from spark_interpreter.generation.llm.failures import Failure, failure_of, silent, stopped
from spark_interpreter.generation.llm.prompt import Prompt
from spark_interpreter.generation.llm.provider import Provided, Quirk, make_model
from spark_interpreter.generation.llm.reply import TOOL, TOOL_SPEC
from spark_interpreter.model import ModelSettings

_POLL_SECONDS = 0.05
_TELL_SECONDS = 0.5
_PATIENCE = {"never": 1, "once": 2, "often": 4}
"""Calls in all, by whether asking again may help."""

OnText = Callable[[int], None]
"""(characters so far) -> hears how much is written."""


@dataclass
class Said:
    """What the model said.

    Attributes:
        arguments: of the call of our tool, as sent; None if it called none.
        stop: why it ended ("end_turn", "tool_use", …).
        counted: the service told the tokens; else they are estimated.
        seconds: from the first call to the last word, waits included.
    """

    text: str = ""
    arguments: str | None = None
    stop: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    counted: bool = False
    seconds: float = 0
    _in_tool: bool = field(default=False, repr=False)

    @property
    def characters(self) -> int:
        return len(self.text) + len(self.arguments or "")

    def hear(self, event: Any) -> None:
        """Take in an event of the stream."""
        if "contentBlockStart" in event:
            tool = event["contentBlockStart"].get("start", {}).get("toolUse")
            self._in_tool = bool(tool) and self.arguments is None
            if self._in_tool:
                self.arguments = ""
        elif "contentBlockDelta" in event:
            delta = event["contentBlockDelta"].get("delta", {})
            self.text += delta.get("text") or ""
            if self._in_tool:
                self.arguments = (self.arguments or "") + (
                    delta.get("toolUse", {}).get("input") or ""
                )
        elif "messageStop" in event:
            self.stop = event["messageStop"].get("stopReason") or ""
        elif "metadata" in event:
            usage = event["metadata"].get("usage", {})
            # Anthropic's services count what they read from or write to the cache apart.
            names = ("inputTokens", "cacheReadInputTokens", "cacheWriteInputTokens")
            self.input_tokens = sum(int(usage.get(name) or 0) for name in names)
            self.output_tokens = int(usage.get("outputTokens") or 0)
            self.counted = bool(self.input_tokens or self.output_tokens)


class Caller:
    """Calls the model of the settings; remembers what it does not take.

    Args:
        settings: of the model.
    """

    def __init__(self, settings: ModelSettings) -> None:
        self._settings = settings
        self._quirks: frozenset[Quirk] = frozenset()

    def call(
        self, prompt: Prompt, *, deadline: float, cancellation: Cancellation, on_text: OnText
    ) -> Said:
        """What the model says to the prompt.

        Args:
            deadline: when it has to be done, of `time.monotonic`.

        Raises:
            GenerationError: it did not answer, or refused; one of the errors of the model.
            RunCancelled: the turn was cancelled.
            SettingsError: the settings name no usable model.
        """
        calls, started = 0, time.monotonic()
        while True:
            cancellation.check()
            calls += 1
            said = _Stream(self._settings, self._quirks, prompt).read(
                deadline, cancellation, on_text
            )
            if isinstance(said, Said):
                said.seconds = time.monotonic() - started
                return self._complete(said, prompt)
            if said.quirk is not None and said.quirk not in self._quirks:
                self._quirks |= {said.quirk}
                calls -= 1
                continue
            wait = self._settings.retry_seconds * 2 ** (calls - 1)
            if calls >= _PATIENCE[said.again] or time.monotonic() + wait > deadline:
                raise said.error
            cancellation.wait(wait)

    def _complete(self, said: Said, prompt: Prompt) -> Said:
        if not said.counted:
            said.input_tokens, said.output_tokens = prompt.tokens, -(-said.characters // 4)
        error = stopped(said.stop, self._settings)
        if error is not None:
            raise error
        return said


class _Stream:
    """One answer, from the first byte to the last."""

    def __init__(self, settings: ModelSettings, quirks: frozenset[Quirk], prompt: Prompt) -> None:
        self._settings = settings
        self._quirks = quirks
        self._prompt = prompt
        self._heard: queue.SimpleQueue[Said | Failure | int | InterpreterError] = (
            queue.SimpleQueue()
        )
        self._stop = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None

    def read(self, deadline: float, cancellation: Cancellation, on_text: OnText) -> Said | Failure:
        """The whole answer, or why there is none."""
        thread = threading.Thread(target=self._run, name="model", daemon=True)
        thread.start()
        try:
            return self._wait(deadline, cancellation, on_text)
        finally:
            self._end()
            thread.join(1)

    def _wait(self, deadline: float, cancellation: Cancellation, on_text: OnText) -> Said | Failure:
        last = told = time.monotonic()
        while True:
            cancellation.check()
            now = time.monotonic()
            if now > deadline:
                raise BudgetExceeded(
                    f"The model was at work for {self._settings.budget_seconds:g} s.",
                    remedy="Raise SPARK_INTERPRETER_MODEL__BUDGET_SECONDS.",
                )
            if now - last > self._settings.timeout_seconds:
                return Failure(silent(self._settings))
            try:
                news = self._heard.get(timeout=_POLL_SECONDS)
            except queue.Empty:
                continue
            last = time.monotonic()
            if isinstance(news, InterpreterError):
                raise news
            if not isinstance(news, int):
                return news
            if news and last - told >= _TELL_SECONDS:
                told = last
                on_text(news)

    def _end(self) -> None:
        self._stop.set()
        loop, task = self._loop, self._task
        if loop is not None and task is not None and not loop.is_closed():
            try:
                loop.call_soon_threadsafe(task.cancel)
            except RuntimeError:  # closed just now
                return

    def _run(self) -> None:
        try:
            asyncio.run(self._converse())
        except asyncio.CancelledError:
            return
        except InterpreterError as error:
            self._heard.put(error)
        except Exception as exc:  # noqa: BLE001  whatever a provider's library raises
            self._heard.put(failure_of(exc, self._settings))

    async def _converse(self) -> None:
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        provided = make_model(self._settings, self._quirks)
        said = Said()
        try:
            async for event in provided.model.stream(
                self._messages(provided),
                [TOOL_SPEC],  # type: ignore[list-item]
                self._prompt.system,
                tool_choice=self._tool_choice(provided),
                **self._system(provided),
                cancel_signal=self._stop,
            ):
                said.hear(event)
                self._heard.put(said.characters)
        finally:
            await provided.close()
        self._heard.put(said)

    def _system(self, provided: Provided) -> dict[str, Any]:
        """The system prompt with a cache point after it, where the provider knows one."""
        if not provided.caches:
            return {}
        point = {"cachePoint": {"type": "default"}}
        return {"system_prompt_content": [{"text": self._prompt.system}, point]}

    def _tool_choice(self, provided: Provided) -> Any:
        return {"tool": {"name": TOOL}} if provided.forces_tool else None

    def _messages(self, provided: Provided) -> Any:
        content: list[dict[str, Any]] = [{"text": self._prompt.data}]
        if provided.caches:
            content.append({"cachePoint": {"type": "default"}})
        content.append({"text": self._prompt.task})
        return [{"role": "user", "content": content}]

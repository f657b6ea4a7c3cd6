"""What goes wrong with a model's service, in our words: one place for all providers.

Strands hands on the errors of the providers' libraries as they are. They are told apart by what
they have in common, the HTTP status, and by their names, so that no library has to be imported.
"""

import re
from dataclasses import dataclass
from typing import Literal

from spark_interpreter.errors import (
    GenerationError,
    ModelDenied,
    ModelRefused,
    ModelUnavailable,
    ModelUnknown,
)
from spark_interpreter.generation.llm.provider import Quirk
from spark_interpreter.model import ModelSettings

Again = Literal["never", "once", "often"]

_QUIRKS: tuple[tuple[Quirk, str], ...] = (
    ("completion_tokens", r"max_completion_tokens"),
    ("no_temperature", r"temperature"),
    ("no_tool_choice", r"tool_?choice"),
)
_SECRET = re.compile(r"(?i)\b(sk-|key-|Bearer\s+|AKIA)[\w.\-]+|secret[\w.\-]*")
_MAX_DETAIL = 500


@dataclass(frozen=True)
class Failure:
    """A failed call.

    Attributes:
        error: for the person.
        again: whether asking again may help, and how often.
        quirk: what the model does not take, if that is what is wrong.
    """

    error: GenerationError
    again: Again = "never"
    quirk: Quirk | None = None


def failure_of(exc: BaseException, settings: ModelSettings) -> Failure:
    """What an exception of Strands or of a provider's library means."""
    who = f"{settings.name} of {settings.provider}"
    name, status, text = type(exc).__name__, _status(exc), str(exc).casefold()
    detail = _detail(exc, settings)
    if name == "ModelThrottledException" or status in {429, 503, 529}:
        return Failure(_overloaded(who, detail), "often")
    if name == "ContextWindowOverflowException":
        return Failure(_too_long(who, detail))
    if status in {401, 403} or "CredentialsError" in name or _is_missing_key(name, text):
        return Failure(_denied(who, detail))
    if status is not None and 400 <= status < 500:
        return _not_taken(status, text, settings, detail)
    if "timeout" in name.casefold():
        return Failure(silent(settings))
    return Failure(_broken(who, detail), "once")


def _not_taken(status: int, text: str, settings: ModelSettings, detail: str) -> Failure:
    if status == 404 or "model identifier is invalid" in text or "on-demand throughput" in text:
        return Failure(
            ModelUnknown(
                f"{settings.provider} has no model {settings.name} for this account.",
                remedy="Correct SPARK_INTERPRETER_MODEL__NAME (or __REGION, __BASE_URL).",
                detail=detail,
            )
        )
    quirk = next((quirk for quirk, words in _QUIRKS if re.search(words, text)), None)
    error = ModelUnknown(
        f"The service of {settings.name} of {settings.provider} does not take the request.",
        remedy="Look at the detail, and at docs/models.md.",
        detail=detail,
    )
    return Failure(error, quirk=quirk)


def _overloaded(who: str, detail: str) -> ModelUnavailable:
    return ModelUnavailable(
        f"The service of {who} has no capacity for the question at the moment.",
        remedy="Ask again later.",
        detail=detail,
    )


def _too_long(who: str, detail: str) -> ModelUnknown:
    return ModelUnknown(
        f"The question and its tables do not fit into {who}.",
        remedy="Name fewer sources, or choose a model that reads more.",
        detail=detail,
    )


def _broken(who: str, detail: str) -> ModelUnavailable:
    return ModelUnavailable(
        f"The answer of {who} broke off or could not be fetched.",
        remedy="Ask again; see that SPARK_INTERPRETER_MODEL__BASE_URL can be reached.",
        detail=detail,
    )


def silent(settings: ModelSettings) -> ModelUnavailable:
    """The model said nothing for too long."""
    return ModelUnavailable(
        f"{settings.name} of {settings.provider} said nothing for {settings.timeout_seconds:g} s.",
        remedy="Ask again, or raise SPARK_INTERPRETER_MODEL__TIMEOUT_SECONDS.",
    )


def stopped(reason: str, settings: ModelSettings) -> GenerationError | None:
    """What it means that a model ended its answer for this reason; None if it is complete."""
    who = f"{settings.name} of {settings.provider}"
    if reason in {"content_filtered", "guardrail_intervened", "refusal"}:
        return ModelRefused(
            f"{who}, or a filter of its service, refused to answer.",
            remedy="Ask in other words.",
        )
    if reason == "max_tokens":
        return ModelUnavailable(
            f"The answer of {who} is longer than {settings.max_tokens:,} tokens.",
            remedy="Ask for less, or raise SPARK_INTERPRETER_MODEL__MAX_TOKENS.",
        )
    return None


def _denied(who: str, detail: str) -> ModelDenied:
    return ModelDenied(
        f"The service of {who} does not accept the key or the account.",
        remedy="Set SPARK_INTERPRETER_MODEL__API_KEY, or the provider's own variable or profile.",
        detail=detail,
    )


def _is_missing_key(name: str, text: str) -> bool:
    """Libraries refuse to make a client without a key before anything is sent."""
    return name in {"OpenAIError", "TypeError", "ValueError"} and bool(
        re.search(r"api[_ ]?key|authentication", text)
    )


def _status(exc: BaseException) -> int | None:
    """The HTTP status, wherever the library keeps it."""
    for name in ("status_code", "code"):
        value = getattr(exc, name, None)
        if isinstance(value, int) and 100 <= value < 600:
            return value
    response = getattr(exc, "response", None)
    if isinstance(response, dict):
        status = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        return status if isinstance(status, int) else None
    return None


def _detail(exc: BaseException, settings: ModelSettings) -> str:
    """What the service said, without anything that looks like a secret."""
    text = str(exc)
    if settings.api_key is not None:
        text = text.replace(settings.api_key.get_secret_value(), "•••")
    return _SECRET.sub("•••", text)[:_MAX_DETAIL]

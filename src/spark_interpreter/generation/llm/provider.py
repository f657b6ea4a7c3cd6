"""The model of the settings, as Strands Agents speaks to it.

Strands and the providers' libraries take seconds to import: they are imported here, when the first
model is made, and nowhere else.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from spark_interpreter.errors import SettingsError
from spark_interpreter.model import ModelSettings

if TYPE_CHECKING:
    from strands.models import Model as StrandsModel

Quirk = Literal["no_temperature", "completion_tokens", "no_tool_choice"]
"""What some models do not take: a temperature, the older name of the token limit, a forced tool."""


@dataclass(frozen=True)
class Provided:
    """A model and how it is let go.

    Attributes:
        caches: the provider keeps the beginning of a prompt where a cache point is set.
        forces_tool: it can be told to call a tool.
    """

    model: "StrandsModel"
    close: Callable[[], Awaitable[None]]
    caches: bool = False
    forces_tool: bool = True


def make_model(settings: ModelSettings, quirks: frozenset[Quirk] = frozenset()) -> Provided:
    """The model with temperature 0, to be used and closed in one event loop.

    Raises:
        SettingsError: the settings lack something, or the libraries are not installed.
    """
    if not settings.name:
        raise SettingsError(
            f"The settings name no model of {settings.provider}.",
            remedy="Set SPARK_INTERPRETER_MODEL__NAME.",
        )
    makers = {
        "anthropic": _anthropic,
        "bedrock": _bedrock,
        "gemini": _gemini,
        "ollama": _ollama,
        "openai": _openai,
    }
    if settings.provider not in makers:
        raise SettingsError(
            "No model is configured.", remedy="Set SPARK_INTERPRETER_MODEL__PROVIDER."
        )
    try:
        return makers[settings.provider](settings, quirks)
    except ImportError as exc:
        raise SettingsError(
            f"What speaks to {settings.provider} is not installed ({exc.name}).",
            remedy="pip install 'spark-code-interpreter[agents]'",
        ) from exc


def _key(settings: ModelSettings) -> str | None:
    return settings.api_key.get_secret_value() if settings.api_key else None


def _client_args(settings: ModelSettings, **names: str) -> dict[str, Any]:
    """Key and address under the names the library has for them; what is not set is left out."""
    given = {"key": _key(settings), "base_url": settings.base_url or None}
    return {names[name]: value for name, value in given.items() if value is not None}


def _temperature(quirks: frozenset[Quirk]) -> dict[str, Any]:
    return {} if "no_temperature" in quirks else {"temperature": 0}


def _openai(settings: ModelSettings, quirks: frozenset[Quirk]) -> Provided:
    from strands.models.openai import OpenAIModel

    args = _client_args(settings, key="api_key", base_url="base_url")
    if settings.base_url:
        args.setdefault("api_key", "none")  # services of one's own ask for no key
    limit = "max_completion_tokens" if "completion_tokens" in quirks else "max_tokens"
    model = OpenAIModel(
        client_args={**args, "max_retries": 0, "timeout": settings.timeout_seconds},
        model_id=settings.name,
        params={limit: settings.max_tokens, **_temperature(quirks)},
    )
    return Provided(model, _nothing_to_close, forces_tool="no_tool_choice" not in quirks)


def _anthropic(settings: ModelSettings, quirks: frozenset[Quirk]) -> Provided:
    from strands.models.anthropic import AnthropicModel

    args = _client_args(settings, key="api_key", base_url="base_url")
    model = AnthropicModel(
        client_args={**args, "max_retries": 0, "timeout": settings.timeout_seconds},
        model_id=settings.name,
        max_tokens=settings.max_tokens,
        params=_temperature(quirks),
    )
    return Provided(
        model, model.client.close, caches=True, forces_tool="no_tool_choice" not in quirks
    )


def _bedrock(settings: ModelSettings, quirks: frozenset[Quirk]) -> Provided:
    from botocore.config import Config
    from strands.models.bedrock import BedrockModel

    model = BedrockModel(
        boto_client_config=Config(
            read_timeout=settings.timeout_seconds,
            connect_timeout=min(10, settings.timeout_seconds),
            retries={"total_max_attempts": 1, "mode": "standard"},
        ),
        region_name=settings.region or None,
        endpoint_url=settings.base_url or None,
        api_key=_key(settings),
        model_id=settings.name,
        max_tokens=settings.max_tokens,
        **_temperature(quirks),
    )

    async def close() -> None:
        model.client.close()

    # Cache points are refused by the models that know none of them.
    caches = any(family in settings.name for family in ("anthropic.claude", "amazon.nova"))
    return Provided(model, close, caches=caches, forces_tool="no_tool_choice" not in quirks)


def _ollama(settings: ModelSettings, quirks: frozenset[Quirk]) -> Provided:
    from strands.models.ollama import OllamaModel

    args: dict[str, Any] = {"timeout": settings.timeout_seconds}
    if key := _key(settings):
        args["headers"] = {"Authorization": f"Bearer {key}"}
    model = OllamaModel(
        settings.base_url or None,
        ollama_client_args=args,
        model_id=settings.name,
        max_tokens=settings.max_tokens,
        **_temperature(quirks),
    )
    return Provided(model, _nothing_to_close, forces_tool=False)


def _gemini(settings: ModelSettings, quirks: frozenset[Quirk]) -> Provided:
    from google import genai
    from strands.models.gemini import GeminiModel

    options = genai.types.HttpOptions(
        timeout=int(settings.timeout_seconds * 1000), base_url=settings.base_url or None
    )
    client = genai.Client(api_key=_key(settings), http_options=options)
    model = GeminiModel(
        client=client,
        model_id=settings.name,
        params={"max_output_tokens": settings.max_tokens, **_temperature(quirks)},
    )

    async def close() -> None:
        await client.aio.aclose()
        client.close()

    return Provided(model, close, forces_tool="no_tool_choice" not in quirks)


async def _nothing_to_close() -> None:
    """The library opens a client for every call and closes it."""

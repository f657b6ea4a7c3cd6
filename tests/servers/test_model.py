"""The scripted model is understood by the libraries that speak to the real services."""

import asyncio
import json
from typing import Any

import pytest

from tests.servers.model import LEAVES_CONNECTIONS, ModelServer, Reply, calls, model_server

pytestmark = LEAVES_CONNECTIONS

TOOL = {
    "name": "answer",
    "description": "Gives the answer.",
    "inputSchema": {"json": {"type": "object", "properties": {"value": {"type": "string"}}}},
}


def client(server: ModelServer, protocol: str) -> Any:
    settings = server.settings(protocol)
    url, key = settings["base_url"], settings["api_key"]
    if protocol == "openai":
        from strands.models.openai import OpenAIModel

        return OpenAIModel(client_args={"base_url": url, "api_key": key}, model_id="scripted")
    if protocol == "anthropic":
        from strands.models.anthropic import AnthropicModel

        return AnthropicModel(
            client_args={"base_url": url, "api_key": key}, model_id="scripted", max_tokens=100
        )
    if protocol == "bedrock":
        from strands.models.bedrock import BedrockModel

        return BedrockModel(
            endpoint_url=url, region_name="us-east-1", api_key=key, model_id="scripted"
        )
    if protocol == "ollama":
        from strands.models.ollama import OllamaModel

        return OllamaModel(url, model_id="scripted")
    from google import genai
    from strands.models.gemini import GeminiModel

    made = genai.Client(api_key=key, http_options={"base_url": url})
    return GeminiModel(client=made, model_id="scripted")


async def close(model: Any) -> None:
    """Some of the libraries' clients are never closed by Strands."""
    if (client := getattr(model, "_custom_client", None)) is not None:
        await client.aio.aclose()
        client.close()
    elif (client := getattr(model, "client", None)) is not None:
        closing = client.close()
        if closing is not None:
            await closing


async def heard(model: Any) -> tuple[str, str, dict[str, int]]:
    text = arguments = ""
    usage: dict[str, int] = {}
    messages = [{"role": "user", "content": [{"text": "Which value?"}]}]
    async for event in model.stream(messages, [TOOL], "Use the tool."):
        delta = event.get("contentBlockDelta", {}).get("delta", {})
        text += delta.get("text", "")
        arguments += delta.get("toolUse", {}).get("input", "")
        usage = event.get("metadata", {}).get("usage", usage)
    await close(model)
    return text, arguments, usage


@pytest.mark.parametrize("protocol", ["openai", "anthropic", "bedrock", "ollama", "gemini"])
def test_words_tool_calls_and_usage_arrive(protocol: str) -> None:
    reply = Reply(
        text="Grüße, one moment …",
        calls=calls("answer", {"value": "forty-two €"}).calls,
        fragment=5,
        tokens=(321, 45),
    )
    with model_server([reply]) as server:
        text, arguments, usage = asyncio.run(heard(client(server, protocol)))
        assert text == reply.text
        assert json.loads(arguments) == {"value": "forty-two €"}
        assert (usage["inputTokens"], usage["outputTokens"]) == reply.tokens
        (asked,) = server.requests
        assert asked.protocol == protocol
        assert asked.tools == ["answer"]
        assert asked.has("Use the tool.")
        assert asked.has("Which value?")

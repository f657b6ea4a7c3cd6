"""What the model services say over the wire: one class a protocol.

Each turns a reply into the parts of a streamed answer, and a fault into the error the service
answers with. The forms are those of the public API references.
"""

import json
import struct
import uuid
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

Fault = Literal[
    "",
    "throttled",  # too many requests, before anything is said
    "overloaded",  # the service has no capacity, before anything is said
    "denied",  # wrong key
    "unknown_model",
    "too_long",  # the prompt does not fit the model
    "invalid",  # the request has something the service does not know
    "broken",  # an internal error of the service
    "refused",  # the model or a filter of the service ends the answer
    "length",  # the answer is as long as it may be, and not finished
    "cut",  # the connection ends in the middle
    "stall",  # nothing more comes after the first parts
    "malformed",  # bytes that are not of the protocol
]

MESSAGES = {
    "throttled": "Too many requests, please wait before trying again.",
    "overloaded": "The model is overloaded, try again later.",
    "denied": "The key secret-key-12345 is not valid.",
    "unknown_model": "The model does not exist.",
    "too_long": "Input is too long for requested model: maximum context length is 8 tokens.",
    "invalid": "temperature is not supported by this model.",
    "broken": "Something went wrong inside the service.",
}


@dataclass(frozen=True)
class Call:
    """A call of one of the tools that the request offers.

    Attributes:
        arguments: a text is sent as it is, however wrong.
    """

    name: str
    arguments: Mapping[str, Any] | str

    @property
    def text(self) -> str:
        if isinstance(self.arguments, str):
            return self.arguments
        return json.dumps(self.arguments, ensure_ascii=False)


@dataclass(frozen=True)
class Reply:
    """What the scripted model says to one request.

    Attributes:
        fragment: characters of a streamed part.
        delay: seconds before each part.
        fault: what goes wrong; "cut", "stall" and "malformed" after the first parts.
        tokens: of the request and of the answer.
    """

    text: str = ""
    calls: tuple[Call, ...] = ()
    fragment: int = 12
    delay: float = 0
    fault: Fault = ""
    tokens: tuple[int, int] = (1000, 100)

    def pieces(self, text: str) -> Iterator[str]:
        for start in range(0, len(text), self.fragment):
            yield text[start : start + self.fragment]


class Protocol(ABC):
    """The wire form of one kind of service."""

    name: ClassVar[str]
    content_type: ClassVar[str] = "text/event-stream"
    malformed: ClassVar[bytes] = b"data: {oops\n\n"

    @abstractmethod
    def serves(self, path: str) -> bool: ...

    @abstractmethod
    def parts(self, reply: Reply) -> Iterator[bytes]:
        """The streamed answer, part by part."""

    @abstractmethod
    def error(self, fault: str) -> tuple[int, dict[str, str], Any]:
        """Status, headers and document of an error."""

    @abstractmethod
    def tools(self, body: dict[str, Any]) -> list[str]:
        """Names of the tools that the request offers."""


class OpenAI(Protocol):
    name = "openai"

    def serves(self, path: str) -> bool:
        return path.endswith("/chat/completions")

    def tools(self, body: dict[str, Any]) -> list[str]:
        return [tool["function"]["name"] for tool in body.get("tools", [])]

    def parts(self, reply: Reply) -> Iterator[bytes]:
        for piece in reply.pieces(reply.text):
            yield self._chunk({"content": piece})
        for index, call in enumerate(reply.calls):
            start = {"index": index, "id": _id("call"), "type": "function"}
            yield self._chunk(
                {"tool_calls": [{**start, "function": {"name": call.name, "arguments": ""}}]}
            )
            for piece in reply.pieces(call.text):
                yield self._chunk(
                    {"tool_calls": [{"index": index, "function": {"arguments": piece}}]}
                )
        said = "tool_calls" if reply.calls else "stop"
        reason = {"refused": "content_filter", "length": "length"}.get(reply.fault, said)
        yield self._chunk({}, reason)
        asked, answered = reply.tokens
        yield _sse(
            self._frame([])
            | {
                "usage": {
                    "prompt_tokens": asked,
                    "completion_tokens": answered,
                    "total_tokens": asked + answered,
                }
            }
        )
        yield b"data: [DONE]\n\n"

    def _chunk(self, delta: dict[str, Any], reason: str | None = None) -> bytes:
        return _sse(self._frame([{"index": 0, "delta": delta, "finish_reason": reason}]))

    def _frame(self, choices: list[Any]) -> dict[str, Any]:
        return {
            "id": "chatcmpl-1",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": "scripted",
            "choices": choices,
        }

    def error(self, fault: str) -> tuple[int, dict[str, str], Any]:
        status, kind, code = {
            "throttled": (429, "requests", "rate_limit_exceeded"),
            "overloaded": (503, "server_error", "overloaded"),
            "denied": (401, "invalid_request_error", "invalid_api_key"),
            "unknown_model": (404, "invalid_request_error", "model_not_found"),
            "too_long": (400, "invalid_request_error", "context_length_exceeded"),
            "invalid": (400, "invalid_request_error", "unsupported_value"),
        }.get(fault, (500, "server_error", None))
        return status, {}, {"error": {"message": MESSAGES[fault], "type": kind, "code": code}}


class Anthropic(Protocol):
    name = "anthropic"
    malformed = b"event: content_block_delta\ndata: {oops\n\n"

    def serves(self, path: str) -> bool:
        return path.endswith("/v1/messages")

    def tools(self, body: dict[str, Any]) -> list[str]:
        return [tool["name"] for tool in body.get("tools", [])]

    def parts(self, reply: Reply) -> Iterator[bytes]:
        asked, answered = reply.tokens
        message: dict[str, Any] = {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": "scripted",
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": {"input_tokens": asked, "output_tokens": 1},
        }
        yield self._event("message_start", message=message)
        index = 0
        if reply.text:
            deltas = [{"type": "text_delta", "text": piece} for piece in reply.pieces(reply.text)]
            yield from self._block(index, {"type": "text", "text": ""}, deltas)
            index += 1
        for call in reply.calls:
            block = {"type": "tool_use", "id": _id("toolu"), "name": call.name, "input": {}}
            deltas = [
                {"type": "input_json_delta", "partial_json": piece}
                for piece in reply.pieces(call.text)
            ]
            yield from self._block(index, block, deltas)
            index += 1
        said = "tool_use" if reply.calls else "end_turn"
        reason = {"refused": "refusal", "length": "max_tokens"}.get(reply.fault, said)
        yield self._event(
            "message_delta",
            delta={"stop_reason": reason, "stop_sequence": None},
            usage={"output_tokens": answered},
        )
        yield self._event("message_stop")

    def _block(self, index: int, block: Any, deltas: list[dict[str, str]]) -> Iterator[bytes]:
        yield self._event("content_block_start", index=index, content_block=block)
        for delta in deltas:
            yield self._event("content_block_delta", index=index, delta=delta)
        yield self._event("content_block_stop", index=index)

    def _event(self, kind: str, **fields: Any) -> bytes:
        return f"event: {kind}\n".encode() + _sse({"type": kind, **fields})

    def error(self, fault: str) -> tuple[int, dict[str, str], Any]:
        status, kind = {
            "throttled": (429, "rate_limit_error"),
            "overloaded": (529, "overloaded_error"),
            "denied": (401, "authentication_error"),
            "unknown_model": (404, "not_found_error"),
            "too_long": (400, "invalid_request_error"),
            "invalid": (400, "invalid_request_error"),
        }.get(fault, (500, "api_error"))
        message = "prompt is too long: 9 tokens" if fault == "too_long" else MESSAGES[fault]
        return status, {}, {"type": "error", "error": {"type": kind, "message": message}}


class Bedrock(Protocol):
    """ConverseStream: frames of lengths, headers, payload and two CRC32 sums."""

    name = "bedrock"
    content_type = "application/vnd.amazon.eventstream"
    malformed = b"\x00\x00\x00\x20\x00\x00\x00\x00nothing of the kind....."

    def serves(self, path: str) -> bool:
        return path.endswith("/converse-stream")

    def tools(self, body: dict[str, Any]) -> list[str]:
        offered = body.get("toolConfig", {}).get("tools", [])
        return [tool["toolSpec"]["name"] for tool in offered if "toolSpec" in tool]

    def parts(self, reply: Reply) -> Iterator[bytes]:
        yield event_frame("messageStart", {"role": "assistant"})
        index = 0
        if reply.text:
            for piece in reply.pieces(reply.text):
                yield self._delta(index, {"text": piece})
            yield event_frame("contentBlockStop", {"contentBlockIndex": index})
            index += 1
        for call in reply.calls:
            start = {"toolUse": {"toolUseId": _id("tooluse"), "name": call.name}}
            yield event_frame("contentBlockStart", {"start": start, "contentBlockIndex": index})
            for piece in reply.pieces(call.text):
                yield self._delta(index, {"toolUse": {"input": piece}})
            yield event_frame("contentBlockStop", {"contentBlockIndex": index})
            index += 1
        said = "tool_use" if reply.calls else "end_turn"
        reason = {"refused": "content_filtered", "length": "max_tokens"}.get(reply.fault, said)
        yield event_frame("messageStop", {"stopReason": reason})
        asked, answered = reply.tokens
        usage = {"inputTokens": asked, "outputTokens": answered, "totalTokens": asked + answered}
        yield event_frame("metadata", {"usage": usage, "metrics": {"latencyMs": 1}})

    def _delta(self, index: int, delta: dict[str, Any]) -> bytes:
        return event_frame("contentBlockDelta", {"delta": delta, "contentBlockIndex": index})

    def error(self, fault: str) -> tuple[int, dict[str, str], Any]:
        status, kind, message = {
            "throttled": (429, "ThrottlingException", ""),
            "overloaded": (503, "ServiceUnavailableException", ""),
            "denied": (403, "UnrecognizedClientException", ""),
            "unknown_model": (
                400, "ValidationException", "The provided model identifier is invalid.",
            ),
            "too_long": (400, "ValidationException", "Input is too long for requested model."),
            "invalid": (400, "ValidationException", ""),
        }.get(fault, (500, "InternalServerException", ""))  # fmt: skip
        return status, {"x-amzn-ErrorType": kind}, {"message": message or MESSAGES[fault]}


class Ollama(Protocol):
    name = "ollama"
    content_type = "application/x-ndjson"
    malformed = b"{oops\n"

    def serves(self, path: str) -> bool:
        return path.endswith("/api/chat")

    def tools(self, body: dict[str, Any]) -> list[str]:
        return [tool["function"]["name"] for tool in body.get("tools", [])]

    def parts(self, reply: Reply) -> Iterator[bytes]:
        for piece in reply.pieces(reply.text):
            yield self._line({"content": piece})
        for call in reply.calls:
            arguments = call.arguments
            if isinstance(arguments, str):  # Ollama parses the model's text itself
                yield self._line({"content": arguments})
                continue
            function = {"name": call.name, "arguments": dict(arguments)}
            yield self._line({"content": "", "tool_calls": [{"function": function}]})
        asked, answered = reply.tokens
        yield self._line(
            {"content": ""},
            done=True,
            done_reason="length" if reply.fault == "length" else "stop",
            total_duration=1_000_000,
            prompt_eval_count=asked,
            eval_count=answered,
        )

    def _line(self, message: dict[str, Any], *, done: bool = False, **fields: Any) -> bytes:
        document = {
            "model": "scripted",
            "created_at": "2026-01-01T00:00:00Z",
            "message": {"role": "assistant", **message},
            "done": done,
            **fields,
        }
        return json.dumps(document).encode() + b"\n"

    def error(self, fault: str) -> tuple[int, dict[str, str], Any]:
        status, message = {
            "throttled": (429, MESSAGES["throttled"]),
            "overloaded": (503, "server busy, please try again"),
            "denied": (401, "unauthorized"),
            "unknown_model": (404, 'model "scripted" not found, try pulling it first'),
            "too_long": (400, "the input length exceeds the context length"),
            "invalid": (400, MESSAGES["invalid"]),
        }.get(fault, (500, MESSAGES["broken"]))
        return status, {}, {"error": message}


class Gemini(Protocol):
    name = "gemini"

    def serves(self, path: str) -> bool:
        return path.endswith(":streamGenerateContent")

    def tools(self, body: dict[str, Any]) -> list[str]:
        return [
            function["name"]
            for tool in body.get("tools", [])
            for function in tool.get("functionDeclarations", [])
        ]

    def parts(self, reply: Reply) -> Iterator[bytes]:
        for piece in reply.pieces(reply.text):
            yield self._chunk([{"text": piece}])
        for call in reply.calls:
            if isinstance(call.arguments, str):
                yield self._chunk([{"text": call.arguments}])
                continue
            yield self._chunk([{"functionCall": {"name": call.name, "args": dict(call.arguments)}}])
        reasons = {"refused": "SAFETY", "length": "MAX_TOKENS"}
        asked, answered = reply.tokens
        usage = {
            "promptTokenCount": asked,
            "candidatesTokenCount": answered,
            "totalTokenCount": asked + answered,
        }
        yield self._chunk([], reasons.get(reply.fault, "STOP"), usageMetadata=usage)

    def _chunk(self, parts: list[Any], reason: str | None = None, **fields: Any) -> bytes:
        candidate: dict[str, Any] = {"content": {"role": "model", "parts": parts}, "index": 0}
        if reason:
            candidate["finishReason"] = reason
        return _sse({"candidates": [candidate], **fields})

    def error(self, fault: str) -> tuple[int, dict[str, str], Any]:
        status, kind = {
            "throttled": (429, "RESOURCE_EXHAUSTED"),
            "overloaded": (503, "UNAVAILABLE"),
            "denied": (403, "PERMISSION_DENIED"),
            "unknown_model": (404, "NOT_FOUND"),
            "too_long": (400, "INVALID_ARGUMENT"),
            "invalid": (400, "INVALID_ARGUMENT"),
        }.get(fault, (500, "INTERNAL"))
        message = MESSAGES[fault]
        if fault == "too_long":
            message = "The input exceeds the maximum number of tokens allowed."
        return status, {}, {"error": {"code": status, "status": kind, "message": message}}


PROTOCOLS: tuple[Protocol, ...] = (OpenAI(), Anthropic(), Bedrock(), Ollama(), Gemini())


def event_frame(kind: str, payload: Any) -> bytes:
    """A frame of `application/vnd.amazon.eventstream`: lengths, headers, payload, CRC32 sums."""
    body = json.dumps(payload).encode()
    headers = b"".join(
        _text_header(name, value)
        for name, value in (
            (":event-type", kind),
            (":content-type", "application/json"),
            (":message-type", "event"),
        )
    )
    prelude = struct.pack("!II", 16 + len(headers) + len(body), len(headers))
    prelude += struct.pack("!I", zlib.crc32(prelude))
    message = prelude + headers + body
    return message + struct.pack("!I", zlib.crc32(message))


def _text_header(name: str, value: str) -> bytes:
    text = value.encode()
    return struct.pack("!B", len(name)) + name.encode() + struct.pack("!BH", 7, len(text)) + text


def _sse(document: Any) -> bytes:
    return f"data: {json.dumps(document)}\n\n".encode()


def _id(kind: str) -> str:
    return f"{kind}_{uuid.uuid4().hex[:24]}"

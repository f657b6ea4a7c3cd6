"""Which language model writes scripts, if any, and what it may use."""

from typing import Literal

from pydantic import Field, SecretStr

from spark_interpreter.model.base import Model

Provider = Literal["", "bedrock", "anthropic", "openai", "ollama", "gemini"]


class ModelSettings(Model):
    """The model that writes scripts; with no provider, none is ever called.

    Attributes:
        provider: `bedrock`, `anthropic`, `openai` (and every service that speaks its protocol),
            `ollama` or `gemini`; empty uses the built-in planner alone.
        name: the model, as the provider calls it.
        base_url: address of the service, where it is not the provider's own.
        region: AWS region of Bedrock; else the usual one of the environment.
        api_key: the key; without it the provider's usual environment variable or AWS credentials.
        max_tokens: tokens of one answer.
        timeout_seconds: how long the model may say nothing.
        retry_seconds: wait before the first repetition of a call that was turned away; it doubles.
        max_repairs: how often a script that does not work goes back to the model.
        budget_tokens: tokens, sent and received, that a question may use.
        budget_dollars: what they may cost, where the price is known; 0 sets no limit.
        budget_seconds: how long the model may work on a question, all calls together.
        cross_check: `auto` compares the answer with the planner's where that is sure of its own.
    """

    provider: Provider = ""
    name: str = ""
    base_url: str = ""
    region: str = ""
    api_key: SecretStr | None = None
    max_tokens: int = Field(default=4096, ge=64)
    timeout_seconds: float = Field(default=60, gt=0)
    retry_seconds: float = Field(default=1, gt=0)
    max_repairs: int = Field(default=3, ge=0, le=20)
    budget_tokens: int = Field(default=100_000, ge=1)
    budget_dollars: float = Field(default=0, ge=0)
    budget_seconds: float = Field(default=300, gt=0)
    cross_check: Literal["auto", "off"] = "auto"

    @property
    def configured(self) -> bool:
        """Whether there is a model at all."""
        return bool(self.provider)

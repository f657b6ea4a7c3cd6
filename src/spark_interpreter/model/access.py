"""What an operator decides about access to the service."""

from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from spark_interpreter.model.base import Model

Role = Literal["viewer", "analyst", "admin"]

_SIGNATURES = ("RS", "PS", "ES", "EdDSA")


class Quota(Model):
    """What one user may use; 0 sets no limit.

    Attributes:
        requests_per_minute: requests within any minute.
        running_turns: turns carried at once; further ones wait.
        upload_mb_per_day: uploads within a day (UTC), MiB.
        model_cost_per_day: what models may cost within a day (UTC), US dollars.
    """

    requests_per_minute: int = Field(default=1200, ge=0)
    running_turns: int = Field(default=4, ge=0)
    upload_mb_per_day: int = Field(default=2048, ge=0)
    model_cost_per_day: float = Field(default=10, ge=0)


UNLIMITED = Quota(requests_per_minute=0, running_turns=0, upload_mb_per_day=0, model_cost_per_day=0)


class Allowed(Model):
    """Data that may be asked of besides one's own uploads; `*` means all of a kind.

    Attributes:
        paths: files and folders of the server, with all below them.
        buckets: S3 buckets (`sales`) or parts of them (`sales/2026`).
        connections: names of connections; for the Glue catalogue `glue` or `glue/database`.
        outputs: S3 buckets, or parts of them, that results may be written to.
    """

    paths: tuple[str, ...] = ()
    buckets: tuple[str, ...] = ()
    connections: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()


class JwtSettings(Model):
    """Tokens of an identity provider (OIDC, Cognito).

    Attributes:
        issuer: the `iss` of valid tokens; empty accepts no tokens.
        audience: the `aud` of valid tokens (`client_id` in Cognito's access tokens), one of these.
        jwks_url: where the provider publishes its public keys.
        algorithms: signatures that are accepted; only ones with a public key.
        owner_claim: the claim that names the user.
        role_claim: the claim that holds the user's role, groups or scopes.
        leeway_seconds: by how much clocks may differ.
    """

    issuer: str = ""
    audience: tuple[str, ...] = ()
    jwks_url: str = ""
    algorithms: tuple[str, ...] = ("RS256", "ES256")
    owner_claim: str = "sub"
    role_claim: str = "cognito:groups"
    leeway_seconds: float = Field(default=30, ge=0, le=300)

    @field_validator("algorithms")
    @classmethod
    def _public_keys_only(cls, algorithms: tuple[str, ...]) -> tuple[str, ...]:
        if not algorithms or not all(name.startswith(_SIGNATURES) for name in algorithms):
            raise ValueError("only signatures with a public key are accepted, such as RS256")
        return algorithms

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.issuer and not (self.audience and self.jwks_url):
            raise ValueError("an issuer needs an audience and a jwks_url")
        return self


class AlbSettings(Model):
    """The signed headers of an AWS Application Load Balancer that authenticates users.

    Attributes:
        arn: the load balancer that signs; empty accepts no such headers.
        keys_url: where its public keys are; that of the load balancer's region when empty.
    """

    arn: str = ""
    keys_url: str = ""


class AccessSettings(Model):
    """Who may do what over HTTP.

    Attributes:
        authentication: "auto" asks for none on a loopback address; "required" always does.
        allowed_hosts: names by which the service may be called, besides those of loopback.
        cors_origins: origins of other web pages that may call the service.
        roles: what the identity provider's role claim contains, and the role it stands for.
        default_role: of a user without a known role claim.
        quota: what each user may use.
        quotas: other quotas, for `user:NAME` or `role:NAME`; the first that fits.
        allow: data that `user:NAME`, `role:NAME` or everybody (`*`) may ask of, added up.
        request_kb: size limit of a request that is not an upload, KiB.
        share_hours: how long a shared link works at most.
    """

    authentication: Literal["auto", "required"] = "auto"
    allowed_hosts: tuple[str, ...] = ()
    cors_origins: tuple[str, ...] = ()
    jwt: JwtSettings = JwtSettings()
    alb: AlbSettings = AlbSettings()
    roles: dict[str, Role] = Field(
        default={"viewer": "viewer", "analyst": "analyst", "admin": "admin"}
    )
    default_role: Role = "viewer"
    quota: Quota = Quota()
    quotas: dict[str, Quota] = Field(default={})
    allow: dict[str, Allowed] = Field(default={})
    request_kb: int = Field(default=64, ge=1)
    share_hours: float = Field(default=168, gt=0)

    @field_validator("cors_origins")
    @classmethod
    def _named(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        if any("*" in origin or "://" not in origin for origin in origins):
            raise ValueError("name each origin, such as https://tools.example.com")
        return origins

    @field_validator("quotas", "allow")
    @classmethod
    def _known_subjects(cls, by: dict[str, Model]) -> dict[str, Model]:
        for subject in by:
            if subject != "*" and not subject.startswith(("user:", "role:")):
                raise ValueError(f"{subject!r} is neither `user:NAME` nor `role:NAME` nor `*`")
        return by

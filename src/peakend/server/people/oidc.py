"""Signing in through the company's own identity provider (OpenID Connect).

Code flow with PKCE, state and nonce.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, cast

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.django_client import OAuth
from joserfc.errors import JoseError

from peakend.errors import PeakendError
from peakend.language import Text
from peakend.server.acting.actors import Actor, Role, system
from peakend.server.acting.errors import NotFoundError, SiteError
from peakend.server.acting.services import audit, service
from peakend.server.people.models import User
from peakend.server.people.policies import MANAGE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

# RFC 8176: what a provider says when it asked for more than a password.
_SECOND_FACTORS = frozenset({"mfa", "otp", "hwk", "swk", "sms", "fpt", "face", "sc"})


class ProviderError(SiteError):
    """The provider did not answer, or answered what cannot be believed."""

    code = "people.provider"
    status = 502


class UnknownPersonError(SiteError):
    """The provider knows them, the site does not."""

    code = "people.unknown_person"
    status = 403


@dataclass(frozen=True, slots=True)
class Provider:
    """The provider as the environment names it; `create_role` is what unknown people become, None.

    They stay out.
    """

    issuer: str
    client_id: str
    client_secret: str
    create_role: Role | None


@dataclass(frozen=True, slots=True)
class Found:
    """Who came back from the provider, and whether it asked them for a second factor."""

    user: User
    second_factor: bool


def provider() -> Provider | None:
    """From `PEAKEND_OIDC_ISSUER`, `_CLIENT_ID`, `_CLIENT_SECRET`, `_CREATE_ROLE`; None where there is none.

    Unknown people never become administrators.
    """
    issuer, client = os.environ.get("PEAKEND_OIDC_ISSUER", ""), os.environ.get("PEAKEND_OIDC_CLIENT_ID", "")
    if not issuer or not client:
        return None
    role = os.environ.get("PEAKEND_OIDC_CREATE_ROLE", "")
    given = Role(role) if role in {one.value for one in Role} and role != Role.ADMINISTRATOR else None
    return Provider(issuer.rstrip("/"), client, os.environ.get("PEAKEND_OIDC_CLIENT_SECRET", ""), given)


def go(request: HttpRequest, back: str) -> HttpResponse:
    """Send the browser to the provider, which sends it to the absolute address `back`."""
    return cast("HttpResponse", _asked(lambda client: client.authorize_redirect(request, back)))


def come_back(request: HttpRequest) -> Found:
    """Who signed in at the provider.

    `ProviderError` for an answer that is none, `UnknownPersonError` for a stranger.
    """
    found = provider()
    if found is None:
        raise NotFoundError
    options = {
        "iss": {"essential": True, "value": found.issuer},
        "aud": {"essential": True, "value": found.client_id},
    }
    token = _asked(lambda client: client.authorize_access_token(request, claims_options=options))
    claims = token.get("userinfo")
    if not claims or not claims.get("sub"):
        raise _not_believed()
    user = _match(actor=system("company sign-in"), claims=dict(claims), create_role=found.create_role)
    methods = claims.get("amr")
    strong = isinstance(methods, list) and bool(_SECOND_FACTORS & {str(one) for one in methods})
    return Found(user, strong)


@service(MANAGE, audited=False)
def _match(*, actor: Actor, claims: Mapping[str, Any], create_role: Role | None) -> User:
    """By subject; else by an e-mail the provider verified, of somebody without another subject.

    Else new, if wanted.
    """
    subject = str(claims["sub"])[:255]
    user = User.objects.filter(oidc_subject=subject).first()
    email = str(claims.get("email") or "")
    verified = claims.get("email_verified") is True and bool(email)
    if user is None and verified:
        user = User.objects.select_for_update().filter(email__iexact=email, oidc_subject=None).first()
        if user is not None:
            user.oidc_subject = subject
            user.save(update_fields=["oidc_subject"])
            audit(actor, "people.provider_linked", user)
        elif create_role is not None and not User.objects.filter(email__iexact=email).exists():
            user = _create(actor, claims, subject, email, create_role)
    if user is None or not user.is_active:
        raise UnknownPersonError(
            Text(
                "Your company's sign-in worked, but you have no access here.",
                "公司账号登录成功，但您尚无访问权限。",
            ),
            Text("Ask an administrator to add you with the same e-mail.", "请联系管理员用同一邮箱为您开通。"),
        )
    return cast(User, user)


def _create(actor: Actor, claims: Mapping[str, Any], subject: str, email: str, role: Role) -> User:
    name = " ".join(str(claims.get("name") or email.partition("@")[0]).split())[:200]
    user = User(email=User.objects.normalize_email(email)[:254], name=name, role=role, oidc_subject=subject)
    user.set_unusable_password()
    user.save(force_insert=True)
    audit(actor, "people.created", user, role=role)
    return user


@cache
def _client(issuer: str, client_id: str, client_secret: str) -> Any:  # noqa: ANN401 - authlib has no types
    """Kept for the process.

    What the provider says about itself and its keys is asked once, and again for a new key.
    """
    return OAuth().register(
        "company",
        client_id=client_id,
        client_secret=client_secret or None,
        server_metadata_url=f"{issuer}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid email profile",
            "code_challenge_method": "S256",
            "token_endpoint_auth_method": "client_secret_basic" if client_secret else "none",
            "default_timeout": 10,
        },
    )


def _asked(call: Any) -> Any:  # noqa: ANN401 - authlib has no types
    """What `call` returns for the client of the provider; every failure of theirs is a `ProviderError`."""
    found = provider()
    if found is None:
        raise NotFoundError
    try:
        client = _client(found.issuer, found.client_id, found.client_secret)
        if client.load_server_metadata().get("issuer", "").rstrip("/") != found.issuer:
            raise _not_believed()
        return call(client)
    except PeakendError:
        raise
    except requests.RequestException as error:
        raise ProviderError(
            Text("Your company's sign-in does not answer.", "公司统一登录暂无响应。"),
            Text("Try again in a minute, or sign in with your password.", "请稍后重试，或使用密码登录。"),
        ) from error
    except (AuthlibBaseError, JoseError, ValueError, KeyError, TypeError) as error:
        raise _not_believed() from error


def _not_believed() -> ProviderError:
    return ProviderError(
        Text("Your company's sign-in gave no valid answer.", "公司统一登录未返回有效结果。"),
        Text("Begin again on the sign-in page.", "请返回登录页重新开始。"),
    )

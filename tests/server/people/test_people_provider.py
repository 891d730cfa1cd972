"""Signing in through the company's own provider, against a small one on this machine."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from peakend.server.people.models import User

if TYPE_CHECKING:
    from django.test import Client

    from server.conftest import Company

CLIENT, SECRET = "peakend", "a secret of the provider"


class FakeProvider:
    """Says who it is, gives out codes and signed identities. `claims` and `spoil` are what the tests bend."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "one"}, auto_kid=False)
        self.claims: dict[str, Any] = {
            "sub": "person-7",
            "email": "Analyst@example.com",
            "email_verified": True,
            "name": "Analyst",
        }
        self.spoil: dict[str, Any] = {}
        self.signed_by = self.key
        self.codes: dict[str, dict[str, str]] = {}
        self.tried: list[int] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                pass

            def answer(self, body: object, status: int = 200) -> None:
                content = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def do_GET(self) -> None:
                if self.path.startswith("/.well-known"):
                    self.answer(outer.metadata())
                else:
                    self.answer({"keys": [outer.key.as_dict(private=False)]})

            def do_POST(self) -> None:
                sent = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
                self.answer(*outer.token(sent, self.headers.get("Authorization", "")))

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def signs_in(self, url: str) -> str:
        """What the browser does at the provider: the address (path and query) it is sent back to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        back = urlsplit(asked["redirect_uri"])
        return f"{back.path}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, sent: dict[str, str], authorization: str) -> tuple[dict[str, Any], int]:
        basic = base64.b64encode(f"{CLIENT}:{SECRET.replace(' ', '+')}".encode()).decode()
        plain = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        asked = self.codes.pop(sent.get("code", ""), None)
        proof = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(proof).decode().rstrip("=")
        if asked is None or asked["code_challenge"] != challenge:
            return {"error": "invalid_grant"}, 400
        if authorization not in (f"Basic {basic}", f"Basic {plain}"):
            return {"error": "invalid_client"}, 401
        now = int(time.time())
        claims = {
            **{"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]},
            **self.claims,
            **self.spoil,
        }
        identity = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.signed_by)
        return {"access_token": "a", "token_type": "Bearer", "id_token": identity, "expires_in": 300}, 200

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture(scope="module")
def running() -> Iterator[FakeProvider]:
    found = FakeProvider()
    yield found
    found.stop()


@pytest.fixture
def provider(running: FakeProvider, monkeypatch: pytest.MonkeyPatch) -> FakeProvider:
    monkeypatch.setenv("PEAKEND_OIDC_ISSUER", running.issuer)
    monkeypatch.setenv("PEAKEND_OIDC_CLIENT_ID", CLIENT)
    monkeypatch.setenv("PEAKEND_OIDC_CLIENT_SECRET", SECRET)
    running.spoil, running.signed_by = {}, running.key
    running.claims = {
        "sub": "person-7",
        "email": "Analyst@example.com",
        "email_verified": True,
        "name": "Analyst",
    }
    return running


def come(client: Client, provider: FakeProvider, next_: str = "/you/") -> Any:
    away = client.get("/sign-in/company/", {"next": next_})
    assert away.status_code == 302, away.content.decode()
    return client.get(provider.signs_in(away.headers["Location"]))


def is_in(client: Client) -> bool:
    return client.get("/you/").status_code == 200


def test_a_known_person_comes_in_by_verified_e_mail_and_then_by_subject(
    company: Company, client: Client, provider: FakeProvider
) -> None:
    assert "Use your company account" in client.get("/sign-in/").content.decode()
    response = come(client, provider)
    assert response.headers["Location"] == "/you/"
    assert is_in(client)
    assert User.objects.get(email="analyst@example.com").oidc_subject == "person-7"
    client.post("/sign-out/")
    provider.claims = {"sub": "person-7", "email": "renamed@example.com"}
    come(client, provider)
    assert is_in(client)


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_e_mail_that_is_not_verified_is_nobodys(
    company: Company, client: Client, provider: FakeProvider, verified: object
) -> None:
    provider.claims["email_verified"] = verified
    assert come(client, provider).status_code == 403
    assert not is_in(client)


def test_a_person_linked_to_another_subject_is_not_taken_over(
    company: Company, client: Client, provider: FakeProvider
) -> None:
    User.objects.filter(email="analyst@example.com").update(oidc_subject="the real one")
    assert come(client, provider).status_code == 403
    assert not is_in(client)


def test_a_deactivated_person_stays_out(company: Company, client: Client, provider: FakeProvider) -> None:
    User.objects.filter(email="analyst@example.com").update(is_active=False)
    assert come(client, provider).status_code == 403
    assert not is_in(client)


def test_strangers_stay_out_unless_the_site_says_what_they_become(
    company: Company, client: Client, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.claims |= {"sub": "new", "email": "new@example.com"}
    assert come(client, provider).status_code == 403
    monkeypatch.setenv("PEAKEND_OIDC_CREATE_ROLE", "administrator")
    assert come(client, provider).status_code == 403, "never an administrator"
    monkeypatch.setenv("PEAKEND_OIDC_CREATE_ROLE", "front_line")
    come(client, provider)
    assert is_in(client)
    assert User.objects.get(email="new@example.com").role == "front_line"


@pytest.mark.parametrize(
    "spoil",
    [
        {"aud": "another program"},
        {"iss": "https://evil.example"},
        {"nonce": "of another time"},
        {"exp": 1_000_000_000},
        {"sub": None},
    ],
)
def test_an_identity_for_somebody_else_is_not_believed(
    company: Company, client: Client, provider: FakeProvider, spoil: dict[str, Any]
) -> None:
    provider.spoil = spoil
    assert come(client, provider).status_code == 502
    assert not is_in(client)


def test_a_forged_signature_is_not_believed(company: Company, client: Client, provider: FakeProvider) -> None:
    provider.signed_by = RSAKey.generate_key(2048, {"kid": "one"}, auto_kid=False)
    assert come(client, provider).status_code == 502
    assert not is_in(client)


def test_an_answer_nobody_asked_for_signs_nobody_in(
    company: Company, client: Client, provider: FakeProvider
) -> None:
    """A victim sent back with the code of an attacker would act in the attacker's account."""
    from django.test import Client as Browser

    attacker = Browser()
    away = attacker.get("/sign-in/company/")
    back = provider.signs_in(away.headers["Location"])
    assert client.get(back).status_code == 502
    assert not is_in(client)
    for path in ("/sign-in/company/back/", "/sign-in/company/back/?error=access_denied&state=x"):
        assert client.get(path).status_code == 502


def test_a_code_is_used_once(company: Company, client: Client, provider: FakeProvider) -> None:
    away = client.get("/sign-in/company/")
    back = provider.signs_in(away.headers["Location"])
    assert client.get(back).status_code == 302
    client.post("/sign-out/")
    assert client.get(back).status_code == 502
    assert not is_in(client)


def test_the_second_factor_is_asked_unless_the_provider_asked_for_one(
    company: Company, client: Client, provider: FakeProvider, client_of: Callable[..., Client]
) -> None:
    from peakend.server.acting.actors import Role
    from peakend.server.people.second_factor import require_for

    require_for(actor=company.actor("administrator"), role=Role.ANALYST, second_factor=True)
    assert come(client, provider).headers["Location"] == "/sign-in/set-up/"
    assert not is_in(client)
    provider.claims["amr"] = ["pwd", "mfa"]
    come(client, provider)
    assert is_in(client)


def test_the_way_back_leads_nowhere_else(company: Company, client: Client, provider: FakeProvider) -> None:
    assert come(client, provider, "https://evil.example/").headers["Location"] == "/"


def test_a_provider_that_is_away_is_said_so(
    company: Company, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PEAKEND_OIDC_ISSUER", "http://127.0.0.1:9")
    monkeypatch.setenv("PEAKEND_OIDC_CLIENT_ID", CLIENT)
    assert client.get("/sign-in/company/").status_code == 502


def test_without_a_provider_there_is_no_such_way(company: Company, client: Client) -> None:
    assert "company account" not in client.get("/sign-in/").content.decode()
    assert client.get("/sign-in/company/").status_code == 404

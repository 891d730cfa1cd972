"""The door: signing in, guessing, the second factor, sessions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pyotp
import pytest

from peakend.server.acting import clock
from peakend.server.acting.actors import Role
from peakend.server.people import second_factor
from peakend.server.people.models import Attempts, SignedIn
from peakend.server.people.sealing import unseal
from server.conftest import PASSWORD, Company

if TYPE_CHECKING:
    from django.test import Client

MANAGER = "cx_manager@example.com"


def knock(client: Client, email: str = MANAGER, password: str = PASSWORD, **more: Any) -> Any:
    return client.post("/sign-in/", {"email": email, "password": password, **more})


def is_in(client: Client) -> bool:
    return client.get("/you/").status_code == 200


def give_factor(company: Company, name: str) -> tuple[str, list[str]]:
    """Turn the second factor of a user on: the secret of their app and their recovery codes."""
    secret = second_factor.fresh_secret()
    # The code of the step before, so that the present one is still unused.
    code = pyotp.TOTP(secret).at(clock.now() - timedelta(seconds=30))
    codes = second_factor.confirm(actor=company.actor(name), secret=secret, code=code)
    company.users[name].refresh_from_db()
    return secret, codes


def test_the_right_password_lets_in_and_goes_where_one_wanted(company: Company, client: Client) -> None:
    assert client.get("/you/").headers["Location"] == "/sign-in/?next=%2Fyou%2F"
    response = knock(client, next="/you/sessions/")
    assert (response.status_code, response.headers["Location"]) == (302, "/you/sessions/")
    assert is_in(client)


def test_the_e_mail_is_the_same_in_capitals(company: Company, client: Client) -> None:
    knock(client, email=MANAGER.upper())
    assert is_in(client)


@pytest.mark.parametrize("email", [MANAGER, "nobody@example.com", "", "x" * 5000])
def test_a_wrong_password_and_a_wrong_name_are_told_the_same(
    company: Company, client: Client, email: str
) -> None:
    response = knock(client, email=email, password="wrong wrong wrong")
    assert response.status_code == 422
    assert "E-mail or password is wrong." in response.content.decode()
    assert not is_in(client)


def test_a_form_with_nul_is_no_form(company: Company, client: Client) -> None:
    assert knock(client, email="a\x00b@example.com").status_code == 400
    assert not is_in(client)


def test_a_deactivated_user_is_told_the_same(company: Company, client: Client) -> None:
    company.users["cx_manager"].is_active = False
    company.users["cx_manager"].save()
    response = knock(client)
    assert (response.status_code, is_in(client)) == (422, False)
    assert "E-mail or password is wrong." in response.content.decode()


def test_an_unknown_name_costs_the_same_hash(company: Company, client: Client, monkeypatch: Any) -> None:
    from django.contrib.auth import hashers

    counted: list[str] = []
    real = hashers.MD5PasswordHasher.encode
    monkeypatch.setattr(
        hashers.MD5PasswordHasher, "encode", lambda self, *a, **k: counted.append("x") or real(self, *a, **k)
    )
    knock(client, password="wrong wrong wrong")
    known = len(counted)
    knock(client, email="nobody@example.com", password="wrong wrong wrong")
    assert known == len(counted) - known > 0


def test_guessing_an_account_has_to_wait_longer_and_longer(company: Company, client: Client) -> None:
    start = clock.now()
    with clock.at(start):
        for _ in range(5):
            assert knock(client, password="wrong wrong wrong").status_code == 422
        held = knock(client, password=PASSWORD)
        assert held.status_code == 429
        assert int(held.headers["Retry-After"]) == 15
        assert "Try again in 15 seconds" in held.content.decode()
        assert not is_in(client)
    with clock.at(start + timedelta(seconds=16)):
        assert knock(client, password="wrong wrong wrong").status_code == 422
        assert int(knock(client).headers["Retry-After"]) == 30


def test_nobody_is_locked_out_for_long_and_the_owner_at_their_device_not_at_all(
    company: Company, client: Client
) -> None:
    from django.test import Client as Browser

    start = clock.now()
    with clock.at(start):
        knock(client)
        client.post("/sign-out/")
    stranger, moment = Browser(), start
    for _ in range(40):
        moment += timedelta(seconds=901)
        with clock.at(moment):
            answered = knock(stranger, password="wrong wrong wrong")
            assert answered.status_code == 422
    with clock.at(moment):
        held = knock(stranger, password="wrong wrong wrong")
        assert held.status_code == 429
        assert int(held.headers["Retry-After"]) <= 900
        assert knock(client).status_code == 302, "the owner's own device is let in while strangers wait"
        assert is_in(client)


def test_a_known_device_cannot_guess_for_ever_either(company: Company, client: Client) -> None:
    knock(client)
    client.post("/sign-out/")
    answers = [knock(client, password="wrong wrong wrong").status_code for _ in range(12)]
    assert answers[:10] == [422] * 10
    assert answers[11] == 429


def test_a_forged_device_cookie_knows_nobody(company: Company, client: Client) -> None:
    client.cookies["peakend_device"] = "WyJ4IiwgW11d:forged:forged"
    answers = [knock(client, password="wrong wrong wrong").status_code for _ in range(6)]
    assert answers[-1] == 429


def test_a_branch_behind_one_address_survives_its_own_mistakes(company: Company) -> None:
    from django.test import Client as Browser

    for n in range(60):
        assert knock(Browser(), email=f"person{n}@example.com", password="typo typo typo").status_code == 422
    assert knock(Browser()).status_code == 302


def test_one_address_cannot_try_one_password_on_every_account(company: Company) -> None:
    from django.test import Client as Browser

    with clock.at(clock.now()):
        answers = [
            knock(Browser(), email=f"p{n}@example.com", password="Spring2026 again").status_code
            for n in range(102)
        ]
        assert answers[:100] == [422] * 100
        assert answers[-1] == 429
        assert knock(Browser(REMOTE_ADDR="203.0.113.9")).status_code == 302, "another address is not held up"


def test_what_is_counted_names_nobody(company: Company, client: Client) -> None:
    knock(client, email="secret@example.com", password="wrong")
    assert Attempts.objects.count() == 2
    assert not Attempts.objects.filter(bucket__contains="secret").exists()


def test_the_session_gets_a_new_name_when_somebody_signs_in(company: Company, client: Client) -> None:
    client.get("/sign-in/company/")  # anything that could begin a session
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    client.cookies["peakend_session"] = session.session_key
    planted = session.session_key
    knock(client)
    assert is_in(client)
    assert client.cookies["peakend_session"].value != planted
    from django.test import Client as Browser

    thief = Browser()
    thief.cookies["peakend_session"] = planted
    assert not is_in(thief)


@pytest.mark.parametrize(
    "evil",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "\t//evil.example"],
)
def test_signing_in_never_leads_away(company: Company, client: Client, evil: str) -> None:
    assert knock(client, next=evil).headers["Location"] == "/"


def test_signing_out_ends_the_session_for_a_copy_of_the_cookie_too(company: Company, client: Client) -> None:
    from django.test import Client as Browser

    knock(client)
    copy = Browser()
    copy.cookies["peakend_session"] = client.cookies["peakend_session"].value
    assert is_in(copy)
    client.post("/sign-out/")
    assert not is_in(copy)


def test_with_a_second_factor_the_password_alone_is_not_enough(company: Company, client: Client) -> None:
    secret, _ = give_factor(company, "cx_manager")
    response = knock(client, next="/you/sessions/")
    assert response.headers["Location"] == "/sign-in/code/"
    assert not is_in(client)
    response = client.post("/sign-in/code/", {"code": pyotp.TOTP(secret).now()})
    assert response.headers["Location"] == "/you/sessions/"
    assert is_in(client)


def test_a_code_is_good_once(company: Company, client: Client) -> None:
    from django.test import Client as Browser

    secret, _ = give_factor(company, "cx_manager")
    with clock.at(clock.now()):
        code = pyotp.TOTP(secret).at(clock.now())
        knock(client)
        assert client.post("/sign-in/code/", {"code": code}).status_code == 302
        over_the_shoulder = Browser()
        knock(over_the_shoulder)
        assert over_the_shoulder.post("/sign-in/code/", {"code": code}).status_code == 422
        assert not is_in(over_the_shoulder)


@pytest.mark.parametrize("shift", [-90, 90])
def test_a_code_of_another_minute_is_none(company: Company, client: Client, shift: int) -> None:
    secret, _ = give_factor(company, "cx_manager")
    knock(client)
    with clock.at(clock.now()):
        code = pyotp.TOTP(secret).at(clock.now() + timedelta(seconds=shift))
        assert client.post("/sign-in/code/", {"code": code}).status_code == 422


def test_a_recovery_code_is_good_once_in_any_spelling(company: Company, client: Client) -> None:
    _, codes = give_factor(company, "cx_manager")
    assert len(set(codes)) == 10
    knock(client)
    assert client.post("/sign-in/code/", {"code": codes[3].upper().replace("-", " ")}).status_code == 302
    assert is_in(client)
    client.post("/sign-out/")
    knock(client)
    assert client.post("/sign-in/code/", {"code": codes[3]}).status_code == 422
    assert client.post("/sign-in/code/", {"code": codes[4]}).status_code == 302


def test_codes_cannot_be_guessed(company: Company, client: Client) -> None:
    give_factor(company, "cx_manager")
    knock(client)
    answers = [client.post("/sign-in/code/", {"code": f"{n:06}"}).status_code for n in range(7)]
    assert answers[-1] == 429
    # Neither does the password, right again, make the count forget.
    client.post("/sign-out/")
    knock(client)
    assert client.post("/sign-in/code/", {"code": "000000"}).status_code == 429


def test_being_half_in_lasts_ten_minutes_and_ends_with_the_password(company: Company, client: Client) -> None:
    secret, codes = give_factor(company, "cx_manager")
    start = clock.now()
    with clock.at(start):
        knock(client)
    with clock.at(start + timedelta(minutes=11)):
        assert client.get("/sign-in/code/").headers["Location"] == "/sign-in/"
    knock(client)
    user = company.users["cx_manager"]
    user.set_password("another good long password")
    user.save()
    assert client.post("/sign-in/code/", {"code": codes[0]}).headers["Location"] == "/sign-in/"
    assert unseal(user.totp_secret) == secret


def test_the_secret_is_not_readable_in_the_database(company: Company) -> None:
    secret, codes = give_factor(company, "cx_manager")
    user = company.users["cx_manager"]
    assert secret not in user.totp_secret
    kept = {one.digest for one in user.recovery_codes.all()}
    assert len(kept) == 10
    assert not kept & set(codes)


def test_a_role_can_need_a_second_factor(
    company: Company, client: Client, client_of: Callable[..., Client]
) -> None:
    analyst = client_of("analyst")
    assert is_in(analyst)
    second_factor.require_for(actor=company.actor("administrator"), role=Role.ANALYST, second_factor=True)
    assert not is_in(analyst), "who has none is signed out"
    response = knock(client, email="analyst@example.com")
    assert response.headers["Location"] == "/sign-in/set-up/"
    assert not is_in(client)
    page = client.get("/sign-in/set-up/")
    secret = page.context["secret"]
    assert secret in page.content.decode()
    assert "data:image/svg+xml" in page.content.decode()
    assert client.post("/sign-in/set-up/", {"code": "000000"}).status_code == 422
    page = client.post("/sign-in/set-up/", {"code": pyotp.TOTP(secret).now()})
    assert len(page.context["codes"]) == 10
    assert is_in(client)
    refused = client.post("/you/second-factor/change/", {"what": "off", "code": page.context["codes"][0]})
    assert refused.status_code == 409, "and it cannot be turned off"


def test_an_administrator_without_a_factor_does_not_lock_everybody_out(
    company: Company, client_of: Callable[..., Client]
) -> None:
    client = client_of("administrator")
    assert client.post("/people/rules/", {"role": "administrator", "second_factor": "on"}).status_code == 409
    assert is_in(client)


def test_sessions_are_listed_and_can_be_ended(company: Company, client: Client) -> None:
    from django.test import Client as Browser

    phone = Browser(
        headers={"user-agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Safari/604.1"}
    )
    knock(phone)
    knock(client)
    page = client.get("/you/sessions/").content.decode()
    assert "Safari · iPhone" in page
    other = SignedIn.objects.get(device="Safari · iPhone")
    assert client.post(f"/you/sessions/{other.key}/end/").status_code == 302
    assert not is_in(phone)
    assert is_in(client)


def test_nobody_ends_somebody_elses_session(company: Company, client: Client) -> None:
    from django.test import Client as Browser

    victim = Browser()
    knock(victim, email="analyst@example.com")
    knock(client)
    key = SignedIn.objects.get(user=company.users["analyst"]).key
    assert client.post(f"/you/sessions/{key}/end/").status_code == 404
    assert is_in(victim)


def test_all_others_end_at_once(company: Company, client: Client) -> None:
    from django.test import Client as Browser

    others = [Browser(), Browser()]
    for one in others:
        knock(one)
    knock(client)
    client.post("/you/sessions/end-others/")
    assert [is_in(one) for one in others] == [False, False]
    assert is_in(client)


def test_a_session_ends_after_its_time_whatever_the_cookie_says(company: Company, client: Client) -> None:
    knock(client)
    assert is_in(client)
    with clock.at(clock.now() + timedelta(hours=13)):
        assert not is_in(client)


def test_the_language_of_the_person_is_the_language_of_the_pages(company: Company, client: Client) -> None:
    user = company.users["cx_manager"]
    user.language = "zh"
    user.save()
    knock(client)
    assert "我的账号" in client.get("/you/").content.decode()
    client.post("/language/", {"language": "en", "next": "/you/"})
    user.refresh_from_db()
    assert user.language == "en"
    assert "Your account" in client.get("/you/").content.decode()

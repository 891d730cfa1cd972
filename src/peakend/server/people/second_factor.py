"""The second factor.

Codes of an authenticator app (TOTP, RFC 6238) and recovery codes for the day it is gone.
"""

from __future__ import annotations

import secrets
from typing import cast

import pyotp
import segno
from django.utils.crypto import constant_time_compare

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.actors import Actor, Role
from peakend.server.acting.errors import ConflictError, InvalidError, NotAllowedError
from peakend.server.acting.services import audit, service
from peakend.server.people.models import RecoveryCode, RoleRule, User
from peakend.server.people.policies import MANAGE, OWN
from peakend.server.people.sealing import keyed_digest, seal, unseal
from peakend.server.people.sign_ins import end_all

_STEP = 30
_CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def fresh_secret() -> str:
    """A secret for an app; the session keeps it until the first code proves that the app has it."""
    return pyotp.random_base32()


def provisioning_url(user: User, secret: str) -> str:
    """What the app reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name="Peakend")


def qr_picture(url: str) -> str:
    """The QR code as a data URL of an SVG."""
    return str(segno.make(url, error="m").svg_data_uri(scale=5, border=2, dark="#1b2430", light="#ffffff"))


def has(user: User) -> bool:
    """Whether the user confirmed an authenticator."""
    return user.totp_confirmed_at is not None


def wanted_of(role: str) -> bool:
    """Whether the company asks everybody in the role for a second factor."""
    return RoleRule.objects.filter(role=role, second_factor=True).exists()


def wanted_roles() -> set[str]:
    """The roles that need a second factor."""
    return set(RoleRule.objects.filter(second_factor=True).values_list("role", flat=True))


def used_code(user: User, code: str) -> bool:
    """Whether `code` is right, and use it up: no code of the app or of the list is good twice.

    A code of the app is good for its half minute and its two neighbours. The step it belongs to is written in
    the same statement that checks that it is later than the last one, so that of two processes one loses.
    """
    digits = "".join(code.split())
    if digits.isascii() and digits.isdigit() and len(digits) == 6:
        step = _matching_step(user, digits)
        if step is None:
            return False
        rows = User.objects.filter(pk=user.pk, totp_last_step__lt=step)
        return bool(rows.update(totp_last_step=step))
    digest = _digest(user, code)
    rows = RecoveryCode.objects.filter(user=user, digest=digest, used_at=None)
    return bool(rows.update(used_at=clock.now()))


def right_code(secret: str, code: str) -> int | None:
    """The step of time for which `code` is the right one, None where it is none of the three around now."""
    now = int(clock.now().timestamp()) // _STEP
    totp = pyotp.TOTP(secret)
    found = None
    for step in (now - 1, now, now + 1):
        if constant_time_compare(totp.generate_otp(step), "".join(code.split())):
            found = step
    return found


@service(OWN)
def confirm(*, actor: Actor, secret: str, code: str, session: str = "") -> list[str]:
    """Take `secret` as the actor's second factor as `code` proves that their app has it; ten recovery codes.

    The codes can be read this once. Every session but `session` (its key) ends: they began without
    it. `InvalidError` for a wrong code, `ConflictError` where there is a factor.
    """
    user = _own(actor)
    if has(user):
        raise ConflictError(
            Text("There is a second factor already.", "已启用两步验证。"),
            Text("Turn it off first.", "请先停用原有的两步验证。"),
        )
    step = right_code(secret, code)
    if step is None:
        raise wrong_code()
    user.totp_secret, user.totp_confirmed_at, user.totp_last_step = seal(secret), clock.now(), step
    user.save(update_fields=["totp_secret", "totp_confirmed_at", "totp_last_step"])
    audit(actor, "people.second_factor_on", user, sessions_ended=end_all(user.pk, session))
    return _fresh_codes(user)


@service(OWN)
def renew_codes(*, actor: Actor, code: str) -> list[str]:
    """Ten fresh recovery codes instead of the old ones, against a code of the app."""
    user = _own(actor)
    if not has(user) or not used_code(user, code):
        raise wrong_code()
    audit(actor, "people.recovery_codes_renewed", user)
    return _fresh_codes(user)


@service(OWN)
def turn_off(*, actor: Actor, code: str) -> None:
    """Do without a second factor, against one last code. `ConflictError` where the role needs one."""
    user = _own(actor)
    if wanted_of(user.role):
        raise ConflictError(
            Text("Your role needs a second factor.", "您的角色必须启用两步验证。"),
            Text("Ask an administrator if your phone changed.", "如更换手机，请联系管理员重置。"),
        )
    if not has(user) or not used_code(user, code):
        raise wrong_code()
    take_away(user)
    audit(actor, "people.second_factor_off", user)


@service(MANAGE)
def require_for(*, actor: Actor, role: Role, second_factor: bool) -> RoleRule:
    """Ask everybody in `role` for a second factor from now on, or stop asking.

    Whoever has none is signed out and sets it up at the next sign-in. Administrators ask it of themselves
    only when they have one.
    """
    if not actor.reach.everything:
        raise NotAllowedError(MANAGE)
    if second_factor and actor.user_id and role == actor.role and not has(_own(actor)):
        raise ConflictError(
            Text("You have no second factor yourself.", "您本人尚未启用两步验证。"),
            Text("Set up your own first.", "请先为自己启用两步验证。"),
        )
    rule, _ = RoleRule.objects.get_or_create(role=role)
    if rule.second_factor != second_factor:
        rule.second_factor = second_factor
        rule.save()
        if second_factor:
            for user_id in User.objects.filter(role=role, totp_confirmed_at=None).values_list(
                "pk", flat=True
            ):
                end_all(user_id)
    audit(actor, "people.second_factor_rule", rule, role=role, second_factor=second_factor)
    return rule


def take_away(user: User) -> None:
    """Forget a user's authenticator and recovery codes; part of services."""
    user.totp_secret, user.totp_confirmed_at = "", None
    user.save(update_fields=["totp_secret", "totp_confirmed_at"])
    RecoveryCode.objects.filter(user=user).delete()


def codes_left(user: User) -> int:
    """How many recovery codes are unused."""
    return int(RecoveryCode.objects.filter(user=user, used_at=None).count())


def wrong_code() -> InvalidError:
    """The error of a code that is wrong, used or too old."""
    return InvalidError(
        Text("This code is not right, or was used before.", "验证码不正确或已使用过。"),
        Text("Wait for the next code in your app and enter that.", "请等待应用显示下一个验证码后再输入。"),
    )


def _matching_step(user: User, digits: str) -> int | None:
    if not has(user):
        return None
    try:
        return right_code(unseal(user.totp_secret), digits)
    except ValueError:  # the site's secret key was changed
        return None


def _fresh_codes(user: User) -> list[str]:
    RecoveryCode.objects.filter(user=user).delete()
    codes = [_new_code() for _ in range(_CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, digest=_digest(user, code)) for code in codes)
    return codes


def _new_code() -> str:
    drawn = "".join(secrets.choice(_LETTERS) for _ in range(12))
    return f"{drawn[:4]}-{drawn[4:8]}-{drawn[8:]}"


def _digest(user: User, code: str) -> str:
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    return keyed_digest("recovery", f"{user.key}:{plain}")


def _own(actor: Actor) -> User:
    return cast(User, User.objects.get(pk=actor.user_id))

"""Passwords: checking, changing, forgetting."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.actors import Actor, system
from peakend.server.acting.errors import InvalidError, TooManyError
from peakend.server.acting.services import audit, service
from peakend.server.people import attempts, letters
from peakend.server.people.acting import actor_of_user
from peakend.server.people.links import FORGOTTEN, choose_password_link, user_of_link
from peakend.server.people.models import User
from peakend.server.people.policies import MANAGE, OWN
from peakend.server.people.sign_ins import end_all
from peakend.server.web.say import say, told

LONGEST = 1024
_SENTENCES = {
    "password_too_short": Text(
        "Use at least 12 characters; a sentence is good.", "至少 12 个字符，用一句话最好。"
    ),
    "password_too_common": Text("This password is in lists of common ones.", "该密码过于常见。"),
    "password_too_similar": Text("This is too close to your name or e-mail.", "密码与姓名或邮箱过于相似。"),
}


def right_password(email: str, password: str) -> User | None:
    """The active user with this e-mail and password; it takes as long whether there is such a user or not."""
    usable = 0 < len(password) <= LONGEST and "\x00" not in email + password
    user = User.objects.filter(email__iexact=email.strip()).first() if usable else None
    if user is None:
        User().set_password(password[:LONGEST])
        return None
    right = user.check_password(password)
    return cast(User, user) if right and user.is_active else None


def check_new(password: str, user: User | None = None) -> None:
    """Raise `InvalidError` with the reasons where `password` may not be chosen."""
    found: list[str] = []
    if len(password) > LONGEST:
        found.append(told(Text("Use at most 1,024 characters.", "最多 1024 个字符。")))
    else:
        try:
            validate_password(password, user)
        except ValidationError as error:
            for one in error.error_list:
                sentence = _SENTENCES.get(one.code or "")
                found.append(told(sentence) if sentence else " ".join(one.messages))
    if found:
        raise InvalidError(
            Text("Choose another password.", "请换一个密码。"),
            Text("See what is said beside it.", "请查看旁边的提示。"),
            fields=[{"field": "password", "message": sentence} for sentence in found],
        )


@service(OWN)
def change_password(*, actor: Actor, present: str, password: str, session: str = "") -> User:
    """Change the actor's own password against the present one; every session but `session` (its key) ends."""
    user = cast(User, User.objects.get(pk=actor.user_id))
    if user.has_usable_password() and not user.check_password(present):
        raise InvalidError(
            Text("The present password is not right.", "当前密码不正确。"),
            Text("Enter the password you signed in with.", "请输入您登录时使用的密码。"),
            fields=[_present_is_wrong()],
        )
    check_new(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    ended = end_all(user.pk, session)
    letters.send_changed(user)
    audit(actor, "people.password_changed", user, sessions_ended=ended)
    return user


@service(MANAGE)
def _ask_for_link(*, actor: Actor, user: User, origin: str) -> None:
    letters.send_forgotten(user, choose_password_link(origin, user, FORGOTTEN))
    audit(actor, "people.password_forgotten", user)


def forgot(email: str, origin: str) -> None:
    """Send a link if there is such a user; nothing that can be seen from outside tells whether."""
    try:
        attempts.begin(attempts.letters(email))
    except TooManyError:
        return
    user = (
        User.objects.filter(email__iexact=email.strip(), is_active=True).first()
        if "\x00" not in email
        else None
    )
    # Who signs in through the company's own provider has no password to forget.
    if user is not None and (user.has_usable_password() or not user.oidc_subject):
        _ask_for_link(actor=system("forgotten password"), user=user, origin=origin)


def choose(key: str, token: str, password: str) -> User:
    """Set the password of whom the link was made for; `InvalidError` where it is used or too old."""
    user = user_of_link(key, token)
    if user is None:
        raise gone()
    check_new(password, user)
    return _choose(actor=actor_of_user(user), user=user, token=token, password=password)


@service(OWN)
def _choose(*, actor: Actor, user: User, token: str, password: str) -> User:
    found = User.objects.select_for_update().get(pk=user.pk)
    # Looked at again under the lock: of two that use the link at once, one comes too late.
    if user_of_link(found.key, token) is None:
        raise gone()
    found.set_password(password)
    found.last_login = found.last_login or clock.now()
    found.save(update_fields=["password", "last_login"])
    end_all(found.pk)
    attempts.succeeded(attempts.account(found.email), attempts.own_password(found.key))
    audit(actor, "people.password_chosen", found)
    return cast(User, found)


def gone() -> InvalidError:
    """The error of a link that is used or too old."""
    return InvalidError(
        Text("This link was used already, or is too old.", "该链接已使用或已过期。"),
        Text("Ask for another one.", "请重新获取链接。"),
    )


def _present_is_wrong() -> dict[str, str]:
    return {"field": "present", "message": say("This is not your present password.", "当前密码不正确。")}

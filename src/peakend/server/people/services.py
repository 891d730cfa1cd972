"""Who may sign in, as what, and for which part of the company. Nobody is deleted.

What they did stays theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from peakend.language import Text
from peakend.server.acting.actors import Actor, Reach, Role
from peakend.server.acting.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from peakend.server.acting.services import audit, service
from peakend.server.company import selectors as company
from peakend.server.company.models import Site, Team
from peakend.server.people import letters, second_factor, sign_ins, tokens
from peakend.server.people.acting import reach_of
from peakend.server.people.links import INVITED, choose_password_link
from peakend.server.people.models import User
from peakend.server.people.policies import MANAGE, OWN
from peakend.server.people.selectors import get_person
from peakend.server.people.signals import user_deactivated
from peakend.server.web.say import told

LANGUAGES = ("en", "zh")


@dataclass(frozen=True, slots=True)
class Invited:
    """A new user and the link that lets them choose a password, for where no e-mail goes out."""

    user: User
    link: str


@service(MANAGE)
def create_person(
    *,
    actor: Actor,
    email: str,
    name: str,
    role: Role,
    origin: str,
    language: str = "en",
    employee_id: str = "",
    sites: Sequence[str] = (),
    teams: Sequence[tuple[str, str]] = (),
) -> Invited:
    """A user, who is sent a link (beginning with `origin`) to choose a password.

    `sites` are codes, `teams` pairs of the codes of site and team; `NotFoundError` outside the actor's reach,
    `ConflictError` where the e-mail is in use.
    """
    user = User(role=Role(role), oidc_subject=None)
    user.set_unusable_password()
    _put(user, name=name, email=email, language=language, employee_id=employee_id)
    _save(user, new=True)
    _give_scope(actor, user, sites, teams)
    _check_reach(actor, user)
    link = choose_password_link(origin, user, INVITED)
    letters.send_invitation(user, link)
    audit(actor, "people.created", user, role=user.role, sites=list(sites), teams=_named(teams))
    return Invited(user, link)


@service(MANAGE)
def change_person(
    *,
    actor: Actor,
    key: str,
    name: str | None = None,
    email: str | None = None,
    role: Role | None = None,
    language: str | None = None,
    employee_id: str | None = None,
    sites: Sequence[str] | None = None,
    teams: Sequence[tuple[str, str]] | None = None,
) -> User:
    """Change what is given. Nobody changes their own role or scope; the last administrator stays one.

    With another role the user's sessions end: they sign in again, with the second factor that it may need.
    """
    user = _manageable(actor, key)
    before = (user.role, _scope_of(user))
    _put(user, name=name, email=email, language=language, employee_id=employee_id)
    if role is not None:
        user.role = Role(role)
    _save(user)
    if sites is not None or teams is not None:
        kept_sites, kept_teams = _scope_of(user)
        _give_scope(
            actor, user, kept_sites if sites is None else sites, kept_teams if teams is None else teams
        )
    after = (user.role, _scope_of(user))
    if before != after and user.pk == actor.user_id:
        raise ConflictError(
            Text("Nobody changes their own role or scope.", "不能修改本人的角色或范围。"),
            Text("Ask another administrator.", "请由其他管理员修改。"),
        )
    _check_reach(actor, user)
    _check_administrator_left()
    ended = sign_ins.end_all(user.pk) if user.role != before[0] else 0
    audit(
        actor,
        "people.changed",
        user,
        sessions_ended=ended,
        role=user.role,
        role_before=before[0],
        scope_changed=before[1] != after[1],
    )
    return user


@service(MANAGE)
def deactivate_person(*, actor: Actor, key: str) -> User:
    """From now on the user cannot sign in; their sessions and tokens end at once. What they did stays."""
    user = _manageable(actor, key)
    if user.pk == actor.user_id:
        raise ConflictError(
            Text("Nobody deactivates themselves.", "不能停用本人账号。"),
            Text("Ask another administrator.", "请由其他管理员操作。"),
        )
    user.is_active = False
    user.save(update_fields=["is_active"])
    _check_administrator_left()
    sessions, revoked = sign_ins.end_all(user.pk), tokens.revoke_all(user.pk)
    user_deactivated.send(User, user=user)
    audit(actor, "people.deactivated", user, sessions_ended=sessions, tokens_revoked=revoked)
    return user


@service(MANAGE)
def reactivate_person(*, actor: Actor, key: str) -> User:
    """Let a user sign in again; their old tokens stay revoked."""
    user = _manageable(actor, key)
    user.is_active = True
    user.save(update_fields=["is_active"])
    audit(actor, "people.reactivated", user)
    return user


@service(MANAGE)
def invite_again(*, actor: Actor, key: str, origin: str) -> Invited:
    """Send the link once more to somebody who never signed in."""
    user = _manageable(actor, key)
    if user.last_login is not None or not user.is_active:
        raise ConflictError(
            Text("This person signed in before, or is deactivated.", "此人已登录过或账号已停用。"),
            Text("They can ask for a new password on the sign-in page.", "可在登录页自行重置密码。"),
        )
    link = choose_password_link(origin, user, INVITED)
    letters.send_invitation(user, link)
    audit(actor, "people.invited_again", user)
    return Invited(user, link)


@service(MANAGE)
def reset_second_factor(*, actor: Actor, key: str) -> User:
    """Take a lost phone's second factor away and end the user's sessions. Nobody does it for themselves."""
    user = _manageable(actor, key)
    if user.pk == actor.user_id:
        raise ConflictError(
            Text("Your own second factor needs its code.", "停用本人的两步验证需输入验证码。"),
            Text("Turn it off on your own page.", "请在个人页面停用。"),
        )
    second_factor.take_away(user)
    sign_ins.end_all(user.pk)
    audit(actor, "people.second_factor_reset", user)
    return user


@service(OWN)
def change_profile(*, actor: Actor, name: str | None = None, language: str | None = None) -> User:
    """Change the actor's own name and language."""
    user = cast(User, User.objects.get(pk=actor.user_id))
    _put(user, name=name, language=language)
    _save(user)
    audit(actor, "people.profile_changed", user, language=user.language)
    return user


def _manageable(actor: Actor, key: str) -> User:
    """The user, locked, if everything they reach is within the actor's reach."""
    # Every administrator's row first, in one order: two that demote each other at once go one after the
    # other.
    list(User.objects.select_for_update().filter(role=Role.ADMINISTRATOR).order_by("pk"))
    found = get_person(actor, key)
    user = cast(User, User.objects.select_for_update().get(pk=found.pk))
    if not _covers(actor.reach, reach_of(user)):
        raise NotAllowedError(MANAGE)
    return user


def _check_reach(actor: Actor, user: User) -> None:
    """Nobody gives away more of the company than they have."""
    theirs = reach_of(user)
    nothing = not (theirs.everything or theirs.sites or theirs.teams)
    if not _covers(actor.reach, theirs) or (nothing and not actor.reach.everything):
        raise NotAllowedError(MANAGE)


def _covers(wide: Reach, narrow: Reach) -> bool:
    if wide.everything:
        return True
    if narrow.everything or not narrow.sites <= wide.sites:
        return False
    others = narrow.teams - wide.teams
    return set(Team.objects.filter(pk__in=others).values_list("site_id", flat=True)) <= wide.sites


def _check_administrator_left() -> None:
    """Somebody must be left who can administer the whole company."""
    rows = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True, sites=None, teams=None)
    if not rows.exists():
        raise ConflictError(
            Text("This is the last administrator.", "这是最后一位管理员。"),
            Text("Make somebody else administrator first.", "请先将其他人设为管理员。"),
        )


def _put(
    user: User,
    *,
    name: str | None = None,
    email: str | None = None,
    language: str | None = None,
    employee_id: str | None = None,
) -> None:
    if name is not None:
        user.name = _line("name", name, 200)
        if not user.name:
            raise _invalid("name", Text("A name is needed.", "请填写姓名。"))
    if email is not None:
        user.email = User.objects.normalize_email(_line("email", email, 254))
        try:
            validate_email(user.email)
        except ValidationError:
            raise _invalid("email", Text("This is no e-mail address.", "邮箱格式不正确。")) from None
    if language is not None:
        if language not in LANGUAGES:
            raise _invalid("language", Text("The language is en or zh.", "语言为 en 或 zh。"))
        user.language = language
    if employee_id is not None:
        user.employee_id = _line("employee_id", employee_id, 80)


def _line(field: str, text: str, most: int) -> str:
    """`text` as one line; `InvalidError` where it is too long."""
    line = " ".join(text.replace("\x00", " ").split())
    if len(line) > most:
        raise _invalid(field, Text(f"At most {most} characters.", f"最多 {most} 个字符。"))
    return line


def _save(user: User, new: bool = False) -> None:
    try:
        with transaction.atomic():
            user.save(force_insert=new)
    except IntegrityError as error:
        sentence = Text("Somebody has this e-mail already.", "该邮箱已被使用。")
        raise ConflictError(
            sentence,
            Text(
                "Look for them in the list, also among the deactivated.", "请在列表（含已停用人员）中查找。"
            ),
            fields=[{"field": "email", "message": told(sentence)}],
        ) from error


def _give_scope(actor: Actor, user: User, sites: Sequence[str], teams: Sequence[tuple[str, str]]) -> None:
    found_sites: list[Site] = []
    for code in sites:
        found_sites.append(company.get_site(actor, code))
        if not _covers(actor.reach, Reach(sites=frozenset({found_sites[-1].pk}))):
            raise NotFoundError  # a member of a team sees its site, but does not have it to give
    user.sites.set(found_sites)
    user.teams.set([company.get_team(actor, site, code) for site, code in teams])


def _scope_of(user: User) -> tuple[list[str], list[tuple[str, str]]]:
    return (
        sorted(user.sites.values_list("code", flat=True)),
        sorted(user.teams.values_list("site__code", "code")),
    )


def _named(teams: Sequence[tuple[str, str]]) -> list[str]:
    return [f"{site}/{code}" for site, code in teams]


def _invalid(field: str, sentence: Text) -> InvalidError:
    return InvalidError(
        sentence,
        Text("Mend it and send it again.", "请更正后重新提交。"),
        fields=[{"field": field, "message": told(sentence)}],
    )

"""The first administrator of a new site. Only who can read the site's home, or its terminal, may be it."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.crypto import constant_time_compare

from peakend.language import Text
from peakend.server.acting.actors import Actor, Role, system
from peakend.server.acting.errors import ConflictError, InvalidError
from peakend.server.acting.services import audit, service
from peakend.server.company.models import Company
from peakend.server.home import home
from peakend.server.people.models import User
from peakend.server.people.passwords import check_new
from peakend.server.people.policies import MANAGE
from peakend.server.web.say import say


def is_new() -> bool:
    """Whether nobody can sign in yet, as there is no user at all."""
    return not User.objects.exists()


def setup_code() -> str | None:
    """The code the first-run page asks for; None once there is a user. It is made on the first call."""
    return home().setup_code() if is_new() else None


def right_code(code: str) -> bool:
    """Whether `code` is the setup code of a site that is new."""
    wanted = setup_code()
    return wanted is not None and constant_time_compare(wanted.strip().encode(), code.strip().encode())


def begin_site(
    code: str, *, email: str, name: str, password: str, company: str = "", language: str = "en"
) -> User:
    """Make the first administrator.

    `InvalidError` for a wrong code or password, `ConflictError` for the second one.
    """
    if not is_new():
        raise _too_late()
    if not right_code(code):
        raise InvalidError(
            Text("The setup code is not right.", "安装码不正确。"),
            Text("Copy it from where the site was started.", "请从启动网站的终端复制。"),
            fields=[{"field": "code", "message": _wrong_code_sentence()}],
        )
    user = User(
        email=User.objects.normalize_email(email), name=name, role=Role.ADMINISTRATOR, language=language
    )
    check_new(password, user)
    user.set_password(password)
    made = _make_first(actor=system("first run"), user=user, company=company)
    home().forget_setup_code()
    return made


@service(MANAGE)
def _make_first(*, actor: Actor, user: User, company: str) -> User:
    try:
        with transaction.atomic():
            # There can be one such row: of two that arrive at once the second waits here and then fails.
            row = Company.objects.filter(only=1).first() or Company.objects.create(only=1)
    except IntegrityError:
        raise _too_late() from None
    Company.objects.select_for_update().get(pk=row.pk)
    if User.objects.exists():
        raise _too_late()
    if company.strip():
        Company.objects.filter(pk=row.pk).update(name=company.strip()[:200])
    user.save(force_insert=True)
    audit(actor, "people.first_administrator", user)
    return user


def _too_late() -> ConflictError:
    return ConflictError(
        Text("This site has been set up already.", "该网站已完成初始设置。"),
        Text("Sign in, or ask an administrator for access.", "请登录，或向管理员申请账号。"),
    )


def _wrong_code_sentence() -> str:
    return say("This is not the setup code.", "安装码不正确。")

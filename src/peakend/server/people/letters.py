"""What the letters say."""

from __future__ import annotations

from peakend.server.company.selectors import company_name
from peakend.server.people.models import User
from peakend.server.people.signals import letter_written

_INVITED = {
    "en": (
        "Your access to Peakend at {company}",
        "Hello {name},\n\nyou have been given access to Peakend at {company}. "
        "Choose a password here within three days:\n\n{link}\n\n"
        "If you did not expect this, nothing happens unless you open the link.\n",
    ),
    "zh": (
        "您已获得{company} Peakend 的访问权限",
        "{name}，您好：\n\n您已获得{company} Peakend 的访问权限。请在三天内打开以下链接设置密码：\n\n"
        "{link}\n\n如果这不是您预期的邮件，不打开链接即可。\n",
    ),
}
_FORGOTTEN = {
    "en": (
        "Choose a new password",
        "Hello {name},\n\nsomebody, hopefully you, asked for a new password. "
        "Choose one here within two hours:\n\n{link}\n\n"
        "If it was not you, your password stays as it is; there is nothing to do.\n",
    ),
    "zh": (
        "设置新密码",
        "{name}，您好：\n\n我们收到了重置密码的请求。如果是您本人操作，请在两小时内打开以下链接设置新密码：\n\n"
        "{link}\n\n如果不是您本人操作，请忽略本邮件，原密码不变。\n",
    ),
}
_CHANGED = {
    "en": (
        "Your password was changed",
        "Hello {name},\n\nyour password was changed just now and other devices were signed out.\n\n"
        "If it was not you, ask for a new password at once and tell your administrator.\n",
    ),
    "zh": (
        "您的密码已修改",
        "{name}，您好：\n\n您的密码刚刚被修改，其他设备已退出登录。\n\n"
        "如果不是您本人操作，请立即重置密码并告知管理员。\n",
    ),
}


def send_invitation(user: User, link: str) -> None:
    """Tell somebody that they have access."""
    _send(_INVITED, user, link=link)


def send_forgotten(user: User, link: str) -> None:
    """Send the link to choose another password."""
    _send(_FORGOTTEN, user, link=link)


def send_changed(user: User) -> None:
    """Tell somebody that their password is another one now."""
    _send(_CHANGED, user)


def _send(letter: dict[str, tuple[str, str]], user: User, **values: str) -> None:
    chinese = user.language.startswith("zh")
    subject, text = letter["zh" if chinese else "en"]
    company = company_name() or ("贵公司" if chinese else "your company")
    values |= {"name": user.name, "company": company}
    # A name with a line break would begin another header.
    plain = " ".join(subject.format(**values).split())
    letter_written.send(User, to=user.email, subject=plain, text=text.format(**values), reference=user.key)

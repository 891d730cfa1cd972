"""Links in letters that let somebody choose a password: once, for a while, and not after anything changed."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse
from django.utils.http import base36_to_int

from peakend.server.acting import clock
from peakend.server.people.models import User


class Links(PasswordResetTokenGenerator):
    """Tokens over a user's password, last sign-in and e-mail.

    Using one, or signing in, makes them all invalid.
    """

    def __init__(self, purpose: str, lasts: timedelta) -> None:
        super().__init__()
        self.key_salt = f"peakend.people.{purpose}"
        self.lasts = lasts

    def check_token(self, user: User | None, token: str | None) -> bool:
        """Whether the token was made for the user as they are now, not too long ago."""
        if not super().check_token(user, token) or user is None or not user.is_active or token is None:
            return False
        made = base36_to_int(token.partition("-")[0])
        return self._num_seconds(self._now()) - made <= self.lasts.total_seconds()

    def _now(self) -> datetime:
        return clock.now().replace(tzinfo=None)


FORGOTTEN = Links("forgotten", timedelta(hours=2))
INVITED = Links("invited", timedelta(days=3))


def choose_password_link(origin: str, user: User, kind: Links) -> str:
    """The address, beginning with `origin`, where the user chooses a password."""
    return origin + reverse("people:choose_password", args=[user.key, kind.make_token(user)])


def user_of_link(key: str, token: str) -> User | None:
    """The user a link was made for; None for one that is wrong, used or too old."""
    user = User.objects.filter(key=key, is_active=True).first()
    return user if FORGOTTEN.check_token(user, token) or INVITED.check_token(user, token) else None

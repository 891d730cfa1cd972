"""Those who sign in, what part of the company they see, and the tokens they gave to programs."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from peakend.server.acting.actors import Role
from peakend.server.acting.keys import KeyField


class Users(BaseUserManager["User"]):
    """Makes and finds users."""

    def create_user(
        self, email: str, name: str, role: Role, password: str | None = None, **more: object
    ) -> User:
        """A user who may sign in with `password` (None: only by OIDC or after a reset)."""
        user = self.model(email=self.normalize_email(email), name=name, role=role, **more)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """Somebody of the company. `employee_id` is theirs in the warehouse."""

    key = KeyField()
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    role = models.CharField(max_length=20, choices=[(role.value, role.value) for role in Role])
    language = models.CharField(max_length=10, default="en")
    employee_id = models.CharField(max_length=80, blank=True, db_index=True)
    sites = models.ManyToManyField("company.Site", blank=True, related_name="people")
    teams = models.ManyToManyField("company.Team", blank=True, related_name="people")
    # Where nothing is listed: managers and analysts see everything, the front line and supervisors nothing.
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    # Sealed with the site's key; empty until the user confirmed a code.
    totp_secret = models.CharField(max_length=200, blank=True)
    totp_confirmed_at = models.DateTimeField(null=True)
    totp_last_step = models.BigIntegerField(default=0)
    oidc_subject = models.CharField(max_length=255, null=True, unique=True)

    objects: ClassVar[Users] = Users()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        ordering = ("name", "id")
        constraints = (models.UniqueConstraint(Lower("email"), name="one_user_an_email"),)

    def __str__(self) -> str:
        return self.name


class ApiToken(models.Model):
    """A program's right to act as a user, limited to `actions`. Only the hash is kept."""

    key = KeyField()
    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, unique=True)
    actions = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)


class SignedIn(models.Model):
    """One browser somebody signed in with. A session counts only while its row is open.

    Ending it is at once.
    """

    key = KeyField()
    user = models.ForeignKey(User, models.CASCADE, related_name="signed_in")
    device = models.CharField(max_length=120, blank=True)
    address = models.CharField(max_length=45, blank=True)
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-seen_at", "-id")


class Attempts(models.Model):
    """How often somebody failed to sign in, under one name: an account, a device, an address.

    Only a hash of it.
    """

    bucket = models.CharField(max_length=64, unique=True)
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(db_index=True)
    blocked_until = models.DateTimeField(null=True)


class RecoveryCode(models.Model):
    """A code for the day the phone is gone; good once. Only its keyed hash is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "digest"), name="one_recovery_code"),)


class RoleRule(models.Model):
    """What the company asks of everybody in a role."""

    role = models.CharField(max_length=20, unique=True, choices=[(role.value, role.value) for role in Role])
    second_factor = models.BooleanField(default=False)

"""The company: where service happens (sites, teams) and where customers meet it (touchpoints)."""

from __future__ import annotations

from django.db import models


class Site(models.Model):
    """A branch, terminal, estate or shop; `calendar` names the business calendar of its deadlines."""

    code = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    name_zh = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=60, blank=True)
    region = models.CharField(max_length=120, blank=True)
    timezone = models.CharField(max_length=60, default="Asia/Shanghai")
    calendar = models.CharField(max_length=60, default="china-office")
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    """People of a site who serve together."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="teams")
    code = models.CharField(max_length=60)
    name = models.CharField(max_length=200)
    name_zh = models.CharField(max_length=200, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ("site", "code")
        constraints = (models.UniqueConstraint(fields=("site", "code"), name="one_team_a_code"),)

    def __str__(self) -> str:
        return self.name


class Touchpoint(models.Model):
    """Where customers meet the company; `code` is `touchpoint_id` in the warehouse."""

    code = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    name_zh = models.CharField(max_length=200, blank=True)
    position = models.PositiveIntegerField(default=0)
    stage = models.CharField(max_length=20, blank=True)
    channel = models.CharField(max_length=60, blank=True)
    owner = models.CharField(max_length=200, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ("position", "code")

    def __str__(self) -> str:
        return self.name


class Company(models.Model):
    """The one row about the company itself; that there can be one only also settles who sets the site up."""

    only = models.PositiveSmallIntegerField(default=1, unique=True, editable=False)
    name = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.name

"""Service visits: checklists, work orders, what was checked, photographs, and the gesture at the end."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from peakend.server.acting.keys import KeyField


class Checklist(models.Model):
    """A version of a checklist. Never changed: an edit makes the next version of the same code."""

    key = KeyField()
    code = models.CharField(max_length=60)
    version = models.PositiveIntegerField(default=1)
    name_en = models.CharField(max_length=200)
    name_zh = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, default="visit")  # visit, counter: which three aspects
    reopen_days = models.PositiveSmallIntegerField(default=30)
    active = models.BooleanField(default=True)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("code", "-version")
        constraints = (
            models.UniqueConstraint(fields=("code", "version"), name="one_checklist_a_version"),
            models.UniqueConstraint(fields=("code",), condition=Q(active=True), name="one_active_checklist"),
        )


class ChecklistItem(models.Model):
    """One thing to check. Weights of an aspect sum to 1."""

    checklist = models.ForeignKey(Checklist, models.CASCADE, related_name="items")
    code = models.CharField(max_length=60)
    text_en = models.CharField(max_length=200)
    text_zh = models.CharField(max_length=200)
    aspect = models.CharField(max_length=20)
    weight = models.FloatField()
    required = models.BooleanField(default=True)
    photo = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "id")
        constraints = (models.UniqueConstraint(fields=("checklist", "code"), name="one_item_a_code"),)


class Visit(models.Model):
    """A work order at a customer's (TCH-11). `reopens` is the visit whose work did not hold."""

    key = KeyField()
    order_id = models.CharField(max_length=120, null=True, unique=True)  # of the system that planned it
    checklist = models.ForeignKey(Checklist, models.PROTECT, related_name="visits")
    customer = models.ForeignKey("customers.Customer", models.SET_NULL, null=True, related_name="+")
    case = models.ForeignKey("cases.Case", models.SET_NULL, null=True, related_name="visits")
    site = models.ForeignKey("company.Site", models.PROTECT)
    team = models.ForeignKey("company.Team", models.PROTECT, null=True)
    touchpoint = models.ForeignKey("company.Touchpoint", models.PROTECT, null=True)
    employee = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    task = models.CharField(max_length=300)
    window_from = models.DateTimeField(db_index=True)
    window_to = models.DateTimeField()
    status = models.CharField(max_length=20, default="planned")  # planned, arrived, finished, cancelled
    arrived_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True, db_index=True)
    verdict = models.CharField(max_length=20, blank=True)  # passed, failed
    reopens = models.ForeignKey("self", models.PROTECT, null=True, related_name="reopened_by")
    reopened_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(auto_now=True, db_index=True)

    class Meta:
        ordering = ("-id",)


class VisitCheck(models.Model):
    """What was found for one item. Saving it again with the same content changes nothing."""

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="checks")
    item = models.ForeignKey(ChecklistItem, models.PROTECT, related_name="+")
    score = models.FloatField()  # 0 not done, 1 done
    note = models.CharField(max_length=400, blank=True)
    by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("visit", "item"), name="one_check_an_item"),)


class Photo(models.Model):
    """A photograph as evidence, redrawn without anything hidden in it. `file` is relative to MEDIA_ROOT."""

    key = KeyField()
    visit = models.ForeignKey(Visit, models.CASCADE, related_name="photos")
    item = models.ForeignKey(ChecklistItem, models.PROTECT, related_name="+")
    file = models.CharField(max_length=200, unique=True)
    sent_digest = models.CharField(max_length=64)  # of what was sent: the same photo again is the same row
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("visit", "item", "sent_digest"), name="one_photo_once"),
        )


class GestureRule(models.Model):
    """A small gift at the end of a visit, given to a random share of visits within a cap (TCH-13)."""

    key = KeyField()
    name_en = models.CharField(max_length=200)
    name_zh = models.CharField(max_length=200)
    checklist_code = models.CharField(max_length=60, blank=True)  # empty: every visit
    unit_cost = models.DecimalField(max_digits=10, decimal_places=2)
    cap = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3, default="CNY")
    spent = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    treated_share = models.FloatField(default=0.5)
    active = models.BooleanField(default=True)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("-id",)


class Gesture(models.Model):
    """The arm a finished visit was drawn into, for the test of the effect. Never changed but `given_at`."""

    visit = models.OneToOneField(Visit, models.CASCADE, related_name="gesture")
    rule = models.ForeignKey(GestureRule, models.PROTECT, related_name="gestures")
    arm = models.CharField(max_length=20)  # treatment, control
    cost = models.DecimalField(max_digits=10, decimal_places=2, default=0)
    at = models.DateTimeField()
    given_at = models.DateTimeField(null=True)

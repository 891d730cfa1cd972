"""Surveys, their immutable versions, and the items whose wording must hold still."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models

from peakend.server.acting.keys import KeyField


class UnchangeableError(RuntimeError):
    """Code tried to change or delete what was published. A fault of ours, never of a person's."""


class _Kept(models.QuerySet):
    """Rows that are written once."""

    def update(self, *args: Any, **values: Any) -> NoReturn:  # noqa: ANN401 - Django's own signature
        """Refused."""
        raise UnchangeableError("what was published cannot be changed")

    def delete(self) -> NoReturn:
        """Refused."""
        raise UnchangeableError("what was published cannot be deleted")

    bulk_update = update


class Kept(models.Model):
    """A row that can be written once and never changed or deleted."""

    objects = _Kept.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Django's own signature
        """Write it for the first time; `UnchangeableError` after that."""
        if not self._state.adding:
            raise UnchangeableError(f"{type(self).__name__} {self.pk} was published and cannot be changed")
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:  # noqa: ANN401 - Django's own signature
        """Refused."""
        raise UnchangeableError(f"{type(self).__name__} {self.pk} was published and cannot be deleted")


class Survey(models.Model):
    """A questionnaire with a life: a draft one edits, and published versions nobody can change."""

    key = KeyField()
    name = models.JSONField(default=dict)  # {"en": …, "zh": …}
    programme = models.CharField(max_length=80, blank=True)  # the series its waves belong to
    kind = models.CharField(max_length=20, default="transactional")  # relational, transactional, pulse
    anonymous = models.BooleanField(default=False)
    status = models.CharField(max_length=20, default="draft")  # draft, live, closed
    draft = models.JSONField(default=dict)  # a Questionnaire, perhaps unfinished
    draft_revision = models.PositiveIntegerField(
        default=0
    )  # grows with every save: two editors notice each other
    site = models.ForeignKey(
        "company.Site", models.SET_NULL, null=True, blank=True
    )  # empty: the whole company
    created_by = models.ForeignKey("people.User", models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    current = models.ForeignKey("surveys.SurveyVersion", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("-id",)


class SurveyVersion(Kept):
    """What was asked, word for word, from one publication to the next. Never changed, never deleted."""

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    questionnaire = models.JSONField()
    digest = models.CharField(max_length=64)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey("people.User", models.SET_NULL, null=True)

    class Meta:
        ordering = ("survey", "number")
        constraints = (models.UniqueConstraint(fields=("survey", "number"), name="one_version_a_number"),)


class ItemSeries(Kept):
    """Which series a question of a version belongs to: 0 as first asked, 1 after the first change, and so on.

    `item` is the core item's key, for other questions `<survey key>.<question id>`. `programme` is the
    survey's,
    or its key where it has none. An item asked again in an earlier wording goes back to that series.
    """

    programme = models.CharField(max_length=80)
    item = models.CharField(max_length=80)
    version = models.ForeignKey(SurveyVersion, models.PROTECT, related_name="item_series")
    digest = models.CharField(max_length=64)
    series = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("version", "item"), name="one_series_an_item"),)
        indexes = (models.Index(fields=("programme", "item"), name="series_of_items"),)


class SeriesBreak(Kept):
    """A core item whose wording changed: scores before and after are two series (LSN-02)."""

    programme = models.CharField(max_length=80)
    item = models.CharField(max_length=80)
    version = models.ForeignKey(SurveyVersion, models.PROTECT)
    before = models.CharField(max_length=64)
    after = models.CharField(max_length=64)
    at = models.DateTimeField()
    reason = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ("at", "id")
        constraints = (models.UniqueConstraint(fields=("version", "item"), name="one_break_an_item"),)

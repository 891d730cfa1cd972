"""How a survey reaches people: open places, invitations to one person, and the ledger of contacts."""

from __future__ import annotations

from datetime import time

from django.db import models

from peakend.server.acting.keys import KeyField


class Place(models.Model):
    """Where a survey lies open: a poster with a QR code, a kiosk, a link, a page that embeds it (LSN-01)."""

    key = KeyField()  # stands in its address: /s/p/<key>/
    survey = models.ForeignKey("surveys.Survey", models.PROTECT, related_name="places")
    kind = models.CharField(max_length=20)  # link, qr, kiosk, embed
    name = models.CharField(max_length=200)
    site = models.ForeignKey("company.Site", models.PROTECT, null=True, blank=True)
    team = models.ForeignKey("company.Team", models.PROTECT, null=True, blank=True)
    touchpoint = models.ForeignKey("company.Touchpoint", models.PROTECT, null=True, blank=True)
    active = models.BooleanField(default=True)
    opened_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True)
    reopened_at = models.DateTimeField(null=True)
    closed_days = models.FloatField(default=0)  # before it was opened again
    silent_after_days = models.PositiveIntegerField(default=7)
    last_answer_at = models.DateTimeField(null=True)
    silent_told_at = models.DateTimeField(null=True)
    views = models.PositiveBigIntegerField(default=0)
    # Answers of the days before this one stand in PlaceDay; the rest are counted where they lie.
    tallied_until = models.DateField(null=True)
    allowed_origin = models.CharField(max_length=200, blank=True)  # embed: the one page that may frame it

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.name

    @property
    def name_zh(self) -> str:
        """The name on Chinese pages: a place that is called like its site is called as its site is there."""
        called_like_it = self.site is not None and self.name == self.site.name
        return (self.site.name_zh if self.site is not None and called_like_it else "") or self.name


class PlaceDay(models.Model):
    """Answers of one place on one day (UTC) that is over."""

    place = models.ForeignKey(Place, models.CASCADE, related_name="days", db_index=False)
    day = models.DateField()
    answers = models.PositiveIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("place", "day"), name="one_count_a_place_day"),)


class Panel(models.Model):
    """A list of customers who are asked together."""

    key = KeyField()
    name = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)
    members = models.ManyToManyField("customers.Customer", related_name="panels")

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.name


class Wave(models.Model):
    """A round of a survey with its dates and its sample. `label` is the wave's name in the warehouse."""

    key = KeyField()
    survey = models.ForeignKey("surveys.Survey", models.PROTECT, related_name="waves")
    label = models.CharField(max_length=80)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    # {"mode": "census"} or {"mode": "random", "share": .2, "seed": 7}; see sampling.Sampling
    sampling = models.JSONField(default=dict)
    panel = models.ForeignKey(Panel, models.PROTECT, null=True, blank=True)
    site = models.ForeignKey("company.Site", models.PROTECT, null=True, blank=True)  # empty: every site
    channel = models.CharField(max_length=40, default="email")
    daily_most = models.PositiveIntegerField(null=True, blank=True)  # invitations that become due on one day
    status = models.CharField(max_length=20, default="planned", db_index=True)  # planned, open, closed
    # How far queueing came: primary key of the last customer looked at, how many were looked at and drawn.
    cursor = models.BigIntegerField(default=0)
    seen = models.PositiveIntegerField(default=0)
    queued = models.PositiveIntegerField(default=0)
    queued_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        constraints = (models.UniqueConstraint(fields=("survey", "label"), name="one_wave_a_label"),)

    def __str__(self) -> str:
        return self.label


class Trigger(models.Model):
    """Asks about an event while it is fresh: an interaction of these kinds queues an invitation (LSN-06)."""

    key = KeyField()
    survey = models.ForeignKey("surveys.Survey", models.PROTECT, related_name="triggers")
    name = models.CharField(max_length=200)
    touchpoint = models.ForeignKey("company.Touchpoint", models.PROTECT, null=True, blank=True)
    site = models.ForeignKey("company.Site", models.PROTECT, null=True, blank=True)
    kinds = models.JSONField(default=list)  # empty: any
    outcomes = models.JSONField(default=list)  # empty: any
    delay_minutes = models.PositiveIntegerField(default=30)
    max_age_hours = models.PositiveIntegerField(default=24)  # nobody is asked about what is longer ago
    channel = models.CharField(max_length=40, default="email")
    share = models.FloatField(default=1.0)  # of the events, 0 to 1
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.name


class Invitation(models.Model):
    """One person asked once. `digest` is the hash of the secret in their link: /s/i/<secret>/."""

    key = KeyField()
    survey = models.ForeignKey("surveys.Survey", models.PROTECT, related_name="invitations")
    wave = models.ForeignKey(Wave, models.PROTECT, null=True)
    trigger = models.ForeignKey(Trigger, models.PROTECT, null=True)
    customer = models.ForeignKey("customers.Customer", models.SET_NULL, null=True)
    purpose = models.CharField(max_length=20, default="survey")  # survey, recovery (after a case)
    channel = models.CharField(max_length=40)  # email, link, sms, api
    digest = models.CharField(max_length=64, unique=True)
    # waiting, suppressed (never sent), sent, bounced, opened, started, completed, declined
    status = models.CharField(max_length=20, default="sent")
    reason = models.CharField(max_length=20, blank=True)  # why it was suppressed; see ledger.REASONS
    address = models.CharField(max_length=64, blank=True)  # hash of the address it went to
    language = models.CharField(max_length=20, blank=True)
    site = models.ForeignKey("company.Site", models.SET_NULL, null=True)
    team = models.ForeignKey("company.Team", models.SET_NULL, null=True)
    touchpoint = models.ForeignKey("company.Touchpoint", models.SET_NULL, null=True)
    interaction = models.ForeignKey("customers.Interaction", models.SET_NULL, null=True)
    employee_id = models.CharField(max_length=80, blank=True)  # who served
    embedded = models.JSONField(default=dict)  # values for piping and for show-if
    created_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    remind_at = models.DateTimeField(null=True)
    reminders = models.PositiveSmallIntegerField(default=0)
    # The status the warehouse has; for sync alone. Rows where the two differ wait to be brought there.
    synced_status = models.CharField(max_length=20, default="", editable=False)

    class Meta:
        indexes = (
            # Partial: they hold only what waits.
            models.Index(
                fields=("id",),
                condition=~models.Q(status=models.F("synced_status")),
                name="invitations_to_sync",
            ),
            models.Index(fields=("due_at",), condition=models.Q(status="waiting"), name="invitations_due"),
            models.Index(
                fields=("remind_at",),
                condition=models.Q(remind_at__isnull=False),
                name="invitations_to_remind",
            ),
            models.Index(fields=("survey", "status"), name="invitations_by_status"),
        )
        constraints = (
            models.UniqueConstraint(fields=("wave", "customer"), name="one_invitation_a_wave"),
            models.UniqueConstraint(fields=("trigger", "interaction"), name="one_invitation_an_event"),
        )


class ContactRules(models.Model):
    """How often the company writes to a customer, over all channels and surveys. One row."""

    most = models.PositiveSmallIntegerField(default=3)  # contacts of one customer …
    days = models.PositiveSmallIntegerField(default=30)  # … in so many days
    after_answer_days = models.PositiveSmallIntegerField(default=14)  # quiet after an answer
    spare_complaints = models.BooleanField(default=True)  # quiet while a case is open
    repeat_days = models.PositiveSmallIntegerField(default=90)  # between two invitations to one survey
    quiet_from = models.TimeField(default=time(21, 0))
    quiet_to = models.TimeField(default=time(8, 0))
    timezone = models.CharField(max_length=60, default="Asia/Shanghai")  # of customers without a site
    remind_after_days = models.PositiveSmallIntegerField(default=5)  # 0: no reminder
    expire_after_days = models.PositiveSmallIntegerField(default=30)
    changed_at = models.DateTimeField(auto_now=True)


class SurveyRules(models.Model):
    """Where one survey differs from the company's rules; empty: it does not."""

    survey = models.OneToOneField("surveys.Survey", models.CASCADE, related_name="contact_rules")
    repeat_days = models.PositiveSmallIntegerField(null=True, blank=True)
    remind_after_days = models.PositiveSmallIntegerField(null=True, blank=True)
    expire_after_days = models.PositiveSmallIntegerField(null=True, blank=True)


class ContactRecord(models.Model):
    """One line of the fatigue ledger: a customer was written to, or was spared and why. Append-only."""

    key = KeyField()
    customer = models.ForeignKey("customers.Customer", models.CASCADE, null=True, db_index=False)
    channel = models.CharField(max_length=40)
    survey = models.ForeignKey("surveys.Survey", models.PROTECT, null=True)
    invitation = models.ForeignKey(Invitation, models.SET_NULL, null=True)
    kind = models.CharField(max_length=20, default="survey")  # survey, reminder, recovery
    at = models.DateTimeField(db_index=True)
    outcome = models.CharField(max_length=20)  # sent, suppressed, delayed
    reason = models.CharField(max_length=20, blank=True)  # see ledger.REASONS
    details = models.JSONField(default=dict)  # numbers for the reason's words

    class Meta:
        indexes = (
            models.Index(fields=("customer", "at"), name="contacts_of_a_customer"),
            models.Index(fields=("outcome", "at"), name="contacts_by_outcome"),
        )


class Wording(models.Model):
    """What an invitation or a reminder says in one language; without a survey, the company's default."""

    key = KeyField()
    survey = models.ForeignKey(
        "surveys.Survey", models.CASCADE, null=True, blank=True, related_name="wordings"
    )
    kind = models.CharField(max_length=20)  # invitation, reminder
    language = models.CharField(max_length=20)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True)  # empty: made from the text

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("survey", "kind", "language"), name="one_wording_a_language"),
            models.UniqueConstraint(
                fields=("kind", "language"),
                condition=models.Q(survey__isnull=True),
                name="one_default_wording_a_language",
            ),
        )


class Quota(models.Model):
    """At most `target` completed answers that meet the rule. `count` moves in the answer's transaction."""

    key = KeyField()
    survey = models.ForeignKey("surveys.Survey", models.PROTECT, related_name="quotas")
    wave = models.ForeignKey(Wave, models.PROTECT, null=True, blank=True)  # empty: over all waves
    name = models.CharField(max_length=200)
    rule = models.JSONField(default=dict)  # a ShowIf over answers and @site, @place …; empty: every answer
    target = models.PositiveIntegerField()
    count = models.PositiveIntegerField(default=0)
    on_full = models.CharField(max_length=20, default="screen")  # screen, close
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.name

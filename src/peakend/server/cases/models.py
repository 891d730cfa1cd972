"""The inner loop: one owned case for one bad experience, what happened to it, and the rules it runs by."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from peakend.server.acting.keys import KeyField


class CaseNumber(models.Model):
    """Gives out the numbers of cases.

    A row a number, so that nobody waits for anybody (gaps are all right).
    """

    at = models.DateTimeField()


class Case(models.Model):
    """A customer's bad experience that somebody owns until it is put right."""

    key = KeyField()
    number = models.PositiveBigIntegerField(unique=True)  # what people say on the phone
    # One case a response, on replay too; empty for a case opened by hand or by a comment.
    response = models.OneToOneField("answering.Response", models.PROTECT, null=True, related_name="case")
    rule = models.CharField(max_length=80, blank=True)
    title = models.CharField(max_length=300)
    words = models.TextField(blank=True)  # what the customer said, where it was not said in an answer
    # complaint, enquiry, request, repair, maintenance, praise, repeat
    kind = models.CharField(max_length=40, default="complaint")
    severity = models.CharField(max_length=20, default="normal")  # low, normal, high, critical
    status = models.CharField(
        max_length=20, default="open", db_index=True
    )  # open, working, waiting, resolved, closed
    customer = models.ForeignKey("customers.Customer", models.SET_NULL, null=True, related_name="cases")
    touchpoint = models.ForeignKey("company.Touchpoint", models.PROTECT, null=True)
    site = models.ForeignKey("company.Site", models.PROTECT, null=True)
    team = models.ForeignKey("company.Team", models.PROTECT, null=True)
    served_by = models.CharField(max_length=80, blank=True)  # employee_id of who served
    owner = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="owned_cases")
    supervisor = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    # The case that gathers the same complaint made again and again (ACT-01); on that one, what it gathers.
    parent = models.ForeignKey("self", models.SET_NULL, null=True, related_name="reports")
    repeat_of = models.CharField(max_length=80, null=True, unique=True)
    # When the customer answered; empty where nobody did or may know it. From here to `notified_at` is the
    # latency of routing (ACT-21).
    answered_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    notified_at = models.DateTimeField(null=True)  # when owner and supervisor were told
    contact_due_at = models.DateTimeField(null=True)  # first contact
    due_at = models.DateTimeField(null=True, db_index=True)
    recontact_due_at = models.DateTimeField(null=True)  # telling the customer what was done
    legal_due_at = models.DateTimeField(null=True)  # of a regulation: waiting does not stop it
    regulation = models.CharField(max_length=60, blank=True)  # code of the policy that set it
    # The nearest of the deadlines above that still counts, and when somebody has to be told about it.
    next_due_at = models.DateTimeField(null=True, db_index=True)
    escalate_at = models.DateTimeField(null=True, db_index=True)
    waiting_since = models.DateTimeField(null=True)
    waited_minutes = models.FloatField(default=0)  # of business time, all pauses together
    contacted_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    escalation = models.PositiveSmallIntegerField(default=0)  # 1 owner, 2 supervisor, 3 CX manager
    reopened = models.PositiveSmallIntegerField(default=0)
    cause = models.CharField(max_length=80, blank=True)
    action = models.TextField(blank=True)
    recovery_score = models.FloatField(null=True)  # satisfaction with the recovery, asked afterwards
    changed_at = models.DateTimeField(auto_now=True, db_index=True)
    # score, scale, question, question_type of the answer; recovery_scale; late (deadlines missed)
    details = models.JSONField(default=dict)

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("customer", "opened_at"), name="cases_of_customer"),
            models.Index(fields=("owner", "status"), name="cases_of_owner"),
        )

    def __str__(self) -> str:
        return f"{self.number}"


class CaseEvent(models.Model):
    """One line of a case's timeline. Append-only; `data` is what its sentence needs."""

    key = KeyField()
    case = models.ForeignKey(Case, models.CASCADE, related_name="events")
    at = models.DateTimeField()
    kind = models.CharField(max_length=30)
    who = models.CharField(max_length=200)
    user = models.ForeignKey("people.User", models.SET_NULL, null=True, related_name="+")
    note = models.TextField(blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ("id",)


class Escalation(models.Model):
    """A level of a deadline that was told: once, whoever sweeps and however often."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="escalations")
    round = models.PositiveSmallIntegerField(default=0)  # how often the case had been reopened
    deadline = models.CharField(max_length=12)  # contact, resolution, recontact
    level = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("case", "round", "deadline", "level"), name="one_escalation_a_level"
            ),
        )


class CaseContact(models.Model):
    """One time the customer was reached, or was not."""

    key = KeyField()
    case = models.ForeignKey(Case, models.CASCADE, related_name="contacts")
    at = models.DateTimeField()
    by = models.ForeignKey("people.User", models.PROTECT, null=True)
    channel = models.CharField(max_length=20)  # phone, email, sms, letter, in_person
    # reached, not_reached, left_message, wrong_number, refused, sent
    outcome = models.CharField(max_length=20)
    recontact = models.BooleanField(default=False)  # made after the case was resolved
    template = models.CharField(max_length=80, blank=True)
    note = models.TextField(blank=True)
    mail_key = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ("id",)


class Compensation(models.Model):
    """What a customer was given, or what waits for somebody's yes."""

    key = KeyField()
    case = models.ForeignKey(Case, models.CASCADE, related_name="compensations")
    customer = models.ForeignKey("customers.Customer", models.SET_NULL, null=True)
    kind = models.CharField(max_length=20)  # apology, refund, voucher, points, service, gift
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=400)
    by = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    status = models.CharField(max_length=12, default="granted", db_index=True)  # granted, asked, refused
    over = models.JSONField(default=list)  # which caps it went over: case, customer, employee, role
    decided_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("by", "at"), name="compensation_by_employee"),)


class CaseReview(models.Model):
    """How a complaint was handled, 1 to 5 (ACT-07), and the four attitudes of care (ACT-29)."""

    case = models.OneToOneField(Case, models.CASCADE, related_name="review")
    by = models.ForeignKey("people.User", models.PROTECT)
    at = models.DateTimeField()
    setting = models.PositiveSmallIntegerField()
    politeness = models.PositiveSmallIntegerField()
    humility = models.PositiveSmallIntegerField()
    humane = models.PositiveSmallIntegerField()
    helpful = models.PositiveSmallIntegerField(null=True)
    friendly = models.PositiveSmallIntegerField(null=True)
    caring = models.PositiveSmallIntegerField(null=True)
    reassuring = models.PositiveSmallIntegerField(null=True)
    note = models.TextField(blank=True)


class Setting(models.Model):
    """What every entry of a catalogue has. An entry replaces the built-in one of the same code."""

    code = models.CharField(max_length=80, unique=True)
    name = models.JSONField(default=dict)  # {"en": …, "zh": …}
    active = models.BooleanField(default=True)
    position = models.PositiveIntegerField(default=100)

    class Meta:
        abstract = True
        ordering = ("position", "code")


class CaseRule(Setting):
    """Which answers open a case.

    `conditions`: see `rules.Conditions`; the first rule that matches decides.
    """

    survey = models.ForeignKey("surveys.Survey", models.CASCADE, null=True, blank=True)
    conditions = models.JSONField(default=dict)
    kind = models.CharField(max_length=40, default="complaint")
    severity = models.CharField(max_length=20, default="normal")


class SlaPolicy(Setting):
    """By when the customer is called and the case is solved. Empty kind, severity, tier: all of them.

    Units: `minutes` of business time of the site, `workdays` of its calendar, `days` by the calendar. A
    policy with a regulation is a legal limit beside the company's own: waiting for the customer does not
    stop it.
    """

    kind = models.CharField(max_length=40, blank=True)
    severity = models.CharField(max_length=20, blank=True)
    tier = models.CharField(max_length=60, blank=True)
    contact_amount = models.PositiveIntegerField(null=True)
    contact_unit = models.CharField(max_length=10, default="minutes")
    resolve_amount = models.PositiveIntegerField(null=True)
    resolve_unit = models.CharField(max_length=10, default="minutes")
    extended_amount = models.PositiveIntegerField(null=True)  # complex cases, from opening, in resolve_unit
    regulation = models.CharField(max_length=300, blank=True)


class BusinessCalendar(Setting):
    """Hours of a kind of place: `week` seven lists of ["09:00", "12:00"], `opened` {"2026-02-14": [[…]]}."""

    week = models.JSONField(default=list)
    holidays = models.CharField(max_length=2, blank=True)  # CN, US or none
    closed = models.JSONField(default=list)
    opened = models.JSONField(default=dict)


class Cause(Setting):
    """Why a case happened."""


class ContactTemplate(Setting):
    """What one says or writes to a customer; `{{name}}` and the like are filled in."""

    channel = models.CharField(max_length=20, default="email")
    subject = models.JSONField(default=dict)
    body = models.JSONField(default=dict)


class CompensationCap(models.Model):
    """How much a role may give without asking, in one currency."""

    key = KeyField()
    role = models.CharField(max_length=20)
    currency = models.CharField(max_length=3)
    per_case = models.DecimalField(max_digits=14, decimal_places=2)
    per_customer_year = models.DecimalField(max_digits=14, decimal_places=2)
    per_employee_month = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        ordering = ("currency", "role")
        constraints = (
            models.UniqueConstraint(fields=("role", "currency"), name="one_cap_a_role_and_currency"),
        )


class RuleVersion(models.Model):
    """One row whose number grows with every change of the rules, so that processes notice (see `rules`)."""

    number = models.PositiveBigIntegerField(default=0)


OPEN = ("open", "working", "waiting")
UNFINISHED = Q(status__in=(*OPEN, "resolved"))

"""Customers, what they allowed, what happened to them, whom we asked, which cases there are: rows for the
warehouse."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from peakend.server.cases.models import Case
from peakend.server.channels.models import Invitation
from peakend.server.customers.models import Consent, Customer, Interaction
from peakend.server.sync.company_rows import Row, attributes, survey_id
from peakend.server.sync.writing import Batch

STATUSES = frozenset({"sent", "bounced", "opened", "started", "completed", "declined"})


def customers(rows: Sequence[Customer]) -> list[Batch]:
    """Customers (not those erased) with their addresses as identities; addresses they lost go."""
    there = [one for one in rows if one.erased_at is None]
    identities: list[Row] = []
    for one in there:
        for kind, value in (("email", one.email), ("phone", one.phone)):
            if value:
                identities.append(
                    {
                        "identity_id": f"{one.customer_id}:{kind}",
                        "customer_id": one.customer_id,
                        "kind": kind,
                        "value": value,
                    }
                )
    return [
        Batch(
            "customers",
            [
                {
                    "customer_id": one.customer_id,
                    "name": one.name,
                    "language": one.language,
                    "attributes": attributes(
                        tier=one.tier, site=one.site.code if one.site else None, **_named(one.attributes)
                    ),
                }
                for one in there
            ],
        ),
        Batch("identities", identities, ("customer_id", [one.customer_id for one in there])),
    ]


def _named(values: object) -> dict[str, object]:
    """Attributes of the company, without names that the row itself uses."""
    if not isinstance(values, dict):
        return {}
    return {str(name): value for name, value in values.items() if name not in ("tier", "site")}


def consents(rows: Iterable[Consent]) -> list[Batch]:
    """Each word a customer gave; never changed."""
    listed = [
        {
            "consent_id": one.key,
            "customer_id": one.customer.customer_id,
            "purpose": one.purpose,
            "channel": one.channel,
            "status": one.status,
            "at": one.at,
        }
        for one in rows
        if one.customer.erased_at is None
    ]
    return [Batch("consents", listed)]


def interactions(rows: Iterable[Interaction]) -> list[Batch]:
    """Each event; never changed."""
    listed = [
        {
            "event_id": one.event_id,
            "customer_id": one.customer.customer_id if one.customer and not one.customer.erased_at else None,
            "at": one.at,
            "touchpoint_id": one.touchpoint.code if one.touchpoint else None,
            "kind": one.kind,
            "channel": one.channel,
            "site_id": one.site.code if one.site else None,
            "employee_id": one.employee_id,
            "outcome": one.outcome,
            "attributes": attributes(**one.attributes) if isinstance(one.attributes, dict) else None,
        }
        for one in rows
    ]
    return [Batch("interactions", listed)]


def invitations(rows: Iterable[Invitation]) -> list[Batch]:
    """Each invitation that left. Of an anonymous survey nobody is named: who answered must not be told
    from it."""
    listed = [
        {
            "invitation_id": one.key,
            "survey_id": survey_id(one.survey.key, one.wave.label if one.wave else None),
            "customer_id": _asked_customer(one),
            "channel": one.channel,
            "sent_at": one.sent_at,
            "status": one.status,
        }
        for one in rows
        if one.sent_at is not None and one.status in STATUSES
    ]
    return [Batch("invitations", listed)]


def _asked_customer(one: Invitation) -> str | None:
    if one.survey.anonymous or one.customer is None or one.customer.erased_at is not None:
        return None
    return str(one.customer.customer_id)


def cases(rows: Iterable[Case]) -> list[Batch]:
    """Each case as it stands."""
    listed = [
        {
            "case_id": one.key,
            "customer_id": one.customer.customer_id if one.customer and not one.customer.erased_at else None,
            "touchpoint_id": one.touchpoint.code if one.touchpoint else None,
            "kind": one.kind,
            "severity": one.severity,
            "status": one.status,
            "opened_at": one.opened_at,
            "due_at": one.due_at,
            "closed_at": one.closed_at,
            "root_cause": one.cause,
            "resolution": one.action,
            "recovery_score": one.recovery_score,
            "attributes": attributes(
                number=one.number,
                site=one.site.code if one.site else None,
                team=one.team.code if one.team else None,
                employee_id=one.served_by,
                resolved_at=one.resolved_at.isoformat() if one.resolved_at else None,
            ),
        }
        for one in rows
    ]
    return [Batch("cases", listed)]

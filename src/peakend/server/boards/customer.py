"""Everything about one customer on one page: what the site knows, live, and what the warehouse computed
last.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from peakend.declaration import ResultTable
from peakend.engine import Engine
from peakend.language import Text
from peakend.segments.results import RFM_CUSTOMERS
from peakend.server.acting import clock
from peakend.server.acting.actors import Actor
from peakend.server.acting.models import AuditEntry
from peakend.server.acting.policies import LEADERS, within
from peakend.server.acting.services import audit, service
from peakend.server.answering.models import Response
from peakend.server.boards import snapshots
from peakend.server.boards.counting import items_of_versions
from peakend.server.boards.options import CHANNEL_NAMES, in_words
from peakend.server.boards.policies import CUSTOMER
from peakend.server.cases.models import Case, CaseContact
from peakend.server.cases.selectors import cases as cases_within
from peakend.server.cases.shown import headline as case_headline
from peakend.server.channels.models import Invitation
from peakend.server.customers import selectors as customers
from peakend.server.customers.models import Customer
from peakend.server.web.say import picked, say, spoken, told
from peakend.value.prediction.results import LIFETIME_VALUES
from peakend.value.profit.ledger_columns import CUSTOMER_PROFIT

MOST = 60
_AGAIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry of the timeline. `tone` is good, watch, act or nothing."""

    at: datetime
    kind: str
    title: str
    detail: str = ""
    words: tuple[str, ...] = ()
    url: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A name with its value, as the warehouse has it: `column` is its name there."""

    column: str
    label: str
    value: Any
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """A part that comes from the warehouse; no facts: not computed yet."""

    name: str
    title: str
    facts: tuple[Fact, ...]
    rows: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Whole:
    """One customer. `shown` hides addresses from whom they are not for; `as_of`: when the warehouse was
    copied.
    """

    shown: customers.Shown
    open_cases: tuple[Case, ...]
    consents: tuple[Mapping[str, Any], ...]
    timeline: tuple[Happening, ...]
    known: tuple[Known, ...]
    as_of: datetime | None
    answers: int = 0
    last_score: float | None = field(default=None)

    @property
    def customer(self) -> Customer:
        """The row."""
        return self.shown.customer


@service(CUSTOMER, audited=False)
def look_at(*, actor: Actor, customer_id: str) -> Whole:
    """Everything about the customer; `NotFoundError` outside the actor's reach. Once an hour the audit
    tells of it.
    """
    customer = customers.get_customer(actor, customer_id)
    seen = AuditEntry.objects.filter(
        action=CUSTOMER, subject_key=str(customer.pk), actor_id=actor.user_id, at__gt=clock.now() - _AGAIN
    )
    if not seen.exists():
        audit(actor, CUSTOMER, customer)
    happened, answers, last = _answers(actor, customer)
    mine = list(
        cases_within(actor)
        .filter(customer=customer)
        .select_related("touchpoint", "owner")
        .order_by("-opened_at")[:MOST]
    )
    timeline = [
        *happened,
        *_cases(mine),
        *_contacts(mine),
        *_invited(actor, customer),
        *_interactions(actor, customer),
        *_consented(customer),
    ]
    known, as_of = _from_warehouse(actor, customer)
    return Whole(
        shown=customers.shown(actor, [customer])[0],
        open_cases=tuple(one for one in mine if one.status != "closed"),
        consents=_allowed(customer),
        timeline=tuple(sorted(timeline, key=lambda one: one.at, reverse=True)[: MOST * 2]),
        known=known,
        as_of=as_of,
        answers=answers,
        last_score=last,
    )


def _answers(actor: Actor, customer: Customer) -> tuple[list[Happening], int, float | None]:
    rows = within(actor, Response.objects.filter(customer=customer, state="completed"))
    listed = list(rows.select_related("survey", "touchpoint", "site").order_by("-completed_at")[:MOST])
    items = items_of_versions({row.version_id for row in listed})
    found, last = [], None
    for row in listed:
        scored, words = [], []
        for item in items.get(row.version_id, ()):
            given = row.answers.get(item.answer) or {}
            if given.get("score") is not None and item.metric:
                label = (
                    picked(item.row.text)
                    if item.row
                    else picked(item.question.label) or picked(item.question.text)
                )
                scored.append((item, given["score"], label))
            if given.get("text"):
                words.append(str(given["text"]))
        first = scored[0] if scored else None
        if last is None and first is not None:
            last = float(first[1])
        detail = " · ".join(f"{label} {score:g}" for _, score, label in scored[:4])
        tone = ""
        if first is not None and first[0].metric == "nps":
            tone = "act" if first[1] <= 6 else "good" if first[1] >= 9 else "watch"
        title = say("Answered “{survey}”", "填写了“{survey}”", survey=picked(row.survey.name))
        found.append(Happening(row.completed_at, "answer", title, detail, tuple(words), tone=tone))
    return found, rows.count(), last


CASE_STATES: Mapping[str, Text] = {
    "open": Text("open", "待处理"),
    "working": Text("being worked on", "处理中"),
    "waiting": Text("waiting for the customer", "等待客户"),
    "resolved": Text("resolved", "已解决"),
    "closed": Text("closed", "已结案"),
}
_CONTACTS: Mapping[str, Text] = {
    "reached": Text("reached", "已联系上"),
    "not_reached": Text("not reached", "未联系上"),
    "left_message": Text("left a message", "已留言"),
    "wrong_number": Text("wrong number", "号码有误"),
    "refused": Text("did not want to talk", "拒绝沟通"),
    "sent": Text("sent", "已发送"),
}
_BY: Mapping[str, Text] = {
    "phone": Text("Phone", "电话"),
    "email": Text("E-mail", "邮件"),
    "sms": Text("Text message", "短信"),
    "letter": Text("Letter", "信函"),
    "in_person": Text("In person", "当面"),
}
CONSENT_STATES: Mapping[str, Text] = {
    "given": Text("given", "已同意"),
    "withdrawn": Text("withdrawn", "已撤回"),
    "refused": Text("refused", "已拒绝"),
}
PURPOSES: Mapping[str, Text] = {
    "survey": Text("Surveys", "调查"),
    "service": Text("Service", "服务"),
    "marketing": Text("Marketing", "营销"),
    "research": Text("Research", "研究"),
    "quote": Text("Being quoted", "引用原话"),
}


def _said(names: Mapping[str, Text], code: str) -> str:
    return names[code].in_(spoken()) if code in names else code


def _cases(listed: Sequence[Case]) -> list[Happening]:
    return [
        Happening(
            case.opened_at,
            "case",
            say(
                "Case {number}: {title}",
                "工单 {number}：{title}",
                number=case.number,
                title=told(case_headline(case)),
            ),
            " · ".join(
                part
                for part in (_said(CASE_STATES, case.status), case.owner.name if case.owner else "")
                if part
            ),
            url=f"/cases/{case.key}/",
            tone="" if case.status == "closed" else "act",
        )
        for case in listed
    ]


def _contacts(listed: Sequence[Case]) -> list[Happening]:
    rows = CaseContact.objects.filter(case__in=listed).select_related("by").order_by("-at")[:MOST]
    return [
        Happening(
            row.at,
            "contact",
            f"{_said(_BY, row.channel)}{say(': ', '：')}{_said(_CONTACTS, row.outcome)}",
            row.by.name if row.by else "",
            (row.note,) if row.note else (),
        )
        for row in rows
    ]


def _invited(actor: Actor, customer: Customer) -> list[Happening]:
    """One line a survey and channel, at the last time: asking is not what happened to a customer most."""
    rows = Invitation.objects.filter(customer=customer, sent_at__isnull=False).exclude(survey__anonymous=True)
    asked: dict[tuple[int, str], list[Invitation]] = {}
    for row in rows.select_related("survey").order_by("-sent_at")[:MOST]:
        asked.setdefault((row.survey_id, row.channel), []).append(row)
    return [
        Happening(one[0].sent_at, "invitation", _asked(one), _said(CHANNEL_NAMES, one[0].channel))
        for one in asked.values()
    ]


def _asked(invitations: list[Invitation]) -> str:
    survey, times = picked(invitations[0].survey.name), len(invitations)
    if times == 1:
        return say("Invited to “{survey}”", "邀请填写“{survey}”", survey=survey)
    return say(
        "Invited to “{survey}” {n} times, the last time",
        "{n} 次邀请填写“{survey}”，最近一次",
        survey=survey,
        n=times,
    )


def _interactions(actor: Actor, customer: Customer) -> list[Happening]:
    rows = customers.interactions(actor, customer.customer_id).order_by("-at")[:MOST]
    return [
        Happening(
            row.at,
            "interaction",
            " · ".join(
                part for part in (in_words(row.touchpoint) if row.touchpoint else "", row.kind) if part
            )
            or say("Contact with us", "一次互动"),
            " · ".join(
                part for part in (in_words(row.site) if row.site else "", row.channel, row.outcome) if part
            ),
        )
        for row in rows
    ]


def _consented(customer: Customer) -> list[Happening]:
    return [
        Happening(
            row.at,
            "consent",
            f"{_said(PURPOSES, row.purpose)}{say(': ', '：')}{_said(CONSENT_STATES, row.status)}",
            row.channel,
        )
        for row in customer.consents.order_by("-at")[:MOST]
    ]


def _allowed(customer: Customer) -> tuple[Mapping[str, Any], ...]:
    """The last word on each purpose and channel."""
    last: dict[tuple[str, str], Mapping[str, Any]] = {}
    for row in customer.consents.order_by("at", "pk"):
        last[(row.purpose, row.channel)] = {
            "purpose": _said(PURPOSES, row.purpose),
            "channel": row.channel,
            "status": row.status,
            "words": _said(CONSENT_STATES, row.status),
            "at": row.at,
        }
    return tuple(last.values())


# What is shown of each result, of the many columns it has.
_RESULTS: tuple[tuple[ResultTable, Text, tuple[str, ...], bool], ...] = (
    (
        LIFETIME_VALUES,
        Text("Value", "价值"),
        ("lifetime_value", "past_value", "tier", "probability_alive", "expected_purchases", "as_of_on"),
        False,
    ),
    (
        CUSTOMER_PROFIT,
        Text("Profit", "利润"),
        ("profit", "margin", "cost_to_serve", "rank", "decile", "as_of_on"),
        True,
    ),
    (
        RFM_CUSTOMERS,
        Text("Buying", "购买习惯"),
        ("segment", "recency_days", "frequency", "monetary", "first_on", "last_on"),
        False,
    ),
)


def _from_warehouse(actor: Actor, customer: Customer) -> tuple[tuple[Known, ...], datetime | None]:
    with snapshots.opened() as found:
        engine, as_of = found or (None, None)
        tables = set(engine.tables()) if engine is not None else set()
        parts = [_knowledge(engine, tables, customer), _purchases(engine, tables, customer)]
        for table, title, columns, guarded in _RESULTS:
            # What a customer costs is for those who lead.
            if not guarded or actor.role in LEADERS:
                parts.append(_result(engine, tables, customer, table, title, columns))
        parts.append(_loyalty(engine, tables, customer))
    return tuple(parts), as_of


def _rows(
    engine: Engine | None, tables: set[str], name: str, sql: str, customer: Customer, **more: str
) -> list[dict[str, Any]]:
    """Rows of `sql` over the table `t` (and others of `more`); none where a table is missing."""
    wanted = {"t": name, **more}
    if engine is None or not set(wanted.values()) <= tables:
        return []
    relations = {alias: engine.table(table) for alias, table in wanted.items()}
    found: list[dict[str, Any]] = (
        engine.query(sql, {"customer": customer.customer_id}, analysis=None, **relations)
        .to_arrow()
        .to_pylist()
    )
    return found


def _result(
    engine: Engine | None,
    tables: set[str],
    customer: Customer,
    table: ResultTable,
    title: Text,
    columns: Sequence[str],
) -> Known:
    rows = _rows(engine, tables, table.name, "select * from t where customer_id = $customer", customer)
    by_name = {column.name: column for column in table.columns}
    facts = []
    for name in columns:
        value = rows[0].get(name) if rows else None
        if value is not None:
            column = by_name[name]
            unit = (rows[0].get("currency") or "") if column.type == "money" else column.unit or ""
            facts.append(Fact(name, _label(column.meaning), value, unit))
    return Known(table.name, told(title), tuple(facts))


def _label(meaning: Text) -> str:
    words = told(meaning)
    for stop in "（：；，(:;,":
        words = words.split(stop)[0]
    return words.strip()


def _knowledge(engine: Engine | None, tables: set[str], customer: Customer) -> Known:
    labels: Mapping[str, tuple[str, str]] = {
        "joined_on": ("Customer since", "成为客户之日"),
        "left_on": ("Left on", "终止关系之日"),
        "city": ("City", "城市"),
        "region": ("Province or state", "省或州"),
        "language": ("Language", "语言"),
    }
    rows = _rows(engine, tables, "customers", "select * from t where customer_id = $customer", customer)
    found = rows[0] if rows else {}
    facts = tuple(Fact(name, say(*words), found[name]) for name, words in labels.items() if found.get(name))
    return Known("customers", say("Knowledge", "客户信息"), facts)


def _purchases(engine: Engine | None, tables: set[str], customer: Customer) -> Known:
    totals = _rows(
        engine,
        tables,
        "transactions",
        "select currency, count(distinct order_id) as orders, sum(revenue) as revenue, max(at) as last_at "
        "from t where customer_id = $customer group by currency order by currency",
        customer,
    )
    latest = _rows(
        engine,
        tables,
        "transactions",
        "select at, kind, product_id, revenue, currency, channel from t where customer_id = $customer "
        "order by at desc, transaction_id limit 12",
        customer,
    )
    facts: list[Fact] = []
    for row in totals:
        facts += [
            Fact("orders", say("Orders", "订单数"), row["orders"]),
            Fact("revenue", say("Net revenue", "净收入"), row["revenue"], row["currency"]),
            Fact("last_at", say("Last purchase", "最近购买"), row["last_at"]),
        ]
    return Known("transactions", say("Purchases", "购买记录"), tuple(facts), tuple(latest))


def _loyalty(engine: Engine | None, tables: set[str], customer: Customer) -> Known:
    held = _rows(
        engine,
        tables,
        "memberships",
        "select programme, tier, joined_on from t where customer_id = $customer and left_on is null "
        "order by programme",
        customer,
    )
    facts = [Fact("tier", str(row["programme"]), row["tier"] or say("member", "会员")) for row in held]
    points = _rows(
        engine,
        tables,
        "points",
        "select sum(t.amount) as balance from t join m on m.membership_id = t.membership_id "
        "where m.customer_id = $customer",
        customer,
        m="memberships",
    )
    if points and points[0]["balance"] is not None:
        facts.append(Fact("balance", say("Points", "积分余额"), int(points[0]["balance"])))
    return Known("memberships", say("Loyalty", "会员与忠诚"), tuple(facts))

"""Informal notes, and public comments with their answers."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.actors import Actor
from peakend.server.acting.errors import TooManyError
from peakend.server.acting.services import audit, service
from peakend.server.improvement import policies
from peakend.server.improvement.case_of_comment import open_case_of
from peakend.server.improvement.models import Comment, CommentPage, Note
from peakend.server.improvement.refusals import conflict, invalid, need_one_of
from peakend.server.improvement.selectors import one, own_sites, site_of, sites, team_of, touchpoint_of
from peakend.server.improvement.selectors.voices import comments, get_note, get_page, pages
from peakend.server.improvement.services.visits import customer_of
from peakend.server.improvement.words import SOURCES
from peakend.server.notices.outbox import announce, notify
from peakend.server.people.models import User

LONGEST = 4000
# A branch's customers share one address: many may write, a robot may not write all day.
MOST_AN_ADDRESS = 30
MOST_A_PAGE = 300
WINDOW = timedelta(minutes=10)


@service(policies.WRITE_NOTE)
def write_note(
    *,
    actor: Actor,
    source: str,
    text: str,
    theme: str = "",
    sentiment: int | None = None,
    touchpoint: str | None = None,
    site: str | None = None,
    team: str | None = None,
    customer_id: str | None = None,
    at: datetime | None = None,
    source_key: str | None = None,
) -> Note:
    """Keep what a customer said outside of surveys (LSN-09).

    With `source_key` it is kept once: the same again is given back, the same key with other content is a
    conflict. Without a site it goes to the one site the actor has.
    """
    need_one_of(source, SOURCES, "source")
    if not text.strip() or len(text) > LONGEST:
        raise invalid(f"Write 1 to {LONGEST} characters.", f"请填写 1 至 {LONGEST} 个字符。", field="text")
    _sentiment(sentiment)
    content = [source, text, theme, sentiment, touchpoint, site, team, customer_id, at and at.isoformat()]
    digest = hashlib.sha256(json.dumps(content).encode()).hexdigest()
    if source_key:
        before = _before(actor, source, source_key, digest)
        if before is not None:
            return before
    of_team = team_of(actor, team)
    place = of_team.site if of_team else site_of(actor, site)
    if place is None and not actor.reach.everything:
        place = sites(actor).first()
    now = clock.now()
    fields = {
        "source": source,
        "source_key": source_key or None,
        "digest": digest,
        "at": at or now,
        "text": text.strip(),
        "theme": theme.strip()[:80],
        "sentiment": sentiment,
        "touchpoint": touchpoint_of(touchpoint),
        "site": place,
        "team": of_team or _own_team(actor, place),
        "customer": customer_of(customer_id),
        "by_id": actor.user_id,
        "coded_at": now if theme and sentiment is not None else None,
        "received_at": now,
    }
    try:
        with transaction.atomic():
            note = Note.objects.create(**fields)
    except IntegrityError:
        again = _before(actor, source, source_key or "", digest)
        if again is None:
            raise
        return again
    audit(actor, "improvement.note_written", note, source=source)
    return note


@service(policies.WRITE_NOTE)
def code_note(*, actor: Actor, note: str, theme: str, sentiment: int, touchpoint: str | None = None) -> Note:
    """Say what a note is about and how it sounds."""
    found = get_note(actor, note)
    _sentiment(sentiment)
    if not theme.strip():
        raise invalid("Choose or write a theme.", "请选择或填写主题。", field="theme")
    found.theme, found.sentiment, found.coded_at = theme.strip()[:80], sentiment, clock.now()
    found.touchpoint = touchpoint_of(touchpoint)
    found.save(update_fields=["theme", "sentiment", "touchpoint", "coded_at"])
    audit(actor, "improvement.note_coded", found, theme=found.theme)
    return found


@service(policies.COMMENT_PAGES)
def open_page(*, actor: Actor, title_en: str, title_zh: str, site: str | None = None) -> CommentPage:
    """Open the public page of a site, or of the company; one that is there opens again."""
    if not title_en.strip() or not title_zh.strip():
        raise invalid("Write the title in both languages.", "请填写中英文标题。", field="title_en")
    place = one(own_sites(actor), Text("Site", "网点"), code=site) if site else None
    if place is None and not actor.reach.everything:
        raise invalid("Choose the site.", "请选择网点。", field="site")
    page = CommentPage.objects.filter(site=place).first() or CommentPage(site=place, made_at=clock.now())
    page.title_en, page.title_zh, page.open = title_en.strip(), title_zh.strip(), True
    page.save()
    audit(actor, "improvement.page_opened", page)
    return page


@service(policies.COMMENT_PAGES)
def close_page(*, actor: Actor, page: str) -> CommentPage:
    """Take no more comments; what is published stays readable."""
    found = one(pages(actor), Text("Page", "页面"), key=page)
    found.open = False
    found.save(update_fields=["open"])
    audit(actor, "improvement.page_closed", found)
    return found


@service(policies.COMMENT, audited=False)
def comment(
    *,
    actor: Actor,
    page: str,
    text: str,
    key: str,
    address: str,
    name: str = "",
    contact: str = "",
    publish: bool = True,
) -> Comment:
    """A customer's comment. `key` comes from the form: the same form sent twice makes one comment.

    `address` is the network address, kept only as a hash that changes every day.
    """
    found = get_page(page)
    if not found.open:
        raise conflict("This page takes no comments now.", "本页面暂不接收意见。")
    if not text.strip() or len(text) > LONGEST:
        raise invalid(f"Write 1 to {LONGEST} characters.", f"请填写 1 至 {LONGEST} 个字符。", field="text")
    if not 16 <= len(key) <= 40 or not key.isascii():
        raise invalid("This form is not whole.", "表单不完整。", Text("Open it again.", "请重新打开。"))
    before = Comment.objects.filter(key=key, page=found).first()
    if before is not None:
        return before
    now = clock.now()
    sender = salted_hmac("improvement.comment", f"{now.date()} {address}", settings.SECRET_KEY).hexdigest()
    recent = found.comments.filter(created_at__gte=now - WINDOW)
    if recent.filter(sender=sender).count() >= MOST_AN_ADDRESS or recent.count() >= MOST_A_PAGE:
        raise TooManyError(
            Text("Many comments come from here at the moment.", "当前提交的意见过多。"),
            Text("Try again in ten minutes.", "请十分钟后再试。"),
            retry_after=600,
        )
    made = Comment.objects.create(
        key=key,
        page=found,
        site=found.site,
        name=name.strip()[:80],
        contact=contact.strip()[:200],
        text=text.strip(),
        publish=publish,
        created_at=now,
        sender=sender,
    )
    announce("comment.received", made.key, {"page": found.key})
    return made


@service(policies.ANSWER_COMMENT)
def work_on_comment(*, actor: Actor, comment: str) -> Comment:
    """Take a new comment into work."""
    found = _locked(actor, comment)
    if found.status == "new":
        found.status, found.worked_by_id = "working", actor.user_id
        found.save()
    audit(actor, "improvement.comment_in_work", found)
    return found


@service(policies.ANSWER_COMMENT)
def answer_comment(*, actor: Actor, comment: str, reply: str, publish: bool = False) -> Comment:
    """Write the company's reply; `publish` shows both, where the customer agreed to it."""
    found = _locked(actor, comment)
    if not reply.strip() or len(reply) > LONGEST:
        raise invalid("Write a reply.", "请填写答复。", field="reply")
    if publish and not found.publish:
        raise conflict("The customer did not agree that it is shown.", "客户未同意公开此意见。")
    now = clock.now()
    found.reply, found.replied_at = reply.strip(), now
    found.status, found.reason = "published" if publish else "answered", ""
    found.settled_at = found.settled_at or now
    found.worked_by_id = found.worked_by_id or actor.user_id
    found.save()
    announce("comment.answered", found.key, {"published": publish})
    audit(actor, "improvement.comment_answered", found, published=publish)
    return found


@service(policies.ANSWER_COMMENT)
def reject_comment(*, actor: Actor, comment: str, reason: str) -> Comment:
    """Keep a comment off the page, with the reason."""
    found = _locked(actor, comment)
    if not reason.strip():
        raise invalid("Say why it is not shown.", "请说明不予公开的理由。", field="reason")
    found.status, found.reason = "rejected", reason.strip()[:400]
    found.settled_at = found.settled_at or clock.now()
    found.save()
    audit(actor, "improvement.comment_rejected", found)
    return found


@service(policies.ANSWER_COMMENT)
def open_case(*, actor: Actor, comment: str) -> Comment:
    """Open a case for what the comment tells; a second press gives the same case."""
    found = _locked(actor, comment)
    if found.case is None:
        found.case = open_case_of(actor, found)
        if found.status == "new":
            found.status, found.worked_by_id = "working", actor.user_id
        found.save()
    audit(actor, "improvement.comment_case", found, case=found.case.key)
    return found


@service(policies.ANSWER_COMMENT, audited=False)
def remind_of_comments(*, actor: Actor, after: timedelta = timedelta(days=2)) -> int:
    """Tell supervisors of a site that a comment has waited for `after`; once a comment, the day it is due."""
    from peakend.server.acting.models import AuditEntry

    now, told = clock.now(), 0
    waiting = Comment.objects.filter(status="new", created_at__lte=now - after).select_related("site")
    for one_ in waiting.filter(created_at__gt=now - after - timedelta(days=7))[:200]:
        known = AuditEntry.objects.filter(action="improvement.comment_waits", subject_key=one_.key)
        if known.exists():
            continue
        leaders = User.objects.filter(is_active=True, role__in=("supervisor", "cx_manager"))
        leaders = (
            leaders.filter(sites=one_.site) if one_.site else leaders.filter(role="cx_manager", sites=None)
        )
        notify(
            list(leaders),
            Text("A customer's comment still waits for you", "有一条客户意见尚待处理"),
            f"/comments/{one_.key}/",
        )
        audit(actor, "improvement.comment_waits", one_)
        told += 1
    return told


def _locked(actor: Actor, key: str) -> Comment:
    return one(comments(actor).select_for_update(of=("self",)), Text("Comment", "意见"), key=key)


def _before(actor: Actor, source: str, source_key: str, digest: str) -> Note | None:
    found = Note.objects.filter(source=source, source_key=source_key).first()
    if found is None:
        return None
    if found.digest != digest or found.by_id != actor.user_id:
        raise conflict(
            "This source key was used for another note.",
            "此来源编号已用于另一条记录。",
            Text("Send each note with a key of its own.", "每条记录请使用各自的编号。"),
        )
    audit(actor, "improvement.note_written_again", found)
    return found


def _own_team(actor: Actor, site: object) -> object:
    from peakend.server.improvement.selectors import teams

    listed = list(teams(actor).filter(pk__in=actor.reach.teams, site=site)[:2])
    return listed[0] if len(listed) == 1 else None


def _sentiment(value: int | None) -> None:
    if value not in (None, -1, 0, 1):
        raise invalid("A sentiment is −1, 0 or 1.", "情感只能是 −1、0 或 1。", field="sentiment")

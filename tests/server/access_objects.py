"""An object of a given site for every address that names one: what `test_access` attacks with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from peakend.server.acting import clock
from peakend.server.acting.keys import new_key
from peakend.server.answering.models import Response
from peakend.server.boards.models import SavedView
from peakend.server.care.models import (
    CareAudit,
    CareItem,
    CareRule,
    CareTask,
    ClassGoal,
    GoalStep,
    SuggestionRule,
)
from peakend.server.cases.models import Case, Compensation
from peakend.server.channels.models import Invitation, Place, Quota, Trigger, Wave
from peakend.server.company.models import Site, Team
from peakend.server.customers.models import Customer, Import
from peakend.server.improvement.models import (
    Broadcast,
    ChangeRequest,
    Checklist,
    ChecklistItem,
    Comment,
    CommentPage,
    GestureRule,
    Goal,
    Huddle,
    HuddlePoint,
    LoopCycle,
    Note,
    Photo,
    Receipt,
    Standard,
    Topic,
    Visit,
)
from peakend.server.improvement.photos import Redrawn, keep
from peakend.server.initiatives.models import Assignment, Campaign, Initiative, Spend
from peakend.server.notices.models import Delivery, Event, Mail, Notification, Webhook
from peakend.server.people.acting import digest_of_token
from peakend.server.people.models import ApiToken, SignedIn
from peakend.server.privacy.models import PrivacyRequest
from peakend.server.promises.models import Promise, PromiseVersion
from peakend.server.surveys.models import Survey, SurveyVersion
from peakend.server.surveys.questionnaire import Questionnaire
from server.conftest import TWO_QUESTIONS

if TYPE_CHECKING:
    from peakend.server.people.models import User
    from server.conftest import Company


@dataclass(frozen=True)
class Made:
    """For whom: an object of `site`, or one of the user called `who` where it is somebody's own."""

    company: Company
    site: str
    who: str

    @property
    def user(self) -> User:
        return self.company.users[self.who]

    @property
    def of_site(self) -> Site:
        return self.company.sites[self.site]

    @property
    def of_team(self) -> Team:
        return self.company.teams[self.site]


Factory = Callable[[Made], dict[str, str]]


def a_token(made: Made) -> ApiToken:
    return ApiToken.objects.create(
        user=made.user, name="theirs", digest=digest_of_token(new_key()), actions=["people.own"]
    )


def a_session(made: Made) -> SignedIn:
    now = clock.now()
    return SignedIn.objects.create(user=made.user, began_at=now, seen_at=now)


def a_person(made: Made) -> dict[str, str]:
    return {"key": made.company.users[f"{made.site}.front_line"].key}


def a_person_with_a_token(made: Made) -> dict[str, str]:
    whose = Made(made.company, made.site, f"{made.site}.front_line")
    return {"key": whose.user.key, "token": a_token(whose).key}


def a_site(made: Made) -> dict[str, str]:
    return {"code": made.company.sites[made.site].code}


def a_case(made: Made) -> Case:
    site = made.company.sites[made.site]
    return Case.objects.create(
        number=Case.objects.count() + 1_000_001,  # far from the numbers the site gives
        title="Theirs",
        site=site,
        team=made.company.teams[made.site],
        owner=made.company.users[f"{made.site}.front_line"],
        opened_at=clock.now(),
    )


def a_compensation(made: Made) -> Compensation:
    return Compensation.objects.create(
        case=a_case(made),
        kind="gift",
        amount=1,
        currency="CNY",
        reason="theirs",
        by=made.company.users[f"{made.site}.front_line"],
        at=clock.now(),
        status="asked",
    )


def a_survey(made: Made) -> Survey:
    whole = Questionnaire.model_validate(TWO_QUESTIONS).model_dump(mode="json")
    survey = Survey.objects.create(
        name=whole["title"], programme="visit", status="live", draft=whole, site=made.of_site
    )
    survey.current = SurveyVersion.objects.create(
        survey=survey, number=1, questionnaire=whole, digest="0" * 64, published_at=clock.now()
    )
    survey.save()
    return survey


def a_response(made: Made) -> Response:
    survey = a_survey(made)
    return Response.objects.create(
        **{"survey": survey, "version": survey.current, "language": "en", "channel": "link"},
        **{"site": made.of_site, "team": made.of_team, "started_at": clock.now()},
    )


def a_customer(made: Made) -> Customer:
    return Customer.objects.create(customer_id=f"C-{new_key()}", name="Somebody", site=made.of_site)


def a_place(made: Made) -> Place:
    return Place.objects.create(
        survey=a_survey(made), kind="qr", name="Door", site=made.of_site, team=made.of_team
    )


def a_wave(made: Made) -> Wave:
    today = clock.now().date()
    return Wave.objects.create(survey=a_survey(made), label="one", starts_on=today, site=made.of_site)


def an_invitation(made: Made) -> Invitation:
    return Invitation.objects.create(
        **{"survey": a_survey(made), "customer": a_customer(made), "channel": "email", "status": "queued"},
        **{"site": made.of_site, "team": made.of_team, "digest": new_key(), "due_at": clock.now()},
    )


def a_huddle(made: Made) -> Huddle:
    now = clock.now()
    times = {"period_from": now, "period_to": now, "opened_at": now}
    # A team has one open huddle at a time.
    return Huddle.objects.get_or_create(team=made.of_team, status="open", defaults=times)[0]


def a_point(made: Made) -> HuddlePoint:
    return HuddlePoint.objects.create(huddle=a_huddle(made), item="share", text="x", made_at=clock.now())


def a_topic(made: Made) -> Topic:
    return Topic.objects.create(title="Queue", site=made.of_site, team=made.of_team, raised_at=clock.now())


def a_change(made: Made) -> ChangeRequest:
    return ChangeRequest.objects.create(
        **{"title": "More desks", "site": made.of_site, "asked_at": clock.now()},
        **{"company_benefit": "x", "company_effect": 1, "customer_benefit": "x", "customer_effect": 1},
    )


def a_cycle(made: Made) -> LoopCycle:
    return LoopCycle.objects.create(name="Autumn", site=made.of_site, opened_at=clock.now())


def a_broadcast(made: Made) -> Broadcast:
    now = clock.now()
    words = {f"{part}_{tongue}": "x" for part in ("title", "said", "did") for tongue in ("en", "zh")}
    broadcast = Broadcast.objects.create(**words, made_at=now, sent_at=now)
    broadcast.sites.add(made.of_site)
    for user in (made.company.users[f"{made.site}.{role}"] for role in ("front_line", "supervisor")):
        Receipt.objects.create(broadcast=broadcast, user=user)
    return broadcast


def a_checklist() -> Checklist:
    found = Checklist.objects.filter(code="attack").first()
    if found is None:
        found = Checklist.objects.create(code="attack", name_en="x", name_zh="x", made_at=clock.now())
        ChecklistItem.objects.create(
            checklist=found, code="clean", text_en="x", text_zh="x", aspect="quality", weight=1
        )
    return found


def a_visit(made: Made) -> Visit:
    now = clock.now()
    return Visit.objects.create(
        **{"checklist": a_checklist(), "site": made.of_site, "team": made.of_team, "task": "Repair"},
        **{"window_from": now, "window_to": now},
        employee=made.company.users[f"{made.site}.front_line"],
    )


def a_photo(made: Made) -> Photo:
    visit = a_visit(made)
    return Photo.objects.create(
        **{
            "visit": visit,
            "item": visit.checklist.items.get(),
            "file": keep(Redrawn(b"", 1, 1, "")),
            "at": clock.now(),
        },
        **{"sent_digest": "0" * 64, "width": 1, "height": 1, "size": 1},
    )


def a_gesture(made: Made) -> GestureRule:
    return GestureRule.objects.create(name_en="x", name_zh="x", unit_cost=1, cap=10, made_at=clock.now())


def a_note(made: Made) -> Note:
    now = clock.now()
    return Note.objects.create(
        source="staff", at=now, received_at=now, text="x", site=made.of_site, team=made.of_team
    )


def a_comment_page(made: Made) -> CommentPage:
    page, _ = CommentPage.objects.get_or_create(
        site=made.of_site, defaults={"title_en": "x", "title_zh": "x", "made_at": clock.now()}
    )
    return page


def a_comment(made: Made) -> Comment:
    return Comment.objects.create(
        page=a_comment_page(made), site=made.of_site, text="x", created_at=clock.now(), sender="0"
    )


def a_standard(made: Made) -> Standard:
    return Standard.objects.create(
        name_en="x", name_zh="x", metric="nps", threshold=1, site=made.of_site, made_at=clock.now()
    )


def a_goal(made: Made) -> Goal:
    now = clock.now()
    goal, _ = Goal.objects.get_or_create(
        user=made.company.users[f"{made.site}.front_line"],
        touchpoint=made.company.touchpoints["lounge"],
        metric="nps",
        defaults={"target": 1, "starts_on": now.date(), "ends_on": now.date(), "set_at": now},
    )
    return goal


def a_view(made: Made) -> SavedView:
    return SavedView.objects.create(owner=made.user, name=new_key(), board="programme:visit")


def an_import(made: Made) -> Import:
    return Import.objects.create(kind="customers", filename="a.csv", user=made.user, at=clock.now())


def a_notification(made: Made) -> Notification:
    return Notification.objects.create(user=made.user, title_en="x", title_zh="x", url="/", at=clock.now())


def a_mail(made: Made) -> Mail:
    return Mail.objects.create(to="a@example.com", subject="x", text="x")


def a_webhook(made: Made) -> Webhook:
    return Webhook.objects.create(
        name="x", url="https://example.com/", secret="x", events=["*"], created_at=clock.now()
    )


def a_delivery(made: Made) -> dict[str, str]:
    now, hook = clock.now(), a_webhook(made)
    event = Event.objects.create(name="case.opened", subject="x", at=now)
    delivery = Delivery.objects.create(webhook=hook, event=event, created_at=now, since=now)
    return {"key": hook.key, "delivery": delivery.key}


def a_request(made: Made) -> PrivacyRequest:
    now = clock.now()
    customer = a_customer(made)
    return PrivacyRequest.objects.create(
        kind="export", customer=customer, whose=customer.customer_id, requested_at=now, due_at=now
    )


def a_promise(made: Made) -> Promise:
    now = clock.now()
    promise = Promise.objects.create(
        **{"code": new_key(), "name_en": "x", "name_zh": "x", "status": "launched"},
        **{"made_at": now, "launched_at": now},
    )
    PromiseVersion.objects.create(
        promise=promise, number=1, in_force_from=now.date(), claim_en="x", claim_zh="x", made_at=now
    )
    return promise


def a_campaign(made: Made) -> Campaign:
    today = clock.now().date()
    return Campaign.objects.create(
        **{f"{part}_{tongue}": "x" for part in ("name", "offer") for tongue in ("en", "zh")},
        **{"site": made.of_site, "away_days": 90, "channels": ["phone"], "holdout_share": 0.5, "seed": 1},
        **{"starts_on": today, "ends_on": today, "window_days": 30, "smallest": 0.1, "expected": 0.1},
        **{"contact_cost": 0, "offer_cost": 0, "currency": "CNY", "made_at": clock.now()},
    )


def a_winback_call(made: Made) -> Assignment:
    campaign = a_campaign(made)
    Campaign.objects.filter(pk=campaign.pk).update(status="running", assigned_at=clock.now())
    return Assignment.objects.create(
        campaign=campaign, customer=a_customer(made), arm="treated", contact="to_call", channel="phone"
    )


def an_initiative(made: Made) -> Initiative:
    today = clock.now().date()
    days = dict.fromkeys(("before_from", "before_to", "after_from", "after_to"), today)
    return Initiative.objects.create(
        **{"name_en": "x", "name_zh": "x", "kind": "other", "metric": "nps", "smallest": 5, **days},
        **{"site": made.of_site, "made_at": clock.now()},
    )


def a_spend(made: Made) -> Spend:
    now = clock.now()
    return Spend.objects.create(
        initiative=an_initiative(made), day=now.date(), amount=1, currency="CNY", at=now
    )


def a_care_item(made: Made) -> CareItem:
    return CareItem.objects.create(
        **{"stage": "service", "scope": "after_sales", "name_en": "x", "name_zh": "x", "measure": "x"},
        **{"threshold": 1, "owner": made.user, "site": made.of_site, "made_at": clock.now()},
    )


def a_class_goal(made: Made) -> ClassGoal:
    now = clock.now()
    return ClassGoal.objects.create(
        **{"tier": "gold", "metric": "nps", "target": 1, "owner": made.user},
        **{"starts_on": now.date(), "until": now.date(), "made_at": now},
    )


def a_goal_step(made: Made) -> GoalStep:
    owner = made.company.users[f"{made.site}.supervisor"]
    return GoalStep.objects.create(goal=a_class_goal(made), what="x", owner=owner, until=clock.now().date())


def a_care_audit(made: Made) -> CareAudit:
    now = clock.now()
    return CareAudit.objects.create(
        site=made.of_site, on=now.date(), auditor=None, hard=5, soft=5, made_at=now
    )


def a_care_rule(made: Made) -> CareRule:
    return CareRule.objects.create(
        **{"stage": "after", "trigger": "silence", "days": 30, "name_en": "x", "name_zh": "x"},
        **{"purpose": "service", "channel": "phone", "text_en": "x", "text_zh": "x"},
        **{"site": made.of_site, "made_at": clock.now()},
    )


def a_care_task(made: Made) -> CareTask:
    now = clock.now()
    return CareTask.objects.create(
        **{"rule": a_care_rule(made), "customer": a_customer(made), "occasion": "x", "at": now},
        **{"site": made.of_site, "team": made.of_team, "made_at": now},
    )


def a_suggestion_rule(made: Made) -> SuggestionRule:
    words = {f"{part}_{tongue}": "x" for part in ("name", "text") for tongue in ("en", "zh")}
    return SuggestionRule.objects.create(conditions=[], made_at=clock.now(), **words)


def keyed(make: Callable[[Made], Any], **more: str) -> Factory:
    """A factory for an address that has the object's key, and `more` as they are."""
    return lambda made: {"key": make(made).key, **more}


OBJECTS: dict[str, Factory] = {
    # cases
    "cases/<key>": lambda made: {"key": a_case(made).key},
    "cases/<key>/drafts/<template>": lambda made: {"key": a_case(made).key, "template": "first-mail"},
    "cases/compensation/<key>": lambda made: {"key": a_compensation(made).key},
    "compensations/<key>": lambda made: {"key": a_compensation(made).key},
    "cases/settings/<what>": lambda made: {"what": "rules"},
    "cases/settings/<what>/<code>": lambda made: {"what": "rules", "code": "nps-detractor"},
    "case-rules/<code>": lambda made: {"code": "nps-detractor"},
    "case-slas/<code>": lambda made: {"code": "normal"},
    "case-calendars/<code>": lambda made: {"code": "china-office"},
    "case-causes/<code>": lambda made: {"code": "waiting"},
    "case-templates/<code>": lambda made: {"code": "first-mail"},
    "compensation-caps/<role>/<currency>": lambda made: {"role": "front_line", "currency": "CNY"},
    # web
    "assets/<digest>/<name>": lambda made: {"digest": "0", "name": "site.css"},
    # company
    "sites/<code>": a_site,
    "sites/<code>/teams/<team>": lambda made: a_site(made) | {"team": made.company.teams[made.site].code},
    "touchpoints/<code>": lambda made: {"code": "lounge"},
    # people
    "choose-password/<key>/<token>": lambda made: {"key": made.user.key, "token": "x-y"},
    "people/<key>": a_person,
    "people/<key>/<what>": lambda made: a_person(made) | {"what": "deactivate"},
    "people/<key>/tokens/<token>": a_person_with_a_token,
    "you/sessions/<key>": lambda made: {"key": a_session(made).key},
    "you/tokens/<key>": lambda made: {"key": a_token(made).key},
    "me/sessions/<key>": lambda made: {"key": a_session(made).key},
    "me/tokens/<key>": lambda made: {"key": a_token(made).key},
    "roles/<role>": lambda made: {"role": "analyst"},
    # notices
    "notifications/<key>": keyed(a_notification),
    "mails/<key>": keyed(a_mail),
    "webhooks/<key>": keyed(a_webhook),
    "webhooks/<key>/deliveries/<delivery>": a_delivery,
    # customers
    "customers/<customer_id>": lambda made: {"customer_id": a_customer(made).customer_id},
    "customers/import/<key>": keyed(an_import),
    "customers/import/sample/<kind>": lambda made: {"kind": "customers"},
    # surveys
    "surveys/<key>": keyed(a_survey),
    "surveys/<key>/languages/<tag>": keyed(a_survey, tag="zh"),
    "surveys/<key>/pages/<page_id>": keyed(a_survey, page_id="p1"),
    "surveys/<key>/questions/<question_id>": keyed(a_survey, question_id="recommend"),
    "surveys/<key>/translations.<form>": keyed(a_survey, form="csv"),
    "surveys/<key>/versions/<number>": keyed(a_survey, number="1"),
    "survey-templates/<name>": lambda made: {"name": "nps"},
    # channels
    "places/<key>": keyed(a_place),
    "waves/<key>": keyed(a_wave),
    "triggers/<key>": keyed(
        lambda made: Trigger.objects.create(survey=a_survey(made), name="x", site=made.of_site)
    ),
    "quotas/<key>": keyed(lambda made: Quota.objects.create(survey=a_survey(made), name="x", target=9)),
    "invitations/<key>": keyed(an_invitation),
    "invitations/letters/<kind>/<language>": lambda made: {"kind": "invitation", "language": "en"},
    "letters/<kind>/<language>": lambda made: {"kind": "invitation", "language": "en"},
    "s/no/<secret>": lambda made: {"secret": "x"},
    # answering
    "responses/<key>": keyed(a_response),
    "s/p/<key>": keyed(a_place),
    "s/k/<key>": keyed(a_place),
    "s/embed/<key>": keyed(a_place),
    "s/i/<secret>": lambda made: {"secret": "x"},
    "s/preview/<key>": keyed(a_survey),
    # improvement
    "huddles/<key>": keyed(a_huddle),
    "huddle-points/<key>": keyed(a_point),
    "topics/<key>": keyed(a_topic),
    "changes/<key>": keyed(a_change),
    "cycles/<key>": keyed(a_cycle),
    "broadcasts/<key>": keyed(a_broadcast),
    "checklists/<code>": lambda made: {"code": a_checklist().code},
    "checklists/of/<code>": lambda made: {"code": a_checklist().code},
    "visits/<key>": keyed(a_visit),
    "visits/<key>/items/<item>": keyed(a_visit, item="clean"),
    "visit-photos/<key>": keyed(a_photo),
    "gestures/<key>": keyed(a_gesture),
    "notes/<key>": keyed(a_note),
    "comments/<key>": keyed(a_comment),
    "comment-pages/<key>": keyed(a_comment_page),
    "c/<key>": keyed(a_comment_page),
    "standards/<key>": keyed(a_standard),
    "goals/<key>": keyed(a_goal),
    # promises
    "promises/<key>": keyed(a_promise),
    # initiatives
    "winback/<key>": keyed(a_campaign),
    "winback-calls/<key>": keyed(a_winback_call),
    "initiatives/<key>": keyed(an_initiative),
    "spend/<key>": keyed(a_spend),
    # care
    "care/items/<key>": keyed(a_care_item),
    "care/goals/<key>": keyed(a_class_goal),
    "care/steps/<key>": keyed(a_goal_step),
    "care/audits/<key>": keyed(a_care_audit),
    "care/rules/<key>": keyed(a_care_rule),
    "care/tasks/<key>": keyed(a_care_task),
    "care/suggestions/<key>": keyed(a_suggestion_rule),
    "care/for/<customer>": lambda made: {"customer": a_customer(made).customer_id},
    # privacy
    "privacy/requests/<key>": keyed(a_request),
    "privacy/customers/<customer_id>": lambda made: {"customer_id": a_customer(made).customer_id},
    # boards
    "analyses/report/<language>": lambda made: {"language": "en"},
    "dashboards/<key>": keyed(a_survey),
    "dashboards/views/<key>": keyed(a_view),
    "views/<key>": keyed(a_view),
}

# The whole company's: whoever may do the action may do it to each of them.
COMPANY_WIDE = frozenset(
    {
        *("touchpoints/<code>", "roles/<role>", "customers/import/sample/<kind>", "survey-templates/<name>"),
        *("invitations/letters/<kind>/<language>", "letters/<kind>/<language>"),
        *("checklists/<code>", "checklists/of/<code>", "analyses/report/<language>"),
        "promises/<key>",
    }
)

# Public pages whose address is itself the secret: what they answer to a wrong one is for their own tests.
SECRETS = frozenset(
    {
        "choose-password/<key>/<token>",
        "assets/<digest>/<name>",
        "s/no/<secret>",
        "s/i/<secret>",
        "c/<key>",
        "s/k/<key>",
        "s/embed/<key>",
    }
)

# Sent where an empty form is answered as if there were no object, so that the attack would prove nothing.
BODIES: dict[str, dict[str, str]] = {"cases/compensation/<key>": {"approve": "yes", "note": "x"}}

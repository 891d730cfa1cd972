"""Forms of the pages. Services check again; forms only read what was entered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django import forms

from peakend.server.acting.actors import Actor, Role, role_name
from peakend.server.company.models import Touchpoint
from peakend.server.improvement import selectors, words
from peakend.server.improvement.templatetags.improvement import named
from peakend.server.web.forms import chosen_from, day, line, moment, pick, sentences
from peakend.server.web.say import say, say_later, told


class ActorForm(forms.Form):
    """A form whose lists hold what the actor may choose: fields named site, team, touchpoint, owner, …"""

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 - Django's
        actor: Actor,
        kept: Mapping[str, tuple[str, str]] | None = None,
        **kwargs: Any,  # noqa: ANN401 - Django's
    ) -> None:
        """`kept`: what a field holds now with its words, so that it stays where one could not choose it."""
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if name in _LISTS:
                listed = list(_LISTS[name](actor))
                now = (kept or {}).get(name)
                if now is not None and now[0] not in {code for code, _ in listed}:
                    listed.insert(0, now)
                several = isinstance(field, forms.MultipleChoiceField)
                field.choices = listed if several else [("", say("None", "无")), *listed]


def _sites(actor: Actor) -> Iterable[tuple[str, str]]:
    return ((site.code, named(site)) for site in selectors.own_sites(actor))


def _teams(actor: Actor) -> Iterable[tuple[str, str]]:
    return (
        (selectors.team_key(team), f"{named(team.site)} · {named(team)}") for team in selectors.teams(actor)
    )


def _people(actor: Actor) -> Iterable[tuple[str, str]]:
    return ((user.key, user.name) for user in selectors.people(actor))


def _touchpoints(actor: Actor) -> Iterable[tuple[str, str]]:
    return ((one.code, named(one)) for one in Touchpoint.objects.filter(active=True))


def _checklists(actor: Actor) -> Iterable[tuple[str, str]]:
    from peakend.server.improvement.selectors.visits import checklists

    return ((one.code, named(one)) for one in checklists())


def _topics(actor: Actor) -> Iterable[tuple[str, str]]:
    from peakend.server.improvement.selectors.outer_loop import topics

    return ((one.key, one.title) for one in topics(actor).exclude(status__in=("raised", "declined"))[:200])


def _cycles(actor: Actor) -> Iterable[tuple[str, str]]:
    from peakend.server.improvement.selectors.outer_loop import cycles

    return ((one.key, one.name) for one in cycles(actor).exclude(stage="closed"))


_LISTS: dict[str, Callable[[Actor], Iterable[tuple[str, str]]]] = {
    "site": _sites,
    "sites": _sites,
    "team": _teams,
    "teams": _teams,
    "owner": _people,
    "employee": _people,
    "person": _people,
    "touchpoint": _touchpoints,
    "checklist": _checklists,
    "topic": _topics,
    "cycle": _cycles,
}


class PointForm(ActorForm):
    """A line of the minutes."""

    text = line("What was said or agreed", "讨论或约定的内容", 1000)
    item = pick("Item", "议程项", chosen_from(words.ITEMS))
    kind = pick("It is", "类型", chosen_from(words.POINT_KINDS))
    owner = pick("Who does it", "负责人", required=False)
    due_on = day("Until", "期限", required=False)


class TopicForm(ActorForm):
    """Raising a topic."""

    title = line("What do customers meet again and again?", "客户反复遇到什么问题？", 300)
    theme = pick("Theme", "主题", chosen_from(words.THEMES, empty=True), required=False)
    description = sentences("What is known of it", "已知情况", required=False)
    site = pick("Site", "网点", required=False)
    touchpoint = pick("Touchpoint", "接触点", required=False)


class TopicWorkForm(ActorForm):
    """What the owner finds out and plans."""

    why1 = line("Why does it happen?", "为什么会发生？", 400, required=False)
    why2 = line("And why that?", "那又是为什么？", 400, required=False)
    why3 = line("And why that? (3)", "那又是为什么？（3）", 400, required=False)
    why4 = line("And why that? (4)", "那又是为什么？（4）", 400, required=False)
    why5 = line("And why that? (5)", "那又是为什么？（5）", 400, required=False)
    cause = line("Root cause", "根本原因", 200, required=False)
    department = line("Department", "责任部门", 120, required=False)
    owner = pick("Owner", "责任人", required=False)
    touchpoint = pick("Touchpoint", "接触点", required=False)
    cycle = pick("Cycle", "所属循环", required=False)
    resources = sentences("Resources needed", "所需资源", required=False)
    planned_change = sentences("Planned change", "计划的变更", required=False)
    review_on = day("Review on", "验证日期", required=False)


class LinkForm(forms.Form):
    """Which open topic a voice is to stand behind."""

    topic = pick("Topic", "议题", widget=forms.RadioSelect)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:  # noqa: ANN401 - Django's
        from peakend.server.improvement.selectors.outer_loop import open_topics

        super().__init__(*args, **kwargs)
        self.fields["topic"].choices = [
            (one.key, f"{one.title} · {told(words.TOPIC_STATUSES[one.status])}")
            for one in open_topics(actor)[:200]
        ]


class ReviewForm(forms.Form):
    """The result of the review."""

    review_verdict = pick("Did it work?", "是否见效？", chosen_from(words.REVIEW_VERDICTS, empty=True))
    review_result = sentences("Result, with the figures that show it", "验证结果及佐证数据")


class ChangeForm(ActorForm):
    """The change approval form (ACT-03)."""

    title = line("What shall be changed?", "要变更什么？", 300)
    topic = pick("Topic", "相关议题", required=False)
    site = pick("Site", "网点", required=False)
    company_effect = pick("For the company it gets", "对公司而言", chosen_from(words.EFFECTS))
    company_benefit = sentences("What the company has of it", "对公司的影响")
    customer_effect = pick("For customers it gets", "对客户而言", chosen_from(words.EFFECTS))
    customer_benefit = sentences("What customers have of it", "对客户的影响")
    cost = forms.DecimalField(
        label=say_later("Cost (CNY)", "成本（人民币元）"),
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=2,
    )


class CycleForm(ActorForm):
    """Opening a cycle."""

    name = line("Name", "名称", 200)
    site = pick("Site", "网点", required=False)


class BroadcastForm(ActorForm):
    """ "You said, we did" in both languages."""

    title_en = line("Title (English)", "标题（英文）", 200)
    title_zh = line("Title (Chinese)", "标题（中文）", 200)
    said_en = sentences("You said (English)", "您说（英文）")
    said_zh = sentences("You said (Chinese)", "您说（中文）")
    did_en = sentences("We did (English)", "我们做（英文）")
    did_zh = sentences("We did (Chinese)", "我们做（中文）")
    topic = pick("Topic", "相关议题", required=False)
    sites = forms.MultipleChoiceField(
        label=say_later("Sites (none: all)", "网点（不选即全部）"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    teams = forms.MultipleChoiceField(
        label=say_later("Teams (none: all)", "团队（不选即全部）"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    roles = forms.MultipleChoiceField(
        label=say_later("Roles (none: all)", "角色（不选即全部）"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=lambda: [(role.value, told(role_name(role))) for role in Role],
    )
    remind_after_days = forms.IntegerField(
        label=say_later("Remind after days", "几天后提醒未读者"), min_value=1, max_value=90, initial=3
    )
    public = forms.BooleanField(
        label=say_later("Also show it to customers", "同时向客户公开"), required=False
    )


class VisitForm(ActorForm):
    """Planning a visit; times are the site's."""

    task = line("What is to be done", "服务内容", 300)
    checklist = pick("Checklist", "检查表")
    site = pick("Site", "网点")
    team = pick("Team", "团队", required=False)
    employee = pick("Who goes", "服务人员", required=False)
    customer_id = line("Customer's id", "客户编号", 120, required=False)
    touchpoint = pick("Touchpoint", "接触点", required=False)
    window_from = moment("Arrival from", "最早到达")
    window_to = moment("Arrival until", "最晚到达")


class ReopenForm(forms.Form):
    """A visit that mends another."""

    task = line("What did not hold", "哪里没有修好", 300)
    window_from = moment("Arrival from", "最早到达")
    window_to = moment("Arrival until", "最晚到达")


class GestureForm(ActorForm):
    """An end gesture with its cap."""

    name_en = line("Gift (English)", "礼品（英文）", 200)
    name_zh = line("Gift (Chinese)", "礼品（中文）", 200)
    checklist = pick("For visits with", "适用检查表", required=False)
    unit_cost = forms.DecimalField(
        label=say_later("Cost of one (CNY)", "单份成本（元）"), min_value=0, max_digits=10, decimal_places=2
    )
    cap = forms.DecimalField(
        label=say_later("At most in all (CNY)", "费用上限（元）"),
        min_value=0,
        max_digits=12,
        decimal_places=2,
    )
    treated_share = forms.FloatField(
        label=say_later("Share of visits that get it (0 to 1)", "赠送比例（0 至 1）"),
        min_value=0.05,
        max_value=0.95,
        initial=0.5,
    )


class NoteForm(ActorForm):
    """Informal feedback."""

    text = sentences("What did the customer say?", "客户说了什么？")
    source = pick("Heard by", "来源", chosen_from(words.SOURCES))
    theme = pick("Theme", "主题", chosen_from(words.THEMES, empty=True), required=False)
    own_theme = line("Or a theme of your own", "或自定主题", 80, required=False)
    sentiment = pick("It sounds", "情感", chosen_from(words.SENTIMENTS, empty=True), required=False)
    touchpoint = pick("Touchpoint", "接触点", required=False)
    team = pick("Team", "团队", required=False)
    customer_id = line("Customer's id", "客户编号", 120, required=False)


class CommentForm(forms.Form):
    """What a customer writes on a public page. `website` is a field only robots fill."""

    text = sentences("Your comment", "您的意见")
    name = line("Your name, if you like", "您的称呼", 80, required=False)
    contact = line(
        "E-mail or phone, if you want an answer; never shown",
        "邮箱或电话（如需答复，不会公开）",
        200,
        required=False,
    )
    publish = forms.BooleanField(
        label=say_later("My comment may be shown here with the answer", "同意在此公开我的意见与答复"),
        required=False,
        initial=True,
    )
    key = forms.CharField(widget=forms.HiddenInput, min_length=16, max_length=40)
    website = forms.CharField(required=False)


class CommentPageForm(ActorForm):
    """Opening a public page."""

    site = pick("Site (none: the whole company)", "网点（不选即全公司）", required=False)
    title_en = line("Title (English)", "标题（英文）", 200)
    title_zh = line("Title (Chinese)", "标题（中文）", 200)


class StandardForm(ActorForm):
    """A service standard."""

    name_en = line("Name (English)", "名称（英文）", 200)
    name_zh = line("Name (Chinese)", "名称（中文）", 200)
    metric = pick("Metric", "指标", chosen_from(words.METRICS))
    threshold = forms.FloatField(label=say_later("At least (shares from 0 to 1)", "不低于（比例填 0 至 1）"))
    months = forms.IntegerField(
        label=say_later("Whole months looked at", "考察几个整月"), min_value=1, max_value=24, initial=3
    )
    touchpoint = pick("Touchpoint", "接触点", required=False)
    site = pick("Site", "网点", required=False)
    evidence = sentences("Why this threshold: what the data say", "标准依据（数据说明）", required=False)
    budget = forms.DecimalField(
        label=say_later("Budget a year (CNY)", "年度预算（元）"),
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=2,
    )


class GoalForm(ActorForm):
    """A personal goal."""

    touchpoint = pick("Touchpoint", "接触点")
    metric = pick("Metric", "指标", chosen_from(words.METRICS))
    target = forms.FloatField(label=say_later("Target (shares from 0 to 1)", "目标值（比例填 0 至 1）"))
    starts_on = day("From", "起始日")
    ends_on = day("Until", "结束日")
    note = line("How to get there", "如何达成", 400, required=False)


class SchemeForm(forms.Form):
    """A KPI scheme: up to six measures."""

    role = pick("Role", "角色", lambda: [(role.value, told(role_name(role))) for role in Role])
    name_en = line("Name (English)", "名称（英文）", 200)
    name_zh = line("Name (Chinese)", "名称（中文）", 200)
    service_at_least = forms.FloatField(
        label=say_later("Service weighs at least", "服务权重不低于"), initial=0.5, min_value=0, max_value=1
    )
    sales_at_most = forms.FloatField(
        label=say_later("Sales weigh at most", "销售权重不高于"), initial=0.2, min_value=0, max_value=1
    )

"""Forms of the pages. Services check again; forms only read what was entered."""

from __future__ import annotations

from typing import Any

from django import forms

from peakend.server.acting.actors import Actor
from peakend.server.care import words
from peakend.server.care.checks import ANSWERED
from peakend.server.care.selectors.programme import classes
from peakend.server.channels.selectors import surveys
from peakend.server.improvement.forms import ActorForm
from peakend.server.improvement.words import METRICS
from peakend.server.web.forms import DayInput, chosen_from, day, line, pick, sentences
from peakend.server.web.say import picked, say, say_later, told

_CUSTOMERS = {code: METRICS[code] for code in ANSWERED}


def _ten(label: Any, **more: Any) -> forms.FloatField:  # noqa: ANN401 - a lazy sentence
    return forms.FloatField(label=label, min_value=0, max_value=10, **more)


def _metrics() -> list[tuple[str, str]]:
    named = [(code, told(text)) for code, text in METRICS.items()]
    return [("", say("Measured otherwise", "其他方式衡量")), *named]


class ItemForm(ActorForm):
    """A standard of care."""

    stage = pick("Stage of the exchange", "交换阶段", chosen_from(words.EXCHANGE))
    scope = pick("Scope of care", "关怀范围", chosen_from(words.SCOPES))
    name_en = line("Name (English)", "名称（英文）")
    name_zh = line("Name (Chinese)", "名称（中文）")
    metric = pick("Metric", "指标", _metrics, required=False)
    measure = line("Or: how it is measured", "或：如何衡量", required=False)
    threshold_ = forms.FloatField(
        label=say_later("Threshold (shares from 0 to 1)", "标准值（比例填 0 至 1）")
    )
    at_most = forms.BooleanField(label=say_later("At most, not at least", "为上限而非下限"), required=False)
    owner = pick("Owner", "责任人")
    touchpoint = pick("Touchpoint", "接触点", required=False)
    site = pick("Site", "网点", required=False)


class GoalForm(ActorForm):
    """A goal of a class of customers."""

    tier = line("Class of customers", "客户类别", 60)
    metric = pick("Metric", "指标", chosen_from(_CUSTOMERS))
    target = forms.FloatField(label=say_later("Target (shares from 0 to 1)", "目标值（比例填 0 至 1）"))
    starts_on = day("From", "起始日")
    until = day("Until", "截止日")
    owner = pick("Owner", "责任人")
    note = line("How to get there", "如何达成", 400, required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:  # noqa: ANN401 - Django's
        super().__init__(*args, actor=actor, **kwargs)
        known = say(", ", "、").join(classes()[:20])
        if known:
            self.fields["tier"].help_text = say("Known: {known}", "已有：{known}", known=known)


class StepForm(ActorForm):
    """An adjustment of operations."""

    what = line("What is adjusted?", "调整什么？", 300)
    owner = pick("Owner", "责任人")
    until = day("Until", "期限")


class LevelForm(forms.Form):
    """The three grades of a market."""

    differentiation = pick("Product differentiation", "产品差异化程度", chosen_from(words.GRADES))
    competition = pick("Competition", "竞争程度", chosen_from(words.GRADES))
    expectation = pick("Expectation of customers", "客户期望", chosen_from(words.GRADES))


class EvennessForm(forms.Form):
    """What the control chart shows."""

    metric = pick("Answers", "答案", chosen_from(words.ANSWERS), initial="nps")
    by = pick(
        "Compare",
        "对比",
        lambda: [("site", say("Sites", "网点")), ("team", say("Teams", "团队"))],
        initial="site",
    )
    months = pick(
        "Whole months",
        "整月数",
        lambda: [(str(n), str(n)) for n in (1, 3, 6, 12)],
        initial="3",
    )


class AuditForm(ActorForm):
    """A care audit: hard, soft, four factors, the environment, up to three measures for staff."""

    site = pick("Site", "网点")
    on = day("Day", "日期")
    hard = _ten(say_later("Hard care: what is done (0 to 10)", "硬性关怀：做了什么（0 至 10）"))
    soft = _ten(say_later("Soft care: how it is done (0 to 10)", "软性关怀：如何去做（0 至 10）"))
    MEASURES = 3

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:  # noqa: ANN401 - Django's
        super().__init__(*args, actor=actor, **kwargs)
        for code, text in words.FACTORS.items():
            name = told(text)
            self.fields[f"factor_{code}"] = _ten(say("{name} (0 to 10)", "{name}（0 至 10）", name=name))
            self.fields[f"factor_{code}_evidence"] = forms.CharField(
                label=say("{name}: evidence", "{name}：依据", name=name), max_length=400
            )
        for code, text in words.ENVIRONMENT.items():
            label = say("Environment: {name} (0 to 10)", "环境：{name}（0 至 10）", name=told(text))
            self.fields[f"environment_{code}"] = _ten(label, required=False)
        for number in range(1, self.MEASURES + 1):
            self._measure(number)
        self.fields["note"] = sentences("Note", "备注", 2000, required=False)

    def _measure(self, number: int) -> None:
        n = {"n": number}
        self.fields[f"measure{number}_what"] = forms.CharField(
            label=say("For staff {n}: what was done", "员工措施 {n}：做了什么", **n),
            max_length=300,
            required=False,
        )
        self.fields[f"measure{number}_held_on"] = forms.DateField(
            label=say("For staff {n}: held on (empty: planned)", "员工措施 {n}：举办日期（空为计划中）", **n),
            widget=DayInput(),
            required=False,
        )
        for name, en, zh in (("invited", "invited", "受邀人数"), ("attended", "attended", "参加人数")):
            self.fields[f"measure{number}_{name}"] = forms.IntegerField(
                label=say("For staff {n}: " + en, "员工措施 {n}：" + zh, **n),
                min_value=0,
                max_value=100_000,
                required=False,
            )

    def entered(self) -> dict[str, Any]:
        """What the service takes."""
        given = self.cleaned_data
        factors = {
            code: {"score": given[f"factor_{code}"], "evidence": given[f"factor_{code}_evidence"]}
            for code in words.FACTORS
        }
        environment = {
            code: {"score": given[f"environment_{code}"], "evidence": ""}
            for code in words.ENVIRONMENT
            if given[f"environment_{code}"] is not None
        }
        measures = [
            {
                "what": given[f"measure{n}_what"],
                "held_on": given[f"measure{n}_held_on"],
                "invited": given[f"measure{n}_invited"] or 0,
                "attended": given[f"measure{n}_attended"] or 0,
            }
            for n in range(1, self.MEASURES + 1)
            if given[f"measure{n}_what"].strip()
        ]
        plain = {name: given[name] for name in ("site", "on", "hard", "soft", "note")}
        return {**plain, "factors": factors, "environment": environment, "measures": measures}


class RuleForm(ActorForm):
    """A rule of the care calendar."""

    name_en = line("Name (English)", "名称（英文）")
    name_zh = line("Name (Chinese)", "名称（中文）")
    stage = pick("Stage", "阶段", chosen_from(words.STAGES))
    trigger = pick("When", "触发条件", chosen_from(words.TRIGGERS))
    days = forms.IntegerField(label=say_later("Days", "天数"), min_value=0, max_value=1000, initial=0)
    attribute = line("Which date of the profile", "客户资料中的日期属性", 60, required=False)
    purpose = pick("Purpose the customer agreed to", "客户同意的目的", chosen_from(words.PURPOSES))
    action = pick("It brings about", "产生", chosen_from(words.ACTIONS))
    channel = pick("Channel", "渠道", chosen_from(words.CHANNELS))
    survey = pick("Survey (for an invitation)", "调查（用于邀请）", required=False)
    tier = line("Class of customers (empty: all)", "客户类别（空为全部）", 60, required=False)
    touchpoint = pick("Touchpoint", "接触点", required=False)
    site = pick("Site", "网点", required=False)
    text_en = sentences("What to say or do (English)", "说什么、做什么（英文）", 2000)
    text_zh = sentences("What to say or do (Chinese)", "说什么、做什么（中文）", 2000)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:  # noqa: ANN401 - Django's
        super().__init__(*args, actor=actor, **kwargs)
        listed = [
            (one.key, picked(one.name) or one.key) for one in surveys(actor).filter(status="live")[:200]
        ]
        self.fields["survey"].choices = [("", say("None", "无")), *listed]


class SettleForm(forms.Form):
    """How a task ended."""

    status = pick(
        "It was", "结果", lambda: [(code, told(words.TASK_STATUSES[code])) for code in ("done", "dropped")]
    )
    note = line("Note", "备注", 400, required=False)


class SuggestionForm(forms.Form):
    """A rule of suggestions: up to three conditions, all of which must hold."""

    name_en = line("Name (English)", "名称（英文）")
    name_zh = line("Name (Chinese)", "名称（中文）")
    text_en = sentences("Suggest (English)", "建议（英文）", 2000)
    text_zh = sentences("Suggest (Chinese)", "建议（中文）", 2000)
    CONDITIONS = 3

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Django's
        super().__init__(*args, **kwargs)
        for number in range(1, self.CONDITIONS + 1):
            n, first = {"n": number}, number == 1
            self.fields[f"fact{number}"] = forms.ChoiceField(
                label=say("Condition {n}: fact", "条件 {n}：事实", **n),
                choices=chosen_from(words.FACTS, empty=True),
                required=first,
            )
            self.fields[f"attribute{number}"] = forms.CharField(
                label=say("Condition {n}: which attribute", "条件 {n}：哪个属性", **n),
                max_length=60,
                required=False,
            )
            self.fields[f"op{number}"] = forms.ChoiceField(
                label=say("Condition {n}: comparison", "条件 {n}：比较", **n),
                choices=chosen_from(words.OPERATORS),
                required=first,
            )
            self.fields[f"value{number}"] = forms.CharField(
                label=say("Condition {n}: value", "条件 {n}：值", **n), max_length=200, required=first
            )

    def entered(self) -> dict[str, Any]:
        """What the service takes."""
        given = self.cleaned_data
        conditions = [
            {
                "fact": _fact(given[f"fact{n}"], given[f"attribute{n}"]),
                "op": given[f"op{n}"],
                "value": given[f"value{n}"],
            }
            for n in range(1, self.CONDITIONS + 1)
            if given[f"fact{n}"]
        ]
        names = ("name_en", "name_zh", "text_en", "text_zh")
        return {**{name: given[name] for name in names}, "conditions": conditions}


def _fact(code: str, attribute: str) -> str:
    return f"attribute:{attribute.strip()}" if code == "attribute" else code

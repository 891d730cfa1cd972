"""The form of a rule: everything the API can set, any number of conditions, without a script."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from django import forms
from django.forms import BoundField

from peakend.server.cases import presets
from peakend.server.cases.forms import choice
from peakend.server.cases.rules import MOST_CONDITIONS, Condition, Operator, Rule
from peakend.server.cases.settings_forms import Named, named
from peakend.server.surveys.models import Survey
from peakend.server.web.say import picked, say, say_later, spoken

OPERATORS: dict[str, tuple[str, str]] = {
    "eq": ("equal to", "等于"),
    "ne": ("not equal to", "不等于"),
    "in": ("one of", "属于"),
    "lt": ("less than", "小于"),
    "le": ("at most", "不大于"),
    "gt": ("more than", "大于"),
    "ge": ("at least", "不小于"),
    "contains": ("containing", "包含"),
    "answered": ("answered", "已作答"),
    "not_answered": ("not answered", "未作答"),
}
PARTS = ("question", "op", "value", "of", "drop")
_NUMBER = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?"
_SCALE = re.compile(rf"({_NUMBER})\s*(?:-|–|—|~|～|至|to)\s*({_NUMBER})")


@dataclass(frozen=True)
class Row:
    """The fields of one condition."""

    number: int
    fields: list[BoundField]


class RuleForm(Named):
    """A rule. The rows it shows are those it has and an empty one; `more` asks for another."""

    severity = choice("Severity of the case", "工单严重程度", presets.SEVERITIES, initial="normal")
    kind = choice("Kind of case", "工单类型", {k: v for k, v in presets.KINDS.items() if k != "repeat"})
    survey = forms.ChoiceField(
        label=say_later("Only for answers to", "仅适用于问卷"), required=False, choices=lambda: _surveys()
    )
    match = forms.ChoiceField(
        label=say_later("Opens a case when", "满足以下条件时建立工单"),
        choices=[
            ("all", say_later("all conditions hold", "全部满足")),
            ("any", say_later("one of them holds", "任一满足")),
        ],
    )
    shown = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        initial: Mapping[str, Any] | None = None,
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        begins = dict(initial or {})
        at_first = begins.get("shown", 1)
        asked = str(data.get("shown", "")) if data is not None else ""
        self.shown = min(int(asked) if asked.isdecimal() and len(asked) < 4 else at_first, MOST_CONDITIONS)
        super().__init__(data, initial={**begins, "shown": self.shown}, **kwargs)
        for n in range(1, self.shown + 1):
            self.fields.update(_row(n))

    @property
    def hidden(self) -> list[BoundField]:
        """What the page carries along."""
        return self.hidden_fields()

    @property
    def plain(self) -> list[BoundField]:
        """The fields outside of the conditions."""
        return [one for one in self.visible_fields() if "_" not in one.name or one.name.startswith("name_")]

    @property
    def rows(self) -> Iterator[Row]:
        """The conditions, one after another."""
        for n in range(1, self.shown + 1):
            names = [name for part in PARTS if (name := f"{part}_{n}") in self.fields]
            yield Row(n, [self[name] for name in names])

    @property
    def may_grow(self) -> bool:
        """Whether a rule may have one more."""
        return self.shown < MOST_CONDITIONS

    def with_more(self) -> RuleForm:
        """The same as entered with one more empty row; nothing is checked yet."""
        entered = {name: self.data.get(name, "") for name in self.fields if not self.fields[name].disabled}
        boxes = {
            name: name in self.data for name in ("active", *(f"drop_{n}" for n in range(1, self.shown + 1)))
        }
        grown = min(self.shown + 1, MOST_CONDITIONS)
        return RuleForm(initial={**self.initial, **entered, **boxes, "shown": grown})

    def clean(self) -> dict[str, Any]:
        """Every row is whole or empty; at least one is there."""
        data: dict[str, Any] = super().clean() or {}
        found = [one for n in range(1, self.shown + 1) if (one := self._condition(n, data)) is not None]
        if not found and not self.errors:
            self.add_error("question_1", say("A rule needs a condition.", "规则至少需要一个条件。"))
        data["conditions"] = found
        return data

    def _condition(self, n: int, data: dict[str, Any]) -> dict[str, Any] | None:
        question, op, value, of = (str(data.get(f"{part}_{n}") or "").strip() for part in PARTS[:4])
        if data.get(f"drop_{n}") or not (question or op or value or of):
            return None
        if not question:
            missing = say("Say what is asked about, or empty the whole row.", "请填写题目，或清空整行。")
            self.add_error(f"question_{n}", missing)
        if not op and f"op_{n}" not in self.errors:
            self.add_error(f"op_{n}", say("Choose one of the list.", "请从列表中选择。"))
        scale = _SCALE.fullmatch(of)
        if of and scale is None:
            self.add_error(f"of_{n}", say("Write a scale like 0–10.", "请填写量表范围，如 0–10。"))
        return {
            "question": question,
            "op": op,
            "value": read(value),
            "of": [float(end) for end in scale.groups()] if scale else None,
        }

    def data_of(self) -> dict[str, Any]:
        """What `save_rule` takes."""
        data = self.cleaned_data
        return {
            **self.common(),
            "severity": data["severity"],
            "kind": data["kind"],
            "survey": data["survey"],
            "conditions": {"match": data["match"], "conditions": data["conditions"]},
        }


def _surveys() -> list[tuple[str, str]]:
    listed = [(one.key, picked(one.name) or one.key) for one in Survey.objects.only("key", "name")]
    return [("", say("every survey", "全部问卷")), *listed]


def _row(n: int) -> dict[str, forms.Field]:
    zh = spoken() == "zh"
    relations = [(one, OPERATORS[one][zh]) for one in get_args(Operator)]
    # Without a browser's `required`: an empty row is a condition that is not there.
    return {
        f"question_{n}": forms.CharField(
            label=say_later("Question", "题目"),
            max_length=80,
            required=False,
            help_text=_about() if n == 1 else "",
        ),
        f"op_{n}": forms.ChoiceField(
            label=say_later("Is", "关系"), choices=[("", "–"), *relations], required=False
        ),
        f"value_{n}": forms.CharField(
            label=say_later("Value (commas between several)", "值（多个用逗号分隔）"), required=False
        ),
        f"of_{n}": forms.CharField(
            label=say_later("Scale of the value", "值所用量表"),
            max_length=60,
            required=False,
            help_text=say_later(
                "0–10, say: scores on other scales are brought to it.",
                "如 0–10，其他量表的得分将换算后比较。",
            )
            if n == 1
            else "",
        ),
        f"drop_{n}": forms.BooleanField(label=say_later("Take it away", "删除此条件"), required=False),
    }


def _about() -> Any:  # noqa: ANN401
    return say_later(
        "A question's id, type:nps, item:recommend, or @tier, @site, @touchpoint, @place, @channel, @words.",
        "题目编码、type:nps、item:recommend，或 @tier、@site、@touchpoint、@place、@channel、@words。",
    )


def read(text: str) -> Any:  # noqa: ANN401
    """The value that is written so: a number, a word, several with commas, or JSON in brackets or quotes."""
    text = text.strip()
    if text[:1] in ("[", '"'):
        try:
            return json.loads(text)
        except ValueError:
            pass
    parts = [part.strip() for part in re.split(r"[,，、]", text) if part.strip()]
    typed = [json.loads(part) if re.fullmatch(_NUMBER, part) else part for part in parts]
    return typed[0] if len(typed) == 1 else (typed or None)


def written(value: Any) -> str:  # noqa: ANN401
    """The value as a line that `read` reads back, simple where it can be: JSON where it cannot."""
    if value is None:
        return ""
    simple = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    # 6 is not "6": a choice's code may be either.
    if simple.isprintable() and repr(read(simple)) == repr(value):
        return simple
    return json.dumps(value, ensure_ascii=True)


def rule_initial(one: Rule) -> dict[str, Any]:
    """The form's beginning for a rule."""
    listed = one.conditions.conditions
    found = {
        **named(one),
        "severity": one.severity,
        "kind": one.kind,
        "survey": one.survey,
        "match": one.conditions.match,
        "shown": len(listed) + 1,
    }
    for n, condition in enumerate(listed, 1):
        found |= {f"{part}_{n}": shown for part, shown in _shown(condition).items()}
    return found


def _shown(condition: Condition) -> dict[str, str]:
    of = condition.of
    return {
        "question": condition.question,
        "op": condition.op,
        "value": written(condition.value),
        "of": f"{_end(of[0])}–{_end(of[1])}" if of else "",
    }


def _end(number: float) -> str:
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)

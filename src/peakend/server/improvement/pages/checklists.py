"""Checklists: the list, and the page where one is read and its next version written."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from peakend.server.acting.errors import ConflictError, InvalidError
from peakend.server.acting.policies import require
from peakend.server.improvement import policies
from peakend.server.improvement.pages.pressing import pressed, told_into
from peakend.server.improvement.selectors import visits as found
from peakend.server.improvement.services import visits as services
from peakend.server.improvement.words import ASPECTS
from peakend.server.web.forms import chosen_from
from peakend.server.web.pages import actor_of, page
from peakend.server.web.say import say, say_later


class HeadForm(forms.Form):
    """The checklist itself."""

    code = forms.SlugField(label=say_later("Code", "编号"), max_length=60)
    name_en = forms.CharField(label=say_later("Name (English)", "名称（英文）"), max_length=200)
    name_zh = forms.CharField(label=say_later("Name (Chinese)", "名称（中文）"), max_length=200)
    kind = forms.ChoiceField(
        label=say_later("Aspects", "考察方面"),
        choices=lambda: [
            ("visit", say("Timeliness, conduct, quality", "及时性、规范性、合格性")),
            ("counter", say("Manner, procedure, efficiency", "礼仪态度、工作规范、工作效率")),
        ],
    )
    reopen_days = forms.IntegerField(
        label=say_later("Days in which a re-opening counts", "返工计入天数"),
        min_value=1,
        max_value=365,
        initial=30,
    )


class ItemForm(forms.Form):
    """One item of it."""

    code = forms.SlugField(label=say_later("Code", "编号"), max_length=60)
    text_en = forms.CharField(label=say_later("English", "英文"), max_length=200)
    text_zh = forms.CharField(label=say_later("Chinese", "中文"), max_length=200)
    aspect = forms.ChoiceField(label=say_later("Aspect", "方面"), choices=chosen_from(ASPECTS))
    weight = forms.FloatField(label=say_later("Weight", "权重"), min_value=0, max_value=1)
    required = forms.BooleanField(label=say_later("Required", "必检"), required=False, initial=True)
    photo = forms.BooleanField(label=say_later("With photo", "须拍照"), required=False)


BLANK = 3
Items = forms.formset_factory(ItemForm, extra=BLANK, can_delete=True, max_num=60, absolute_max=60)


@page(policies.CHECKLISTS)
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """The checklists in force."""
    return render(request, "improvement/checklists.html", {"checklists": found.checklists()})


@page(policies.EDIT_CHECKLIST)
@require_POST
def built_in(request: HttpRequest) -> HttpResponse:
    """Add those that come with Peakend."""
    actor = actor_of(request)
    return pressed(
        request,
        lambda: services.add_built_in(actor=actor),
        reverse("improvement:checklists"),
        say("The checklists are in force.", "检查表已启用。"),
    )


@page(policies.EDIT_CHECKLIST)
def new(request: HttpRequest) -> HttpResponse:
    """Write a checklist."""
    return _written(request, {}, [])


@page(policies.CHECKLISTS)
def checklist(request: HttpRequest, code: str) -> HttpResponse:
    """Read a checklist; for those who may, write its next version."""
    one = found.get_checklist(code)
    head = {name: getattr(one, name) for name in HeadForm.base_fields}
    items = [{name: getattr(item, name) for name in ItemForm.base_fields} for item in one.items.all()]
    if request.method == "POST":
        require(actor_of(request), policies.EDIT_CHECKLIST)
    return _written(request, head, items, one)


def _written(
    request: HttpRequest,
    head: dict[str, Any],
    items: list[dict[str, Any]],
    one: Any = None,  # noqa: ANN401
) -> HttpResponse:
    sent = request.POST if request.method == "POST" else None
    form, rows = HeadForm(sent, initial=head), Items(sent, initial=items, prefix="item")
    if sent is not None and form.is_valid() and rows.is_valid():
        kept: list[Any] = [
            {name: row.cleaned_data[name] for name in ItemForm.base_fields}
            for row in rows
            if row.cleaned_data and not row.cleaned_data.get("DELETE")
        ]
        try:
            made = services.save_checklist(actor=actor_of(request), items=kept, **form.cleaned_data)
        except (InvalidError, ConflictError) as error:
            told_into(form, error)
        else:
            messages.success(request, say("Version {n} is in force.", "第 {n} 版已启用。", n=made.version))
            return redirect("improvement:checklist", code=made.code)
    status = 422 if sent is not None else 200
    return render(
        request, "improvement/checklist.html", {"form": form, "rows": rows, "checklist": one}, status=status
    )

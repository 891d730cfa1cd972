"""The page that says how fresh the analyses are."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from peakend.server.acting.errors import NotFoundError
from peakend.server.sync import analysing
from peakend.server.sync.models import AnalysisRun
from peakend.server.sync.policies import READ, RUN
from peakend.server.sync.selectors import freshness
from peakend.server.web.pages import actor_of, page
from peakend.server.web.say import say


@page(READ)
def warehouse(request: HttpRequest) -> HttpResponse:
    """How fresh, what failed, run now. Of the whole company: who sees a part of it sees none."""
    if not actor_of(request).reach.everything:
        raise NotFoundError
    context = {"fresh": freshness(), "runs": AnalysisRun.objects.all()[:20]}
    return render(request, "sync/warehouse.html", context)


@page(RUN)
@require_POST
def run(request: HttpRequest) -> HttpResponse:
    """Ask for a run."""
    analysing.run_analyses(actor=actor_of(request))
    messages.success(
        request, say("The analyses run soon; they take some minutes.", "分析即将运行，需要几分钟。")
    )
    return redirect("sync:warehouse")

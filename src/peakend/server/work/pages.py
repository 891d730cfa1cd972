"""The page of the worker."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from peakend.server.notices.selectors import outbox
from peakend.server.sync.selectors import freshness
from peakend.server.web.pages import actor_of, page
from peakend.server.work import selectors
from peakend.server.work.policies import READ


@page(READ)
def worker(request: HttpRequest) -> HttpResponse:
    """Whether it lives, what fails, what waits."""
    rows = selectors.standings(actor_of(request))
    context = {
        "rows": rows,
        "failing": [row for row in rows if row.failing],
        "workers": list(selectors.workers()),
        "outbox": outbox(),
        "freshness": freshness(),
    }
    return render(request, "work/worker.html", context)

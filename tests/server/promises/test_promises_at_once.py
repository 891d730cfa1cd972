"""Two people press the same button: one launches, the other is told so."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connections

from peakend.server.acting.errors import ConflictError
from peakend.server.promises.models import Promise
from peakend.server.promises.services.launching import launch
from server.promises.conftest import KEPT_ITEMS


@pytest.mark.site_on("postgres")  # SQLite in memory is one connection: nothing to race there
@pytest.mark.django_db(transaction=True)
def test_a_promise_is_launched_once(company: Any, vip: Any) -> None:
    promise, gate = vip(KEPT_ITEMS, uses_high=12.0), Barrier(2)
    actor = company.actor("cx_manager")

    def press(_: int) -> str:
        gate.wait(10)
        try:
            return launch(actor=actor, promise=promise.key).status
        except ConflictError:
            return "told"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(press, range(2))) == ["launched", "told"]
    assert Promise.objects.get().status == "launched"

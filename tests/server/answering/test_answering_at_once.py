"""The same and different answers at the same moment."""

from __future__ import annotations

import shutil
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.test import Client
from django.utils import timezone

from peakend.server.answering.models import Response
from peakend.server.cases.models import Case
from peakend.server.channels.links import digest_of, secret_of
from peakend.server.channels.models import Invitation, Place, Quota
from peakend.server.surveys.models import Survey
from server.answering.questionnaires import LONG, fields_of
from server.conftest import POSTGRES

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where an SQLite file with the site's tables is kept; made by the first test that needs it."""
    return tmp_path_factory.mktemp("empty") / "site.sqlite3"


@pytest.fixture(autouse=True)
def file_database(transactional_db: None, empty_file: Path, tmp_path: Path) -> Iterator[None]:
    """On SQLite a file, as in production: in memory threads would find tables locked instead of waiting."""
    if POSTGRES:
        yield
        return
    before, file = connections["default"], tmp_path / "site.sqlite3"
    name = before.settings_dict["NAME"]
    if empty_file.exists():
        shutil.copy(empty_file, file)
    before.settings_dict["NAME"] = str(file)
    connections["default"] = connections.create_connection("default")
    try:
        if not empty_file.exists():
            call_command("migrate", run_syncdb=True, verbosity=0)
            connection.close()
            shutil.copy(file, empty_file)
        yield
    finally:
        connection.close()
        before.settings_dict["NAME"] = name
        connections["default"] = before


def at_once(*calls: Callable[[Client], Any]) -> Counter[int]:
    """The status codes of calls that all begin together."""
    codes: Counter[int] = Counter()
    start, lock = threading.Barrier(len(calls)), threading.Lock()

    def run(call: Callable[[Client], Any]) -> None:
        try:
            start.wait()
            code = call(Client(raise_request_exception=False)).status_code
        finally:
            connection.close()
        with lock:
            codes[code] += 1

    threads = [threading.Thread(target=run, args=(one,)) for one in calls]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return codes


def test_one_form_sent_eight_times_at_once_is_one_answer_and_one_case(
    company: Any, live_survey: Callable[..., Survey]
) -> None:
    place = Place.objects.create(survey=live_survey(), kind="qr", name="x", site=company.sites["north"])
    path = f"/s/p/{place.key}/"
    sent = fields_of(Client().get(path)) | {"q.recommend": "0"}
    assert at_once(*[lambda client: client.post(path, sent)] * 8) == {200: 8}
    assert Response.objects.filter(state="completed").count() == 1
    assert Case.objects.count() == 1


def test_two_contents_of_one_form_leave_one_and_tell_the_other(
    company: Any, live_survey: Callable[..., Survey]
) -> None:
    place = Place.objects.create(survey=live_survey(), kind="qr", name="x")
    path = f"/s/p/{place.key}/"
    sent = fields_of(Client().get(path))
    codes = at_once(
        *[lambda client, n=n: client.post(path, sent | {"q.recommend": str(n)}) for n in range(4)]
    )
    assert codes == {200: 1, 409: 3}
    assert Response.objects.count() == 1


@pytest.mark.parametrize("anonymous", [False, True])
def test_two_devices_with_one_personal_link_leave_one_answer(
    company: Any, live_survey: Callable[..., Survey], anonymous: bool
) -> None:
    invitation = Invitation(survey=live_survey(anonymous=anonymous), channel="email", due_at=timezone.now())
    invitation.digest = digest_of(secret_of(invitation.key))
    invitation.save()
    path = f"/s/i/{secret_of(invitation.key)}/"
    forms = [fields_of(Client().get(path)) | {"q.recommend": str(n)} for n in range(4)]
    codes = at_once(*[lambda client, form=form: client.post(path, form) for form in forms])
    assert set(codes) <= {200, 409}
    assert Response.objects.filter(state="completed").count() == 1
    assert Response.objects.count() == 1


def test_the_last_page_of_several_sent_at_once_completes_once(
    company: Any, live_survey: Callable[..., Survey]
) -> None:
    place = Place.objects.create(survey=live_survey(LONG), kind="embed", name="x")
    path = f"/s/p/{place.key}/"
    second = Client().post(path, fields_of(Client().get(path)) | {"q.recommend": "9", "q.visited": "shops"})
    sent = fields_of(second) | {"q.areas.lounge": "1", "q.areas.shops": "2"}
    assert at_once(*[lambda client: client.post(path, sent)] * 6) == {200: 6}
    assert Response.objects.get().state == "completed"


def test_a_quota_is_exact_under_two_hundred_at_once(company: Any, live_survey: Callable[..., Survey]) -> None:
    survey = live_survey()
    place = Place.objects.create(survey=survey, kind="qr", name="x")
    Quota.objects.create(survey=survey, name="half", target=15)
    path = f"/s/p/{place.key}/"
    # Rounds of twenty: two hundred threads at once would only wait for each other on two cores.
    for _ in range(10):
        forms = [fields_of(Client().get(path)) | {"q.recommend": "9"} for _ in range(20)]
        assert at_once(*[lambda client, form=form: client.post(path, form) for form in forms]) == {200: 20}
    states = Counter(Response.objects.values_list("state", flat=True))
    assert states == {"completed": 15, "screened": 185}
    assert Quota.objects.get().count == 15


def test_an_answer_that_fails_leaves_nothing_even_inside_another_transaction(
    company: Any, live_survey: Callable[..., Survey]
) -> None:
    place = Place.objects.create(survey=live_survey(), kind="qr", name="x")
    path = f"/s/p/{place.key}/"
    sent = fields_of(Client().get(path)) | {"q.recommend": "9"}
    with transaction.atomic():
        assert Client().post(path, sent).status_code == 200
        assert Client().post(path, sent).status_code == 200
    assert Response.objects.count() == 1

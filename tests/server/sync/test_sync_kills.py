"""Killed anywhere, the sync leaves every answer in the warehouse once; a full disk is told and got over."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from server.conftest import POSTGRES
from server.work.own_site import OwnSite, own_site

FILL = """
import json
from peakend.server.acting import clock
from peakend.server.answering.models import Response
from peakend.server.company.models import Touchpoint
from peakend.server.surveys.models import Survey, SurveyVersion
from peakend.server.surveys.questionnaire import Questionnaire

whole = Questionnaire.model_validate({
    "languages": ["en"], "default_language": "en", "title": {"en": "x"},
    "pages": [{"id": "p", "questions": [
        {"id": "q", "type": "nps", "item": "recommend", "text": {"en": "?"}},
        {"id": "why", "type": "text", "text": {"en": "Why?"}},
    ]}],
}).model_dump(mode="json")
survey = Survey.objects.create(name={"en": "x"}, status="live", draft=whole)
survey.current = SurveyVersion.objects.create(
    survey=survey, number=1, questionnaire=whole, digest="0" * 64, published_at=clock.now())
survey.save()
point = Touchpoint.objects.create(code="desk", name="Desk")
Response.objects.bulk_create(Response(
    key=f"r{n}", survey=survey, version=survey.current, touchpoint=point, language="en", channel="link",
    state="completed", answers={"q": {"state": "answered", "score": n % 11},
             "why": {"state": "answered", "text": os.urandom(1500).hex()}},
    started_at=clock.now(), completed_at=clock.now()) for n in range(int(sys.argv[1])))
"""
SYNC = """
from peakend.server.sync import syncing
import signal
syncing.SIZE = 50
mode, count = sys.argv[1], int(sys.argv[2])
real_mark, real_write, calls = syncing.mark_responses, syncing.write, [0]
def die():
    os.kill(os.getpid(), signal.SIGKILL)
def mark(keys):
    if mode == "after commit":
        calls[0] += 1
        if calls[0] == count:
            die()
    real_mark(keys)
def write(engine, batches):
    if mode == "inside":
        calls[0] += 1
        if calls[0] == count + 1:
            from peakend.server.sync import writing
            writing.record_changes = lambda *a: die()
    return real_write(engine, batches)
syncing.mark_responses, syncing.write = mark, write
while syncing.sync():
    pass
"""
COUNT = """
import json
from django.conf import settings
from peakend.engine import connect
from peakend.server.sync.syncing import responses_waiting
settings.HOME.make()
with connect(settings.HOME.warehouse) as engine:
    found = {}
    for name in ("responses", "answers", "interactions"):
        rows = engine.table(name).to_arrow().to_pylist() if engine.has_table(name) else []
        found[name] = len(rows)
        found[name + " once"] = len({tuple(sorted(map(str, row.items()))) for row in rows})
print(json.dumps({**found, "waiting": responses_waiting().count()}))
"""
ANSWERS = 260


@pytest.fixture
def site(tmp_path: Path, request: pytest.FixtureRequest) -> OwnSite:
    """A site with answers that wait."""
    server = request.getfixturevalue("postgres_server") if POSTGRES else None
    found = own_site(tmp_path / "home", server)
    found.run(FILL, str(ANSWERS))
    return found


def counted(site: OwnSite) -> dict[str, int]:
    """Rows of the warehouse, and how many answers wait."""
    found: dict[str, int] = json.loads(site.run(COUNT))
    return found


def test_killed_again_and_again_every_answer_is_there_once(site: OwnSite) -> None:
    for mode, count in (("inside", 1), ("after commit", 2)):
        site.run(SYNC, mode, str(count), ends=-9)
        state = counted(site)
        # What was committed and not marked is there already; nothing is marked that is not there.
        assert state["responses"] >= ANSWERS - state["waiting"]
    assert counted(site)["waiting"] > 0
    site.run(SYNC, "never", "0")
    state = counted(site)
    assert state["waiting"] == 0
    for name in ("responses", "answers", "interactions"):
        assert state[name] == state[f"{name} once"] == ANSWERS * (2 if name == "answers" else 1)


def test_a_full_disk_is_told_and_got_over(site: OwnSite) -> None:
    full = """
import resource
from peakend.server.work.worker import run_once
from peakend.server.work.models import SweepRun
from peakend.server.sync.syncing import responses_waiting
# The site's own files only grow a little; the warehouse would grow beyond.
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
try:
    run_once(only=["sync.bring"])
except Exception as error:
    print(type(error).__name__, str(error)[:300])
else:
    print("went through")
print("waiting", responses_waiting().count())
"""
    told = site.run(full)
    assert "went through" not in told
    assert f"waiting {ANSWERS}" in told
    site.run(SYNC, "never", "0")
    state = counted(site)
    assert (state["waiting"], state["responses"]) == (0, ANSWERS)

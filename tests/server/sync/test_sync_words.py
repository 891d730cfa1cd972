"""Words that their time cut on the site leave the warehouse too: its history, its copies, its file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.answering.models import Response
from peakend.server.privacy.retention import remove_old
from peakend.server.sync import snapshots, syncing, words
from peakend.server.sync.models import AnalysisRun, Watermark
from peakend.server.sync.opening import WarehouseBusyError, opened
from server.sync.conftest import rows_of

pytestmark = pytest.mark.django_db
OLD, NEW, FIRST = "the soup was cold in the old hall", "the new hall is fine", "at first I wrote of a spoon"


@pytest.fixture
def worded(answered: Callable[..., Any]) -> None:
    """Of three and a half years ago and of now, with words; one corrected after it was brought."""
    now = clock.now()
    old = answered(3, seed=4, completed_at=now - timedelta(days=1300))
    new = answered(2, seed=5, completed_at=now - timedelta(days=3))
    for rows, said in ((old, FIRST), (new, NEW)):
        for one in rows:
            one.answers["why"] = {"state": "answered", "text": said}
            one.save()
    syncing.sync()
    for one in old:
        one.answers["why"]["text"] = OLD
        one.synced = False
        one.save()
    syncing.sync()
    snapshots.publish(force=True)


def bytes_of(home: Any) -> bytes:
    return b"".join(path.read_bytes() for path in home.folder.rglob("*") if path.is_file())


def scores_of(engine: Any) -> list[Any]:
    rows = [row for row in rows_of(engine, "answers") if row["score"] is not None]
    return sorted((row["response_id"], row["question_id"], row["score"]) for row in rows)


def test_words_leave_the_warehouse_and_everything_else_stays(worded: None, home: Any) -> None:
    with opened() as engine:
        scores, history = scores_of(engine), len(rows_of(engine, "row_history"))
    assert OLD.encode() in bytes_of(home)
    assert FIRST.encode() in bytes_of(home)
    assert remove_old()["words"] == 3
    # Three answers, and what each of them said before.
    assert words.cut_due() == 6
    with opened() as engine:
        said = {row["text"] for row in rows_of(engine, "answers")}
        assert said == {None, NEW}
        assert scores_of(engine) == scores
        assert len(rows_of(engine, "row_history")) == history
    left = bytes_of(home)
    assert OLD.encode() not in left
    assert FIRST.encode() not in left
    assert NEW.encode() in left
    assert AnalysisRun.objects.filter(status="waiting").count() == 1


def test_cutting_happens_once_and_no_sync_brings_the_words_back(worded: None, home: Any) -> None:
    remove_old()
    assert words.cut_due() == 6
    assert words.cut_due() == 0
    remove_old()
    assert words.cut_due() == 0
    assert syncing.sync() == 0
    # Neither does a warehouse that is compared whole, in which case the cut is done anew.
    syncing.resync()
    assert syncing.sync() == 0
    remove_old()
    assert words.cut_due() == 0
    assert OLD.encode() not in bytes_of(home)


def test_an_answer_brought_after_the_cut_loses_its_words_with_the_next(
    worded: None, answered: Callable[..., Any], home: Any
) -> None:
    remove_old()
    words.cut_due()
    late = answered(1, seed=6, completed_at=clock.now() - timedelta(days=1300))[0]
    late.answers["why"] = {"state": "answered", "text": OLD}
    late.save()
    syncing.sync()
    with clock.at(clock.now() + timedelta(days=1, minutes=1)):
        remove_old()
        assert words.cut_due() == 1
    assert Response.objects.filter(answers__icontains=OLD).count() == 0
    assert OLD.encode() not in bytes_of(home)


def test_a_shorter_rule_is_carried_at_once(worded: None) -> None:
    words.cut_before(clock.now() - timedelta(days=1000))
    assert words.cut_due() == 6
    words.cut_before(clock.now() - timedelta(days=1))
    assert words.cut_due() == 2


def test_what_was_killed_or_busy_is_done_again(
    worded: None, monkeypatch: pytest.MonkeyPatch, home: Any
) -> None:
    words.cut_before(clock.now() - timedelta(days=1000))

    def busy() -> int:
        raise WarehouseBusyError(Text("Busy.", "忙。"))

    with monkeypatch.context() as patched:
        patched.setattr(words, "renew_copies", busy)
        assert words.cut_due() == 0
    assert "done" not in Watermark.objects.get(name="words").data
    assert OLD.encode() in bytes_of(home), "the copy still has it"
    assert words.cut_due() == 0, "the warehouse itself was done"
    assert "done" in Watermark.objects.get(name="words").data
    assert OLD.encode() not in bytes_of(home)


def test_a_warehouse_without_answers_has_nothing_to_cut(home: Any) -> None:
    words.cut_before(clock.now())
    assert words.cut_due() == 0

"""Customers' words that their time on the site has cut go from the warehouse as well; scores stay.

The site's rule is a time: words of answers before it go. So the time is all that is carried, and cutting
again changes nothing: a kill between the warehouse's commit and the mark does no harm, and an answer that
came late is found the next day. What rows said before, copies, and the file's bytes lose the words too.
"""

# Names are quoted and values are literals; nothing else enters the SQL here.
# ruff: noqa: S608

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from peakend.engine import Engine
from peakend.engine.duckdb import DuckDB
from peakend.server.acting import clock
from peakend.server.sync.erasure import renew_copies, rewrite
from peakend.server.sync.models import AnalysisRun, Watermark
from peakend.server.sync.opening import WarehouseBusyError, count, execute, opened
from peakend.server.sync.writing import SOURCE
from peakend.warehouse.load_sql import literal, quoted
from peakend.warehouse.versions import record_changes

_NAME = "words"
# Writing the file anew takes a while: once a day, or at once where the rule was made shorter.
_EVERY = timedelta(days=1)
_ANSWERS = ("answers", "as_loaded_answers")


def cut_before(before: datetime) -> None:
    """Have the worker cut the words of every answer of the site completed before `before`."""
    mark = Watermark.objects.filter(name=_NAME).first() or Watermark(name=_NAME)
    mark.data = {**mark.data, "before": before.isoformat()}
    mark.save()


def cut_due() -> int:
    """Cut what was asked for; rows that lost their words. 0 also while another process writes the warehouse:
    it is tried again."""
    mark = Watermark.objects.filter(name=_NAME).first()
    asked, done = (_time(mark, name) for name in ("before", "done"))
    if mark is None or asked is None or (done is not None and asked - done < _EVERY):
        return 0
    try:
        with opened() as engine:
            touched = cut(engine, asked)
            if touched:
                rewrite(engine, touched)
        renew_copies()
    except WarehouseBusyError:
        return 0
    # The sweep of the site may have asked for more meanwhile.
    now = Watermark.objects.filter(name=_NAME).first() or mark
    now.data = {**now.data, "done": asked.isoformat()}
    now.save()
    # Results may quote what customers wrote.
    if touched and not AnalysisRun.objects.filter(status="waiting").exists():
        AnalysisRun.objects.create(asked_at=clock.now())
    return sum(touched.values())


def cut(engine: Engine, before: datetime) -> dict[str, int]:
    """Blank the words of the site's answers before `before` in one transaction; rows by table."""
    at = before.astimezone(UTC).replace(tzinfo=None).isoformat()
    chosen = (
        f"(select response_id from {quoted('responses')} where {quoted('source')} = {literal(SOURCE)} "
        f"and {quoted('answered_at')} < cast({literal(at)} as timestamp))"
    )
    touched: dict[str, int] = {}
    if not engine.has_table("responses"):
        return touched
    with engine.transaction():
        for name in _ANSWERS:
            if engine.has_table(name):
                where = f"{quoted('text')} is not null and {quoted('response_id')} in {chosen}"
                _run(engine, name, f"{quoted('text')} = null", where, touched)
        if engine.has_table("row_history"):
            _run(engine, "row_history", *_history(engine, chosen), touched)
        if touched:
            record_changes(engine, sorted({"answers"} & set(touched)), f"words before {at}")
    return touched


def _history(engine: Engine, chosen: str) -> tuple[str, str]:
    """What to set, and where: what answers said before, without their words."""
    if isinstance(engine, DuckDB):
        without = """cast(json_merge_patch(row_json, '{"text": null}') as varchar)"""
        response, words = (f"json_extract_string(row_json, '$.{name}')" for name in ("response_id", "text"))
    else:
        without = "cast(cast(row_json as jsonb) - 'text' as varchar)"
        response, words = (f"(cast(row_json as jsonb) ->> '{name}')" for name in ("response_id", "text"))
    where = f"table_name = 'answers' and {words} is not null and {response} in {chosen}"
    return f"row_json = {without}", where


def _run(engine: Engine, name: str, sets: str, where: str, touched: dict[str, int]) -> None:
    rows = count(engine, f"select count(*) as n from {quoted(name)} where {where}")
    if rows:
        execute(engine, f"update {quoted(name)} set {sets} where {where}")
        touched[name] = rows


def _time(mark: Watermark | None, name: str) -> datetime | None:
    said = mark.data.get(name) if mark else None
    return datetime.fromisoformat(said) if said else None

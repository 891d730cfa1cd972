"""Answers as files: they come back as they went out, nobody is singled out, no cell is a formula."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyreadstat
import pytest
from python_calamine import CalamineWorkbook

from peakend.server.acting import clock
from peakend.server.acting.errors import InvalidError
from peakend.server.acting.models import AuditEntry
from peakend.server.answering.models import Response
from peakend.server.customers.models import Customer
from peakend.server.surveys import publishing, services
from peakend.server.surveys.exporting.answers import export_answers
from peakend.server.surveys.exporting.columns import NOT_USED
from peakend.server.surveys.exporting.files import csv_file, sav_file, xlsx_file
from peakend.server.surveys.models import Survey

pytestmark = pytest.mark.django_db
NOON = datetime(2024, 5, 6, 12, tzinfo=UTC)
QUESTIONS: list[dict[str, Any]] = [
    {
        "id": "recommend",
        "type": "nps",
        "item": "recommend",
        "text": {"en": "Recommend?", "zh": "推荐吗？"},
        "low_label": {"en": "No", "zh": "不会"},
        "high_label": {"en": "Yes", "zh": "会"},
    },
    {
        "id": "errand",
        "type": "single",
        "text": {"en": "Errand?", "zh": "办什么？"},
        "options": [
            {"code": "cash", "text": {"en": "Cash", "zh": "现金"}},
            {"code": "loan", "text": {"en": "Loan", "zh": "贷款"}},
        ],
    },
    {
        "id": "good",
        "type": "multiple",
        "text": {"en": "Good?", "zh": "哪里好？"},
        "options": [
            {"code": "a-1", "text": {"en": "Seats", "zh": "座椅"}},
            {"code": "b", "text": {"en": "Food", "zh": "餐食"}},
        ],
    },
    {
        "id": "parts",
        "type": "matrix",
        "not_applicable": True,
        "text": {"en": "Rate", "zh": "评分"},
        "rows": [
            {"code": "bar", "text": {"en": "Bar", "zh": "吧台"}},
            {"code": "wifi", "text": {"en": "Wi-Fi", "zh": "无线网"}},
        ],
    },
    {"id": "met", "type": "pair", "text": {"en": "Neat", "zh": "整洁"}},
    {
        "id": "first",
        "type": "ranking",
        "text": {"en": "Order", "zh": "排序"},
        "options": [
            {"code": "x", "text": {"en": "X", "zh": "甲"}},
            {"code": "y", "text": {"en": "Y", "zh": "乙"}},
        ],
    },
    {"id": "why", "type": "text", "text": {"en": "Why?", "zh": "为什么？"}},
]
ANSWERS = {
    "recommend": {"state": "answered", "score": 9},
    "errand": {"state": "answered", "choice": ["loan"]},
    "good": {"state": "answered", "choice": ["b"]},
    "parts.bar": {"state": "answered", "score": 4},
    "parts.wifi": {"state": "not_used"},
    "met.expectation": {"state": "answered", "score": 6},
    "met": {"state": "answered", "score": 5},
    "first": {"state": "answered", "choice": ["y", "x"]},
    "why": {"state": "answered", "text": '=HYPERLINK("http://evil")\n很好，谢谢 😀'},
}


@pytest.fixture
def survey(live_survey: Any) -> Survey:
    return live_survey(
        {
            "languages": ["en", "zh"],
            "default_language": "en",
            "title": {"en": "Branch", "zh": "网点"},
            "pages": [{"id": "p1", "questions": QUESTIONS}],
        }
    )


def answered(survey: Survey, number: int, at: datetime = NOON, **fields: Any) -> Response:
    return Response.objects.create(
        **{
            "survey": survey,
            "version": survey.current,
            "key": f"key-{number:03}",
            "language": "en",
            "channel": "qr",
            "state": "completed",
            "answers": ANSWERS,
            "started_at": at,
            "completed_at": at,
            **fields,
        }
    )


def table(survey: Survey, actor: Any, **asked: Any) -> list[dict[str, str]]:
    text = "".join(csv_file(export_answers(actor=actor, key=survey.key, **asked)))
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_csv_has_a_row_a_response_and_no_formula(survey: Survey, company: Any) -> None:
    customer = Customer.objects.create(customer_id="-C1")
    answered(survey, 1, customer=customer, site=company.sites["north"])
    Response.objects.create(
        survey=survey, version=survey.current, language="zh", channel="qr", started_at=NOON, answers={}
    )
    (row,) = table(survey, company.actor("analyst"))
    assert row["response"] == "key-001"
    assert (row["customer"], row["site"]) == ("'-C1", "north")
    assert row["completed_at"] == "2024-05-06T12:00:00Z"
    assert (row["recommend"], row["errand"]) == ("9", "loan")
    assert (row["good_a_1"], row["good_b"]) == ("0", "1")
    assert (row["parts_bar"], row["parts_wifi"]) == ("4", "not_used")
    assert (row["met_expectation"], row["met"]) == ("6", "5")
    assert (row["first_x"], row["first_y"]) == ("2", "1")
    assert row["why"] == "'" + ANSWERS["why"]["text"]
    entry = AuditEntry.objects.get(action="surveys.answers.exported")
    assert (entry.data, entry.subject_key) == ({"count": 1, "file": "csv"}, survey.key)


def test_xlsx_holds_words_and_a_code_book(survey: Survey, company: Any) -> None:
    answered(survey, 1)
    export = export_answers(actor=company.actor("analyst"), key=survey.key)
    book = CalamineWorkbook.from_filelike(xlsx_file(export, "zh"))
    assert book.sheet_names == ["答卷", "编码表"]
    head, row = book.get_sheet_by_name("答卷").to_python()
    cells = dict(zip(head, row, strict=True))
    assert cells["why"] == ANSWERS["why"]["text"]  # a string cell, not a formula
    assert (cells["recommend"], cells["parts_wifi"]) == (9, "not_used")
    assert cells["completed_at"] == NOON.replace(tzinfo=None)
    codes = [tuple(line) for line in book.get_sheet_by_name("编码表").to_python()]
    assert ("errand", "", "loan", "贷款") in codes


def test_spss_comes_back_with_its_labels(survey: Survey, company: Any, tmp_path: Path) -> None:
    answered(survey, 1, site=company.sites["north"])
    answered(survey, 2, answers={"recommend": {"state": "no_answer"}})
    export = export_answers(actor=company.actor("analyst"), key=survey.key)
    file = tmp_path / "answers.sav"
    with sav_file(export, "zh") as made:
        file.write_bytes(made.read())
    frame, meta = pyreadstat.read_sav(str(file), user_missing=True)
    row, empty = frame.to_dict("records")
    assert (row["response"], row["site"]) == ("key-001", "north")
    assert row["why"] == ANSWERS["why"]["text"]
    assert (row["recommend"], row["errand"], row["good_b"], row["first_y"]) == (9, 2, 1, 1)
    assert row["parts_wifi"] == NOT_USED
    assert row["completed_at"].isoformat() == "2024-05-06T12:00:00"
    assert all(
        value != value or value == ""
        for name, value in empty.items()
        if name in ("recommend", "why", "errand")
    )
    assert meta.column_names_to_labels["errand"] == "办什么？"
    assert meta.column_names_to_labels["parts_bar"] == "评分: 吧台"
    assert meta.variable_value_labels["errand"] == {1.0: "现金", 2.0: "贷款"}
    assert meta.variable_value_labels["recommend"] == {0.0: "不会", 10.0: "会"}
    assert meta.variable_value_labels["parts_wifi"] == {-8.0: "未使用"}
    assert meta.missing_ranges["parts_wifi"] == [{"lo": -8.0, "hi": -8.0}]
    assert meta.file_label == "网点"
    hidden, _ = pyreadstat.read_sav(str(file))
    assert hidden["parts_wifi"].isna().all()


def test_spss_bears_what_people_write(live_survey: Any, company: Any) -> None:
    odd = [
        {"id": "with", "type": "text", "text": {"en": "长" * 300}},
        {
            "id": "q",
            "type": "single",
            "text": {"en": "Q"},
            "options": [{"code": c, "text": {"en": "选" * 90 + c}} for c in ("1", "01", "2.5")],
        },
        {"id": "site", "type": "text", "text": {"en": "Which site?"}},
    ]
    survey = live_survey(
        {
            "languages": ["en"],
            "default_language": "en",
            "title": {"en": "T" * 90},
            "pages": [{"id": "p", "questions": odd}],
        }
    )
    answered(
        survey,
        1,
        answers={
            "with": {"state": "answered", "text": "ab" + "长" * 20_000},
            "site": {"state": "answered", "text": "north"},
            "q": {"state": "answered", "choice": ["2.5"]},
        },
    )
    export = export_answers(actor=company.actor("analyst"), key=survey.key)
    with sav_file(export, "en") as made:
        Path(made.name)
        assert made.read(4) == b"$FL2"
    assert len(set(export.names())) == len(export.names())


def test_an_empty_survey_exports_its_head(survey: Survey, company: Any) -> None:
    export = export_answers(actor=company.actor("analyst"), key=survey.key)
    assert list(csv_file(export))[1].startswith("response,customer,")
    with sav_file(export, "en") as made:
        assert made.read(4) == b"$FL2"


def test_reach_and_period_limit_the_rows(survey: Survey, company: Any) -> None:
    answered(survey, 1, site=company.sites["north"])
    answered(survey, 2, site=company.sites["south"])
    answered(survey, 3, NOON + timedelta(days=3), site=company.sites["north"])
    company.users["analyst"].sites.add(company.sites["north"])
    actor = company.actor("analyst")
    assert [row["response"] for row in table(survey, actor)] == ["key-001", "key-003"]
    assert [r["response"] for r in table(survey, actor, until=NOON.date())] == ["key-001"]
    assert [r["response"] for r in table(survey, actor, since=NOON.date() + timedelta(days=1))] == ["key-003"]


def test_a_broken_series_has_two_columns(company: Any) -> None:
    manager = company.actor("cx_manager")
    survey = services.create_survey(actor=manager, name={}, from_template="nps")
    first = publishing.publish(actor=manager, key=survey.key, revision=0)
    draft = first.questionnaire
    draft["pages"][0]["questions"][0]["text"]["en"] = "Other words?"
    services.save_draft(actor=manager, key=survey.key, revision=0, questionnaire=draft)
    second = publishing.publish(
        actor=manager, key=survey.key, revision=1, confirmed=["recommend"], reason="test"
    )
    survey = Survey.objects.get(pk=survey.pk)
    answered(survey, 1, version=first)
    answered(survey, 2, version=second)
    rows = table(survey, manager)
    assert [(r["recommend"], r["recommend_s2"]) for r in rows] == [("9", ""), ("", "9")]
    assert len({r["why"] for r in rows}) == 1


def test_anonymous_answers_have_no_keys_and_come_in_blocks(survey: Survey, company: Any) -> None:
    Survey.objects.filter(pk=survey.pk).update(anonymous=True)
    actor = company.actor("analyst")
    for n in range(9):
        answered(survey, n, site=company.sites["north"])
    with clock.at(NOON + timedelta(days=1)), pytest.raises(InvalidError):
        export_answers(actor=actor, key=survey.key)
    answered(survey, 9, site=company.sites["south"], channel="kiosk")
    with clock.at(NOON + timedelta(hours=1)), pytest.raises(InvalidError):
        export_answers(actor=actor, key=survey.key)  # the day is not over
    for n in range(10, 15):
        answered(survey, n, NOON + timedelta(days=1), site=company.sites["north"])
    with clock.at(NOON + timedelta(days=2)):
        rows = table(survey, actor)
        with pytest.raises(InvalidError):
            export_answers(actor=actor, key=survey.key, since=NOON.date())
    # Five of the second day wait: one export never differs from the next by less than ten.
    assert len(rows) == 10
    assert set(rows[0]) & {"response", "customer", "employee", "completed_at", "team", "seconds"} == set()
    assert {row["day"] for row in rows} == {"2024-05-06"}
    # Nine of the north would single out the one of the south.
    assert {(row["site"], row["channel"], row["language"]) for row in rows} == {("", "", "")}
    text = repr(rows)
    assert "key-0" not in text
    assert "12:00" not in text


def test_small_groups_stay_unnamed_and_large_ones_are_named(survey: Survey, company: Any) -> None:
    Survey.objects.filter(pk=survey.pk).update(anonymous=True)
    for n in range(30):
        answered(survey, n, site=company.sites["north" if n < 20 else "south"])
    with clock.at(NOON + timedelta(days=1)):
        rows = table(survey, company.actor("analyst"))
    assert sorted(row["site"] for row in rows) == ["north"] * 20 + ["south"] * 10
    assert {row["channel"] for row in rows} == {"qr"}

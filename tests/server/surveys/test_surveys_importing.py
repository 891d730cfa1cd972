"""Files of other systems: what comes over, what is lost and said to be, and what is refused."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest

from peakend.server.acting.errors import InvalidError
from peakend.server.surveys.drafts import dumped, read_draft
from peakend.server.surveys.importing.bringing import bring_survey, own_file, read_file
from peakend.server.surveys.importing.report import Imported
from peakend.server.surveys.library import templates
from peakend.server.surveys.uploads import MOST_BYTES


def qsf(*questions: dict[str, Any], flow: list[dict[str, Any]] | None = None, **options: Any) -> bytes:
    """A file with one block of these questions and a page break after the first."""
    elements: list[dict[str, Any]] = [{"Type": "Question", "QuestionID": q["QuestionID"]} for q in questions]
    elements.insert(1, {"Type": "Page Break"})
    return json.dumps(
        {
            "SurveyEntry": {"SurveyID": "SV_1", "SurveyName": "Lounge &amp; bar", "SurveyLanguage": "EN"},
            "SurveyElements": [
                {
                    "Element": "BL",
                    "PrimaryAttribute": "Survey Blocks",
                    "Payload": {
                        "0": {
                            "Type": "Default",
                            "Description": "Main",
                            "ID": "BL_1",
                            "BlockElements": elements,
                        },
                        "1": {"Type": "Trash", "Description": "Trash", "ID": "BL_2", "BlockElements": [{}]},
                    },
                },
                {
                    "Element": "FL",
                    "Payload": {"Flow": flow or [{"Type": "Block", "ID": "BL_1", "FlowID": "FL_2"}]},
                },
                {"Element": "SO", "Payload": {"EOSMessage": "Thank <b>you</b>.", **options}},
                {"Element": "QO", "Payload": {}},
                *({"Element": "SQ", "PrimaryAttribute": q["QuestionID"], "Payload": q} for q in questions),
            ],
        }
    ).encode()


NPS = {
    "QuestionID": "QID1",
    "DataExportTag": "Recommend",
    "QuestionType": "MC",
    "Selector": "NPS",
    "QuestionText": "<div>Would you <b>recommend</b> us,<br>${e://Field/FirstName}?</div>",
    "Choices": {str(n): {"Display": str(n)} for n in range(11)},
    "ColumnLabels": [{"Display": "Not likely"}, {"Display": "Very likely"}],
    "Validation": {"Settings": {"ForceResponse": "ON", "ForceResponseType": "ON"}},
    "Language": {"ZH-S": {"QuestionText": "您会推荐我们吗？"}},
}
CHOICE = {
    "QuestionID": "QID2",
    "DataExportTag": "Q2",
    "QuestionType": "MC",
    "Selector": "MAVR",
    "SubSelector": "TX",
    "QuestionText": "What was good?",
    "Choices": {
        "1": {"Display": "Seats"},
        "4": {"Display": "Food", "TextEntry": "true"},
        "5": {"Display": "Nothing", "ExclusiveAnswer": True},
    },
    "ChoiceOrder": ["4", "1", "5"],
    "RecodeValues": {"1": "10", "4": "20", "5": "99"},
    "Language": {"ZH-S": {"QuestionText": "哪里好？", "Choices": {"1": {"Display": "座椅"}}}},
    "QuestionJS": "alert(1)",
}
TEXT = {
    "QuestionID": "QID3",
    "DataExportTag": "why",
    "QuestionType": "TE",
    "Selector": "ML",
    "QuestionText": "You said ${q://QID1/ChoiceGroup/SelectedChoices}. Why? ${lm://Field/1}",
    "DisplayLogic": {
        "0": {
            "0": {
                "LogicType": "Question",
                "QuestionID": "QID2",
                "ChoiceLocator": "q://QID2/SelectableChoice/4",
                "Operator": "Selected",
            },
            "1": {
                "LogicType": "Question",
                "QuestionID": "QID1",
                "ChoiceLocator": "q://QID1/SelectableChoice/3",
                "Operator": "Selected",
                "Conjuction": "Or",
            },
            "Type": "If",
        },
        "Type": "BooleanExpression",
    },
}
MATRIX = {
    "QuestionID": "QID4",
    "DataExportTag": "parts",
    "QuestionType": "Matrix",
    "Selector": "Likert",
    "SubSelector": "SingleAnswer",
    "QuestionText": "Rate",
    "Choices": {"1": {"Display": "Bar"}, "2": {"Display": "Wi-Fi"}},
    "Answers": {
        "1": {"Display": "Poor"},
        "2": {"Display": "Fair"},
        "3": {"Display": "Good"},
        "4": {"Display": "Did not use"},
    },
    "AnswerOrder": ["1", "2", "3", "4"],
}
HEAT = {
    "QuestionID": "QID5",
    "DataExportTag": "where",
    "QuestionType": "HeatMap",
    "Selector": "Image",
    "QuestionText": "Click where it hurts",
}


def said(found: Imported) -> str:
    return "\n".join(f"{one.where}: {one.what.en}" for one in found.losses)


def test_a_qsf_file_comes_over_with_its_languages_logic_and_losses() -> None:
    found = read_file(qsf(NPS, CHOICE, TEXT, MATRIX, HEAT))
    draft = found.draft
    assert draft.languages == ["en", "zh"]
    assert [[q.id for q in page.questions] for page in draft.pages] == [["recommend"], ["q2", "why", "parts"]]
    nps, several, why, parts = draft.questions()
    assert (nps.type, nps.required, nps.overall) == ("nps", True, True)
    assert nps.text == {"en": "Would you recommend us,\n{{@FirstName}}?", "zh": "您会推荐我们吗？"}
    assert (nps.low_label["en"], nps.high_label["en"]) == ("Not likely", "Very likely")
    assert [o.code for o in several.options] == ["20", "10", "99"]
    assert [o.exclusive for o in several.options] == [False, False, True]
    assert several.options[1].text == {"en": "Seats", "zh": "座椅"}
    assert why.text["en"] == "You said {{recommend}}. Why?"
    assert why.show_if is not None
    assert why.show_if.match == "any"
    assert [(c.question, c.op, c.value) for c in why.show_if.conditions] == [
        ("q2", "contains", "20"),
        ("recommend", "eq", 3),
    ]
    assert (parts.scale, parts.not_applicable) == ((1, 3), True)
    assert (parts.low_label["en"], parts.high_label["en"]) == ("Poor", "Good")
    assert draft.thanks == {"en": "Thank you."}
    for piece in (
        "Recommend: HTML was stripped (<b>)",
        "Q2: The text box of an option was removed",
        "Q2: JavaScript was removed",
        "why: The piped text ${lm://Field/1} was removed",
        "parts: The words of the steps between were dropped: Fair",
        "where: Left out: heat map. “Click where it hurts”",
        "quotas: 1 quotas",
        "trash: Questions in the trash",
    ):
        assert piece in said(found)


def test_what_a_flow_does_is_named() -> None:
    flow = [
        {
            "Type": "Branch",
            "FlowID": "FL_3",
            "BranchLogic": {},
            "Flow": [{"Type": "Standard", "ID": "BL_1"}],
        },
        {"Type": "EndSurvey", "FlowID": "FL_4"},
        {"Type": "EmbeddedData", "FlowID": "FL_5", "EmbeddedData": [{"Field": "Tier"}]},
    ]
    found = read_file(qsf(NPS, CHOICE, flow=flow, Footer="x"))
    assert len(list(found.draft.questions())) == 2
    for piece in ("FL_3: The condition of a branch", "FL_4: The step EndSurvey", "Tier", "footer"):
        assert piece in said(found)


def test_logic_that_has_no_equal_is_named_and_left_out() -> None:
    strange = {**TEXT, "DisplayLogic": {"0": {"0": {"LogicType": "Quota"}}, "1": {}}}
    found = read_file(qsf(NPS, strange))
    assert [q.show_if for q in found.draft.questions()] == [None, None]
    assert "why: Its display logic was not taken over: it is shown to everybody." in said(found)


def rows(table: str, *listed: dict[str, Any]) -> str:
    cells = "".join(
        "<row>" + "".join(f"<{k}><![CDATA[{v}]]></{k}>" for k, v in row.items()) + "</row>" for row in listed
    )
    return f"<{table}><fields/><rows>{cells}</rows></{table}>"


def lss(body: str, languages: str = "<language>en</language><language>zh-Hans</language>") -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><document><LimeSurveyDocType>Survey</LimeSurveyDocType>'
        f"<DBVersion>355</DBVersion><languages>{languages}</languages>{body}</document>"
    ).encode()


def asked(qid: int, kind: str, title: str, en: str, zh: str = "", **more: Any) -> list[dict[str, Any]]:
    base = {"qid": qid, "parent_qid": 0, "gid": 1, "type": kind, "title": title, "question_order": qid}
    base |= {"mandatory": "N", "other": "N", "relevance": "1"} | more
    return [{**base, "question": en, "language": "en"}, {**base, "question": zh, "language": "zh-Hans"}]


SURVEY = rows("surveys", {"sid": 9, "language": "en", "additional_languages": "zh-Hans", "anonymized": "Y"})
SETTINGS = rows(
    "surveys_languagesettings",
    {"surveyls_language": "en", "surveyls_title": "Branch", "surveyls_welcometext": "<p>Hello</p>"},
    {"surveyls_language": "zh-Hans", "surveyls_title": "网点", "surveyls_welcometext": "您好"},
)
GROUPS = rows(
    "groups",
    {"gid": 1, "group_name": "One", "group_order": 1, "language": "en", "grelevance": "1"},
    {"gid": 1, "group_name": "第一组", "group_order": 1, "language": "zh-Hans", "grelevance": "1"},
)


def test_an_lss_file_of_version_3_comes_over() -> None:
    questions = rows(
        "questions",
        *asked(1, "L", "Q1", "How likely are you to recommend us?", "您会推荐我们吗？", mandatory="Y"),
        *asked(2, "M", "Q2", "What was good?", "哪里好？", relevance='Q1.NAOK == "3"'),
        *asked(3, "F", "Q3", "Rate", "请评分"),
        *asked(
            4,
            "T",
            "Q4",
            "Why {Q2.shown}? {if(Q1>3,'a','b')}",
            "为什么？",
            relevance="((Q2_A.NAOK == 'Y')) and Q3_B.NAOK <= 2",
        ),
        *asked(5, "|", "Q5", "Send a photo", "上传照片"),
        *asked(6, "S", "Q6", "Anything?", "其他？", relevance="count(Q2) > 1"),
    )
    subs = rows(
        "subquestions",
        {
            "qid": 21,
            "parent_qid": 2,
            "title": "A",
            "question": "Seats",
            "question_order": 1,
            "language": "en",
        },
        {
            "qid": 21,
            "parent_qid": 2,
            "title": "A",
            "question": "座椅",
            "question_order": 1,
            "language": "zh-Hans",
        },
        {"qid": 22, "parent_qid": 2, "title": "Z", "question": "None", "question_order": 2, "language": "en"},
        {"qid": 31, "parent_qid": 3, "title": "B", "question": "Bar", "question_order": 1, "language": "en"},
    )
    answers = rows(
        "answers",
        *(
            {"qid": 1, "code": n, "answer": n, "sortorder": n, "language": t}
            for n in range(11)
            for t in ("en", "zh-Hans")
        ),
        *(
            {"qid": 3, "code": f"A{n}", "answer": word, "sortorder": n, "language": "en"}
            for n, word in enumerate(("Bad", "Fair", "Good"), 1)
        ),
    )
    attributes = rows(
        "question_attributes",
        {"qid": 2, "attribute": "exclude_all_others", "value": "Z"},
        {"qid": 2, "attribute": "random_order", "value": "1"},
        {"qid": 2, "attribute": "array_filter", "value": "Q9"},
    )
    found = read_file(lss(SURVEY + SETTINGS + GROUPS + questions + subs + answers + attributes))
    draft = found.draft
    assert (draft.languages, draft.title["zh"], draft.intro["en"]) == (["en", "zh"], "网点", "Hello")
    assert draft.pages[0].title == {"en": "One", "zh": "第一组"}
    first, second, third, fourth, sixth = draft.questions()
    assert (first.type, first.required) == ("nps", True)
    assert (second.type, second.shuffle) == ("multiple", True)
    assert [(o.code, o.exclusive) for o in second.options] == [("A", False), ("Z", True)]
    assert second.show_if is not None
    assert [(c.question, c.op, c.value) for c in second.show_if.conditions] == [("q1", "eq", 3)]
    assert (third.type, third.scale, third.low_label) == ("matrix", (1, 3), {"en": "Bad"})
    assert fourth.show_if is not None
    assert [(c.question, c.op, c.value) for c in fourth.show_if.conditions] == [
        ("q2", "contains", "A"),
        ("q3.B", "le", 2),
    ]
    assert fourth.text["en"] == "Why {{q2}}?"
    assert sixth.show_if is None
    for piece in (
        "Q1: A list from 0 to 10 about recommending became an NPS question",
        "Q2: Its setting array_filter was not taken over",
        "Q3: The words of the steps between were dropped: Fair",
        "Q4: The expression {if(Q1>3,'a','b')} was removed",
        "Q5: Left out: file upload. “Send a photo”",
        "Q6: Its condition was not taken over, it is shown to everybody: count(Q2) > 1",
        "survey: The survey was anonymous there",
    ):
        assert piece in said(found)


def test_an_lss_file_of_version_6_keeps_its_texts_apart() -> None:
    body = (
        SURVEY
        + SETTINGS
        + rows("groups", {"gid": 1, "group_order": 1})
        + rows("group_l10ns", {"gid": 1, "group_name": "One", "language": "en"})
        + rows(
            "questions",
            {
                "qid": 5,
                "parent_qid": 0,
                "gid": 1,
                "type": "L",
                "title": "G01Q01",
                "mandatory": "Y",
                "question_order": 1,
            },
        )
        + rows(
            "question_l10ns",
            {"qid": 5, "question": "Errand?", "language": "en"},
            {"qid": 5, "question": "办什么？", "language": "zh-Hans"},
        )
        + rows("answers", *({"aid": n, "qid": 5, "code": f"AO0{n}", "sortorder": n} for n in (1, 2)))
        + rows(
            "answer_l10ns",
            *({"aid": n, "answer": f"{t}{n}", "language": t} for n in (1, 2) for t in ("en", "zh-Hans")),
        )
    )
    (only,) = read_file(lss(body)).draft.questions()
    assert (only.id, only.type, only.text["zh"]) == ("g01q01", "single", "办什么？")
    assert [o.text for o in only.options] == [{"en": f"en{n}", "zh": f"zh-Hans{n}"} for n in (1, 2)]


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b"<document><LimeSurveyDocType>&b;</LimeSurveyDocType></document>"
)
OUTSIDE = (
    b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    b"<document><LimeSurveyDocType>&x;</LimeSurveyDocType></document>"
)


def zipped(name: str, content: bytes, times: int = 1) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for n in range(times):
            archive.writestr(f"{n}{name}", content)
    return target.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"{",
        b"{}",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"SurveyElements": [{"Element": "SQ", "PrimaryAttribute": "QID1", "Payload": []}, 7]}'[:-9],
        b"<document>",
        b"<a>" * 50,
        b"<document><LimeSurveyDocType>Label set</LimeSurveyDocType></document>",
        BOMB,
        OUTSIDE,
        b'<?xml version="1.0" encoding="nonsense"?><a/>',
        b"\xff\xfe<\x00a\x00",
        zipped(".lss", b"0" * 60_000_000),
        zipped(".lss", b"<a/>", 2),
        b"PK\x03\x04broken",
        b" " * (MOST_BYTES + 1),
        json.dumps({"format": "peakend.questionnaire/1", "questionnaire": {"pages": 7}}).encode(),
        json.dumps({"pages": [], "languages": ["en"], "default_language": "en", "title": {}}).encode(),
    ],
    ids=range(20),
)
def test_what_is_no_questionnaire_or_hostile_is_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(InvalidError) as caught:
        read_file(content)
    assert caught.value.what.zh


def test_odd_shapes_of_json_never_break_the_reader() -> None:
    for value in (None, 7, "x", [], [7], {"a": 7}, True):
        whole = {**CHOICE, "Choices": value, "Language": value, "Validation": value, "RecodeValues": value}
        whole |= {"DisplayLogic": value, "QuestionText": value, "Randomization": value, "ChoiceOrder": value}
        found = read_file(qsf(NPS, whole))
        assert next(iter(found.draft.questions())).type == "nps"


def test_markup_of_a_file_is_words_never_markup() -> None:
    wicked = {**NPS, "QuestionText": "<script>alert(1)</script>Hi &lt;img src=x onerror=alert(2)&gt;"}
    found = read_file(qsf(wicked, CHOICE))
    assert next(iter(found.draft.questions())).text["en"] == "Hi <img src=x onerror=alert(2)>"
    assert "A script or style was removed" in said(found)


@pytest.mark.parametrize("name", sorted(templates()))
def test_our_own_file_comes_back_exactly(name: str) -> None:
    draft = read_draft(dumped(templates()[name].questionnaire))
    content = json.dumps(own_file(draft), ensure_ascii=False).encode()
    found = read_file(zipped(".json", content))
    assert dumped(found.draft) == dumped(draft)
    assert found.losses == []


@pytest.mark.django_db
def test_an_imported_survey_is_a_draft_like_any_other(company: Any) -> None:
    survey, found = bring_survey(actor=company.actor("cx_manager"), content=qsf(NPS, CHOICE))
    assert (survey.status, survey.name["en"]) == ("draft", "Lounge & bar")
    assert survey.draft == dumped(found.draft)

"""The builder in a browser without scripts, the languages, and the API beside them."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from peakend.server.surveys import publishing, services
from peakend.server.surveys.balance import audited
from peakend.server.surveys.checks import problems
from peakend.server.surveys.library import item_bank, templates
from peakend.server.surveys.models import Survey
from peakend.server.surveys.selectors import draft_of
from peakend.server.surveys.tables import read_table, xlsx
from peakend.server.surveys.translations import sheet
from peakend.server.web.downloads import bare, guarded

pytestmark = pytest.mark.django_db
EVIL = "<script>alert(1)</script>\"'{{7*7}}{% now %}"


@pytest.fixture
def survey(company: Any) -> Survey:
    return services.create_survey(actor=company.actor("cx_manager"), name={}, from_template="csat")


def fresh(survey: Survey) -> Survey:
    return Survey.objects.get(pk=survey.pk)


def test_from_nothing_to_published_without_a_script(client_of: Any) -> None:
    client = client_of("cx_manager")
    assert "Ask your customers" in client.get("/surveys/").content.decode()
    made = client.post("/surveys/new/", {"name": "Lounge", "both": "on"})
    survey = Survey.objects.get()
    at = f"/surveys/{survey.key}/"
    assert made.url == at
    added = client.post(f"{at}change/", {"revision": 0, "do": "add-question:p1", "type": "single"})
    assert added.url == f"{at}questions/q1/"
    form = {
        "revision": 1,
        "text.en": "Errand?",
        "text.zh": "您来办什么？",
        "options.count": 6,
        "options.0.was": "a",
        "options.0.code": "cash",
        "options.0.text.en": "Cash",
        "options.0.text.zh": "现金",
        "options.1.was": "b",
        "options.1.code": "b",
        "options.1.text.en": "Loan",
        "options.1.text.zh": "贷款",
        "options.2.was": "c",
        "options.2.remove": "on",
        "options.3.text.en": "Other",
        "options.3.text.zh": "其他",
        "required": "on",
        "id": "errand",
        "item": "errand",
        "touchpoint": "lounge",
    }
    assert client.post(f"{at}questions/q1/", form).url == f"{at}#errand"
    asked = draft_of(fresh(survey)).pages[0].questions[0]
    assert [(o.code, o.text["zh"]) for o in asked.options] == [
        ("cash", "现金"),
        ("b", "贷款"),
        ("o1", "其他"),
    ]
    assert (asked.required, asked.item, asked.touchpoint) == (True, "errand", "lounge")
    client.post(f"{at}change/", {"revision": 2, "do": "add-question:p1", "type": "bank.felt_trust"})
    client.post(
        f"{at}questions/felt_trust/",
        {
            "revision": 3,
            "text.en": "You came for {{errand}}. I trust this company.",
            "text.zh": "您办理的是{{errand}}。我信任这家企业。",
            "id": "felt_trust",
            "item": "felt_trust",
            "rule.0.question": "errand",
            "rule.0.op": "in",
            "rule.0.value": "cash，b",
        },
    )
    rule = draft_of(fresh(survey)).pages[0].questions[1].show_if
    assert rule is not None
    assert rule.conditions[0].value == ["cash", "b"]
    # A new code is followed by rules and piped texts.
    client.post(f"{at}questions/errand/", {**form, "revision": 4, "options.count": 0, "id": "visit"})
    second = draft_of(fresh(survey)).pages[0].questions[1]
    assert second.show_if is not None
    assert second.show_if.conditions[0].question == "visit"
    assert "{{visit}}" in second.text["zh"]


def test_moving_over_pages_and_back(client_of: Any, survey: Survey) -> None:
    client, at = client_of("cx_manager"), f"/surveys/{survey.key}/change/"
    for n, do in enumerate(
        [
            "add-page",
            "down:better",
            "up:better",
            "remove-page:p2",
            "copy:valued",
            "remove:open",
            "down:satisfied",
        ]
    ):
        assert client.post(at, {"revision": n, "do": do}).status_code == 302
    ids = [q.id for q in draft_of(fresh(survey)).questions()]
    assert ids == ["settled", "satisfied", "valued", "q1", "better"]
    assert fresh(survey).draft_revision == 7
    answer = client.post(at, {"revision": 7, "do": "up:settled"}, headers={"HX-Request": "true"})
    assert 'id="builder"' in answer.content.decode()
    assert client.post(at, {"revision": 7, "do": "remove:settled"}, headers={"HX-Request": "true"})[
        "HX-Redirect"
    ]
    assert len(list(draft_of(fresh(survey)).questions())) == 5
    for wrong in ("", "drop", "up:nothing", "add-question:p9"):
        assert client.post(at, {"revision": 8, "do": wrong, "type": "text"}).status_code == 404


def test_a_conflict_keeps_what_was_typed(client_of: Any, survey: Survey, company: Any) -> None:
    services.save_draft(
        actor=company.actor("administrator"), key=survey.key, revision=0, questionnaire=survey.draft
    )
    client, at = client_of("cx_manager"), f"/surveys/{survey.key}/questions/better/"
    form = {"revision": 0, "text.en": "My own words", "text.zh": "我的话", "id": "better"}
    answer = client.post(at, form)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "administrator saved this survey" in page
    assert "My own words" in page
    assert 'name="revision" value="1"' in page
    assert client.post(at, {**form, "revision": 1}).status_code == 302


def test_a_wrong_field_says_so_and_keeps_the_rest(client_of: Any, survey: Survey) -> None:
    answer = client_of("cx_manager").post(
        f"/surveys/{survey.key}/questions/valued/",
        {
            "revision": 0,
            "text.en": "Kept",
            "scale_low": "x",
            "scale_high": "999",
            "item": "No Good",
            "id": "open",
        },
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Kept" in page
    assert "No Good" in page
    assert fresh(survey).draft_revision == 0


PATHS = (
    "",
    "words/",
    "pages/p1/",
    "questions/satisfied/",
    "languages/",
    "languages/zh/",
    "versions/",
    "versions/1/",
    "preview/",
    "settings/",
    "publish/",
    "export/",
)


def test_nothing_that_was_entered_becomes_markup(client_of: Any, survey: Survey, company: Any) -> None:
    manager = company.actor("cx_manager")
    draft = draft_of(survey)
    from peakend.server.surveys.drafts import dumped
    from peakend.server.surveys.texts import places

    for place in places(draft):
        for language in ("en", "zh"):
            place.words[language] = EVIL.replace("{{7*7}}", "")
    for question in draft.questions():
        question.dimension = question.touchpoint = EVIL
    services.save_draft(actor=manager, key=survey.key, revision=0, questionnaire=dumped(draft))
    services.change_settings(actor=manager, key=survey.key, name={"en": EVIL, "zh": EVIL}, programme=EVIL)
    publishing.publish(actor=manager, key=survey.key, revision=1)
    client = client_of("cx_manager")
    for path in ("/surveys/", *(f"/surveys/{survey.key}/{path}" for path in PATHS)):
        answer = client.get(path)
        assert answer.status_code == 200, path
        page = answer.content.decode()
        assert "<script>alert" not in page
        assert not re.search(r"value=\"[^\"]*<script", page)


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_every_page_opens_in_both_languages(
    client_of: Any, survey: Survey, company: Any, language: str
) -> None:
    publishing.publish(actor=company.actor("cx_manager"), key=survey.key, revision=0)
    client = client_of("cx_manager")
    for path in (
        "/surveys/",
        "/surveys/new/",
        "/surveys/import/",
        *(f"/surveys/{survey.key}/{p}" for p in PATHS),
    ):
        answer = client.get(path, headers={"accept-language": language})
        assert answer.status_code == 200, path
        assert re.search(r"<h1>.*\S.*</h1>", answer.content.decode(), re.DOTALL)


def test_supervisors_read_and_do_not_edit(client_of: Any, survey: Survey) -> None:
    client, at = client_of("north.supervisor"), f"/surveys/{survey.key}/"
    page = client.get(at).content.decode()
    assert "Preview" in page
    assert "Add question" not in page
    for path in ("settings/", "publish/", "questions/satisfied/", "export/"):
        assert client.get(at + path).status_code == 403
    assert client.post(f"{at}change/", {"revision": 0, "do": "add-page"}).status_code == 403
    assert client_of("north.front_line").get(at).status_code == 403
    assert client_of("analyst").get(f"{at}export/").status_code == 200
    assert client_of("").get(at).url.startswith("/sign-in/")


def test_publishing_a_changed_core_item_asks_on_the_page(
    client_of: Any, survey: Survey, company: Any
) -> None:
    manager = company.actor("cx_manager")
    publishing.publish(actor=manager, key=survey.key, revision=0)
    draft = fresh(survey).draft
    draft["pages"][0]["questions"][0]["text"]["en"] = "How pleased are you?"
    services.save_draft(actor=manager, key=survey.key, revision=0, questionnaire=draft)
    client, at = client_of("cx_manager"), f"/surveys/{survey.key}/publish/"
    assert "Break this series" in client.get(at).content.decode()
    assert client.post(at, {"revision": 1}).status_code == 409
    client.post(at, {"revision": 1, "confirmed": "csat_service", "reason": "Clearer words"})
    page = client.get(f"/surveys/{survey.key}/versions/").content.decode()
    assert "Clearer words" in page
    assert "How pleased are you?" in page
    assert "All in all, how satisfied" in page


def test_a_right_to_left_language_is_translated_by_table(client_of: Any, survey: Survey) -> None:
    client, at = client_of("cx_manager"), f"/surveys/{survey.key}/"
    added = client.post(f"{at}languages/change/", {"revision": 0, "do": "add", "language": "ar"})
    assert added.url == f"{at}languages/ar/"
    page = client.get(added.url).content.decode()
    assert 'lang="ar" dir="rtl"' in page
    assert 'dir="rtl"' in client.get(f"{at}questions/satisfied/").content.decode()
    rows = sheet(draft_of(fresh(survey)))
    place = rows[0].index("ar")
    for row in rows[1:]:
        row[place] = f"=نص {row[0]}"
    rows.append(["question.gone.text", "x", "y", "z"])
    file = SimpleUploadedFile("t.xlsx", xlsx(rows))
    client.post(f"{at}languages/change/", {"revision": 1, "do": "bring", "file": file})
    done = draft_of(fresh(survey))
    assert done.pages[0].questions[0].text["ar"] == "=نص question.satisfied.text"
    assert problems(done) == []
    assert 'lang="ar" dir="rtl"' in client.get(f"{at}preview/?language=ar").content.decode()
    for form in ("csv", "xlsx"):
        content = client.get(f"{at}translations.{form}").content
        assert read_table(content) == sheet(done)
        if form == "csv":
            assert "'=نص" in content.decode("utf-8-sig")
    client.post(f"{at}languages/change/", {"revision": 2, "do": "remove:ar"})
    assert draft_of(fresh(survey)).languages == ["en", "zh"]
    assert '"ar"' not in json.dumps(fresh(survey).draft["pages"][0]["questions"][0]["text"])
    before = fresh(survey).draft_revision
    for bad in (b"\x00\x01", b"PK\x03\x04zip", b"a,b\n1,2", b""):
        client.post(
            f"{at}languages/change/",
            {"revision": before, "do": "bring", "file": SimpleUploadedFile("t.csv", bad)},
        )
    client.post(f"{at}languages/change/", {"revision": before, "do": "add", "language": "<b>"})
    assert fresh(survey).draft_revision == before


def test_cells_that_look_like_formulas_are_guarded_and_come_back() -> None:
    for text in ("=1+1", "+1", "-1", "@x", "\tx", "\rx"):
        assert guarded(text) == f"'{text}"
        assert bare(str(guarded(text))) == text
    assert (guarded("a=1"), guarded(-1), bare("'quoted'")) == ("a=1", -1, "'quoted'")


@pytest.mark.parametrize("name", sorted(templates()))
def test_every_template_can_be_published_as_it_is(company: Any, name: str) -> None:
    manager = company.actor("cx_manager")
    survey = services.create_survey(actor=manager, name={}, from_template=name)
    assert publishing.publish(actor=manager, key=survey.key, revision=0).number == 1
    words = [w for q in templates()[name].questionnaire.questions() for w in (q.text, q.label)]
    for text in (one["zh"] for one in words if one):
        assert not re.search(r"[一-鿿][,;:?!(]|[A-Za-z]{4,}", text)


def test_templates_hold_what_the_source_lists() -> None:
    found = templates()
    nps = list(found["nps"].questionnaire.questions())
    assert [q.type for q in nps] == ["nps", "text"]
    areas = {q.dimension for q in found["airline"].questionnaire.questions() if q.type == "matrix"}
    assert areas == {
        "in_flight_service",
        "food",
        "drinks",
        "hospitality",
        "cabin_interior",
        "airport",
        "booking",
        "ticketing",
    }
    pairs = [q for q in found["servqual"].questionnaire.questions() if q.type == "pair"]
    counts = {d: sum(q.dimension == d for q in pairs) for d in {q.dimension for q in pairs}}
    assert counts == {"tangibles": 4, "reliability": 5, "responsiveness": 4, "assurance": 4, "empathy": 5}
    for name in ("property_handover", "property_repair"):
        dimensions = {q.dimension for q in found[name].questionnaire.questions()}
        assert {"timeliness", "conduct", "quality"} <= dimensions
    assert len(list(found["recovery"].questionnaire.questions())) == 1
    tones = {one.question.tone for one in item_bank().values()}
    assert {"functional", "emotional"} <= tones
    assert item_bank()["delivery_on_time"].question.tone == "functional"
    assert item_bank()["order_complete"].question.tone == "functional"


def test_the_audit_warns_of_an_all_functional_form(company: Any) -> None:
    from peakend.server.surveys.drafts import blank, insert_question

    draft = blank(["en", "zh"], {"en": "T", "zh": "题"})
    for name in ("product_works", "delivery_on_time", "order_complete", "service_quick"):
        insert_question(draft, "p1", item_bank()[name].question)
    balance = audited(draft)
    assert balance.share == 0
    said = " ".join(what.en for _, what in balance.warnings)
    assert "0 % emotional" in said
    assert "asks about the whole" in said
    assert {one.key for one in balance.uncovered} >= {"trust", "care", "pleasure"}
    for name in ("felt_trust", "felt_valued", "recommend"):
        insert_question(draft, "p1", item_bank()[name].question)
    balance = audited(draft)
    assert balance.share == pytest.approx(2 / 6)
    assert "emotional" not in " ".join(what.en for _, what in balance.warnings)
    draft.pages[0].questions[0].text["en"] = "The staff were friendly and competent."
    assert any(q == "product_works" for q, _ in audited(draft).warnings)


def test_a_file_of_another_system_is_brought_on_the_page(client_of: Any) -> None:
    client = client_of("cx_manager")
    content = json.dumps(
        {
            "format": "peakend.questionnaire/1",
            "questionnaire": templates()["ces"].questionnaire.model_dump(mode="json"),
        }
    )
    page = client.post("/surveys/import/", {"file": SimpleUploadedFile("x.json", content.encode())})
    assert "Imported without loss" in page.content.decode()
    wrong = client.post("/surveys/import/", {"file": SimpleUploadedFile("x.qsf", b"<!DOCTYPE a><a/>")})
    assert wrong.status_code == 422
    assert client.post("/surveys/import/").status_code == 422
    assert Survey.objects.count() == 1


def test_a_program_does_what_the_pages_do(client_of: Any, token_of: Any, company: Any) -> None:
    client, headers = client_of(""), token_of("cx_manager", "surveys.*")

    def call(method: str, path: str, data: Any = None, **more: Any) -> Any:
        sent = {} if data is None else {"data": json.dumps(data), "content_type": "application/json"}
        return getattr(client, method)(f"/api/v1{path}", headers=headers, **sent, **more)

    assert client.get("/api/v1/surveys").status_code == 401
    made = call("post", "/surveys", {"template": "nps", "name": {"en": "N", "zh": "净推荐"}})
    assert made.status_code == 201
    key = made.json()["key"]
    draft = call("get", f"/surveys/{key}/draft").json()
    assert call("put", f"/surveys/{key}/draft", draft).json()["revision"] == 1
    again = call("put", f"/surveys/{key}/draft", draft)
    assert (again.status_code, again.json()["code"]) == (409, "site.conflict")
    assert call("put", f"/surveys/{key}/draft", {"revision": 1, "questionnaire": {"a": 1}}).status_code == 422
    assert call("get", f"/surveys/{key}/check").json()["ready"] is True
    out = call("post", f"/surveys/{key}/publish", {"revision": 1})
    assert (out.status_code, out.json()["number"]) == (201, 1)
    assert call("get", f"/surveys/{key}/versions/1").json()["questionnaire"] == draft["questionnaire"]
    assert call("get", f"/surveys/{key}/versions/9").status_code == 404
    assert len(call("get", f"/surveys/{key}/versions").json()["items"]) == 1
    assert call("get", f"/surveys/{key}/breaks").json() == {"items": [], "next": None}
    assert call("patch", f"/surveys/{key}", {"kind": "pulse"}).json()["kind"] == "pulse"
    assert call("patch", f"/surveys/{key}", {"kind": "x"}).status_code == 422
    assert call("post", f"/surveys/{key}/close").json()["status"] == "closed"
    assert call("post", f"/surveys/{key}/reopen").json()["status"] == "live"
    copy = call("post", f"/surveys/{key}/duplicate").json()["key"]
    assert call("delete", f"/surveys/{copy}").status_code == 204
    assert call("delete", f"/surveys/{key}").status_code == 409
    assert [s["key"] for s in call("get", "/surveys").json()["items"]] == [key]
    assert "properties" in call("get", "/survey-schema").json()
    assert len(call("get", "/survey-templates").json()) == len(templates())
    assert call("get", "/survey-templates/nps").json()["questionnaire"]["pages"]
    assert call("get", "/survey-templates/none").status_code == 404
    assert {i["tone"] for i in call("get", "/survey-items?tone=emotional").json()} == {"emotional"}
    own = call("get", f"/surveys/{key}/questionnaire").content
    brought = client.post(
        "/api/v1/survey-imports", {"file": SimpleUploadedFile("q.json", own)}, headers=headers
    )
    assert (brought.status_code, brought.json()["losses"]) == (201, [])
    imported = brought.json()["survey"]["key"]
    assert call("get", f"/surveys/{imported}/draft").json()["questionnaire"] == draft["questionnaire"]
    table = call("get", f"/surveys/{imported}/translations?file=csv").content
    filled = client.post(
        f"/api/v1/surveys/{imported}/translations?revision=0",
        {"file": io.BytesIO(table.replace(b"Reason", b"Cause"))},
        headers=headers,
    )
    assert filled.json()["written"] == 1
    answers = call("get", f"/surveys/{key}/answers?file=csv")
    assert b"".join(answers.streaming_content).startswith(b"\xef\xbb\xbfresponse,")
    assert call("get", f"/surveys/{key}/answers?file=exe").status_code == 422
    analyst = token_of("analyst")
    refused = client.post(
        "/api/v1/surveys", {"name": {"en": "x"}}, content_type="application/json", headers=analyst
    )
    assert refused.status_code == 403


@pytest.mark.parametrize("text", ["\x00", "\ud800", "a\x00b"])
def test_what_no_database_takes_is_refused_or_left_out(client_of: Any, token_of: Any, text: str) -> None:
    client, headers = client_of(""), token_of("cx_manager")
    questionnaire = templates()["ces"].questionnaire.model_dump(mode="json")
    questionnaire["pages"][0]["questions"][0]["text"]["en"] = text
    for sent in ({"name": {"en": text, "zh": "好"}, "programme": text}, {"questionnaire": questionnaire}):
        answer = client.post(
            "/api/v1/surveys", json.dumps(sent), content_type="application/json", headers=headers
        )
        assert answer.status_code in (201, 422)
    assert all(text not in one.name.values() for one in Survey.objects.all())
    assert client.get("/api/v1/surveys/%00", headers=headers).status_code == 404


def test_numbers_without_end_are_no_values(company: Any, survey: Survey) -> None:
    draft = fresh(survey).draft
    draft["pages"][0]["questions"][1]["show_if"] = {
        "conditions": [{"question": "satisfied", "op": "le", "value": float("nan")}]
    }
    services.save_draft(actor=company.actor("cx_manager"), key=survey.key, revision=0, questionnaire=draft)
    assert [one.what.en for one in problems(draft_of(fresh(survey)))] == ["settled: its rule has no value."]

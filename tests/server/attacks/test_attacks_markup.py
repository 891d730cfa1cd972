"""Whatever somebody writes into any field stays words: on every page, in mails, on posters, in answers."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from server.attacks.filling import clients, filled, populated, readers
from server.attacks.html_holes import SHOWN, address, breakout, holes_in

if TYPE_CHECKING:
    from django.test import Client

    from server.conftest import Company

pytestmark = pytest.mark.django_db


def body_of(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.mark.parametrize(("payload", "language"), [(breakout, "en"), (breakout, "zh"), (address, "en")])
def test_no_text_becomes_markup_on_any_page(
    company: Company, client_of: Callable[..., Client], faults: list[str], payload: Any, language: str
) -> None:
    known = populated(company)
    numbers = filled(payload)
    assert len(numbers) > 150
    of, shown = clients(client_of, language), set()
    problems: list[str] = []
    read = 0

    def look(name: str, path: str, who: str) -> str:
        nonlocal read
        faults.clear()
        response = of(who).get(path)
        read += response.status_code == 200
        if response.status_code >= 500:
            problems.append(f"{name} {path}: {response.status_code} {faults}")
        page = body_of(response).decode("utf-8", "replace")
        kind = response.headers.get("Content-Type", "")
        if response.headers.get("X-Content-Type-Options") != "nosniff":
            problems.append(f"{name}: may be sniffed")
        if "html" in kind or "svg" in kind:
            problems.extend(f"{name}: {hole}" for hole in holes_in(page))
            shown.update(int(one) for one in SHOWN.findall(page))
            return page
        return ""

    for route, path, who in readers(known):
        page = look(route.name, path, who)
        if payload is breakout and language == "en":
            # Its tabs and filters, which show other rows.
            for query in sorted(set(re.findall(r'href="(\?[^"#]{1,200})"', page)))[:4]:
                look(f"{route.name}{query}", path + html.unescape(query), who)
    assert read > 200
    assert payload is address or len(shown) > 90, [numbers[n] for n in sorted(set(numbers) - shown)]
    assert not problems, "\n".join(problems)


def test_markup_and_evaluated_templates_are_found() -> None:
    """The reader of this file sees what the tests above look for."""
    for page in (
        "<p><pkx7x>",
        "<p title=''pkx=1>",
        '<img src="x"onerror=pkx()>',
        "<a href=' java\tscript:pkx()'>",
        "<a href=&#106;avascript:pkx()>",
        "<script>var x = 1</script>",
        "<p>pkevil",
        "<p>&lt;class &#x27;str&#x27;&gt;",
        '<iframe srcdoc="&lt;p&gt;"></iframe>',
        '<iframe sandbox srcdoc="&lt;pkx1x&gt;"></iframe>',
    ):
        assert holes_in(page), page
    assert (
        holes_in(f"<p title='&quot;'>{html.escape(breakout(1))}<a href='/x'>{html.escape(address(1))}") == []
    )


WORDS = ("text", "help", "label", "low_label", "high_label", "title", "intro", "thanks", "privacy")


def attacked(whole: dict[str, Any]) -> dict[str, Any]:
    """The questionnaire with an attack in every text, piping what came before and what came along."""
    n = 0

    def words(part: Any, name: str = "") -> Any:
        nonlocal n
        if isinstance(part, dict):
            if name in WORDS:
                n += 1
                return {tag: breakout(n) + " {{why}} {{@seat}}" for tag in ("en", "zh")}
            return {key: words(one, key) for key, one in part.items()}
        return [words(one) for one in part] if isinstance(part, list) else part

    return words(whole)


TWO = [{"code": code, "text": {"en": "x"}} for code in "ab"]
EVERY_KIND: dict[str, Any] = {
    **{"languages": ["en", "zh"], "default_language": "en", "title": {"en": "x"}, "intro": {"en": "x"}},
    **{"thanks": {"en": "x"}, "privacy": {"en": "x"}},
    "pages": [
        {"id": "p1", "title": {"en": "x"}, "questions": [{"id": "why", "type": "text", "text": {"en": "x"}}]},
        {
            "id": "p2",
            "title": {"en": "x"},
            "questions": [
                {"id": kind, "type": kind, "text": {"en": "x"}, "help": {"en": "x"}, **more}
                for kind, more in (
                    ("nps", {"low_label": {"en": "x"}, "high_label": {"en": "x"}, "not_applicable": True}),
                    ("pair", {"low_label": {"en": "x"}}),
                    (
                        "single",
                        {"options": TWO, "shuffle": True},
                    ),
                    ("multiple", {"options": TWO}),
                    ("ranking", {"options": TWO}),
                    ("matrix", {"rows": TWO}),
                    ("consent", {"purpose": "survey"}),
                    ("text", {}),
                )
            ],
        },
    ],
}


@pytest.mark.parametrize("kind", ["link", "kiosk", "embed"])
def test_questions_answers_and_thanks_stay_words(
    company: Company, live_survey: Callable[..., Any], kind: str
) -> None:
    from django.test import Client

    from peakend.server.channels.models import Place

    survey = live_survey(attacked(EVERY_KIND))
    place = Place.objects.create(
        survey=survey,
        kind=kind,
        name=breakout(900),
        allowed_origin="https://example.com" if kind == "embed" else "",
    )
    path = f"/s/{ {'link': 'p', 'kiosk': 'k', 'embed': 'embed'}[kind] }/{place.key}/"
    seen = 0
    for language in ("en", "zh"):
        browser = Client()
        page = browser.get(
            path, {"lang": language, "seat": breakout(901), 'x"><pkx9x>': "1"}
        ).content.decode()
        assert holes_in(page) == []
        seen += "pkx" in page
        for _ in range(3):
            fields = dict(re.findall(r'name="(t|step|in|state)" value="([^"]*)"', page))
            if "t" not in fields:
                break
            name = re.search(r'<textarea id="[^"]*" name="([^"]*)"', page)
            sent = {**fields, "go": "next", **({name[1]: breakout(902)} if name else {})}
            answered = browser.post(path, sent, follow=True)
            page = answered.content.decode()
            assert answered.status_code < 500
            assert holes_in(page) == []
    assert seen == 2


def test_mails_stay_words(company: Company, client_of: Callable[..., Client]) -> None:
    """What customers, people and programs wrote, in the e-mails that leave the site."""
    from peakend.server.cases.contacts import as_html
    from peakend.server.channels.wording import DEFAULTS, Words, letter

    values = {
        name: breakout(n) for n, name in enumerate(("name", "title", "site", "link", "decline", "@seat"))
    }
    for words in (*DEFAULTS.values(), Words(breakout(20) + "\r\nBcc: x@example.com {{name}}", breakout(21))):
        made = letter(words, values | {"name": "x\r\nBcc: y@example.com"})
        assert not {"\n", "\r"} & set(made.subject)
        assert holes_in(made.html) == []
        assert holes_in(letter(words, values).html) == []
    assert holes_in(as_html(breakout(1) + "\n\n" + address(2))) == []


@pytest.mark.parametrize(
    "html_",
    [
        "<script>x</script>",
        '<img src="x"onerror=alert(1)>',
        "<img/onerror=alert(1) src=x>",
        "<a href='java\tscript:alert(1)'>x</a>",
        "<a href='&#106;avascript:alert(1)'>x</a>",
        "<a href='data:application/xhtml+xml,x'>x</a>",
        "<svg/onload=alert(1)>",
        "<math><mi//xlink:href='javascript:alert(1)'>",
        "<video><source onerror=alert(1)>",
        "<p style='background:url(javascript:alert(1))'>",
        "<style>@import 'https://evil.example/x.css'</style>",
        "<FORM action=https://evil.example>",
        "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    ],
)
def test_a_letter_with_script_is_refused(html_: str) -> None:
    from peakend.server.acting.errors import InvalidError
    from peakend.server.channels.wording import Words, check

    good = "<p style='color:#123'>{{name}} <a href='{{link}}'>go</a> <a href=\"{{decline}}\">no</a></p>"
    check(Words("x", "{{link}} {{decline}}", good + '<img src="https://example.com/a.png" alt="x">'))
    with pytest.raises(InvalidError):
        check(Words("x", "{{link}} {{decline}}", good + html_))

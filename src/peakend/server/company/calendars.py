"""What the business calendars of sites are called. The hours themselves are counted in the area of cases."""

from __future__ import annotations

from django.apps import apps

from peakend.language import Text

BUILT_IN: dict[str, Text] = {
    "china-office": Text("Office in China: 9–12, 13:30–18", "中国大陆办公室：9—12 时、13:30—18 时"),
    "bank-branch": Text("Bank branch in China: 9–17", "中国大陆银行网点：9—17 时"),
    "airline-24x7": Text("Around the clock", "全天候（24×7）"),
    "property": Text("Property service: every day 8:30–18", "物业服务：每日 8:30—18 时"),
    "us-office": Text("Office in the United States: 9–17", "美国办公室：9—17 时"),
}


def calendar_names() -> dict[str, Text]:
    """Every calendar by its code: those that come with Peakend, changed or joined by the company's own."""
    # Cases stand above this area, so that their table is asked for by name.
    own = apps.get_model("cases", "BusinessCalendar").objects.values_list("code", "name")
    return BUILT_IN | {
        code: Text(name.get("en") or name.get("zh") or code, name.get("zh") or name.get("en") or code)
        for code, name in own
    }


def calendar_name(code: str) -> Text:
    """The words of one; the code stands for itself where nobody knows it."""
    return calendar_names().get(code) or Text(code or "none", code or "无")

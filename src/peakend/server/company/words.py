"""The words of codes that touchpoints and sites carry; the company's own words stand for themselves."""

from __future__ import annotations

from peakend.language import Text

CHANNELS: dict[str, Text] = {
    "app": Text("App", "手机应用"),
    "web": Text("Website", "网站"),
    "phone": Text("Phone", "电话"),
    "counter": Text("Counter", "柜台"),
    "branch": Text("Branch", "网点"),
    "store": Text("Shop", "门店"),
    "agent": Text("Agent", "代理"),
    "lounge": Text("Lounge", "休息室"),
    "gate": Text("Gate", "登机口"),
    "cabin": Text("Cabin", "客舱"),
    "belt": Text("Baggage belt", "行李转盘"),
    "visit": Text("Visit", "上门"),
    "email": Text("E-mail", "邮件"),
    "chat": Text("Chat", "在线会话"),
}
KINDS: dict[str, Text] = {
    "airport": Text("Airport", "机场"),
    "terminal": Text("Terminal", "航站楼"),
    "branch": Text("Branch", "支行"),
    "estate": Text("Estate", "小区"),
    "store": Text("Shop", "门店"),
    "office": Text("Office", "办公室"),
}


def in_words(known: dict[str, Text], code: str) -> Text | None:
    """The words of `code`; itself where it is the company's own; None for none."""
    return known.get(code, Text(code, code)) if code else None

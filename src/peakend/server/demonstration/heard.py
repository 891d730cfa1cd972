"""What the demonstration's customers said outside of surveys: notes of staff, and public comments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakend.server.acting.actors import respondent
from peakend.server.improvement.services.voices import answer_comment, comment, open_page, write_note

if TYPE_CHECKING:
    from peakend.server.demonstration.cast import Cast

# Days ago, source, words, theme, sentiment, touchpoint.
_NOTES: tuple[tuple[float, str, str, str, int, str], ...] = (
    (24, "staff", "金卡会员问：“健怡可乐呢？”听说没有了，没有坐下就走了。", "quality", -1, "lounge"),
    (21, "call", "会员热线：每周飞两次，希望休息室恢复健怡可乐。", "quality", -1, "lounge"),
    (13, "social", "Lounge staff remembered my name. Only the drinks got worse.", "praise", 1, "lounge"),
    (6, "staff", "旅客特意回来感谢值机同事帮老人换了靠前的座位。", "praise", 1, "checkin"),
    (
        4,
        "chat",
        "The gate changed and I only heard it from another passenger.",
        "information",
        -1,
        "boarding",
    ),
    (2, "staff", "常客说：“可乐回来了，谢谢你们听进去了。”", "praise", 1, "lounge"),
)
# Days ago, name, words, the company's answer (empty: it waits for one).
_COMMENTS: tuple[tuple[float, str, str, str], ...] = (
    (
        18,
        "M.",
        "休息室的饮料换了，为什么不先问问常客？",
        "您说得对。健怡可乐已恢复供应，今后更换前会先看会员的意见。",
    ),
    (
        8,
        "Frequent flyer",
        "Thank you for the hot towel at the belt, it made a long day better.",
        "Thank you. We have passed it on to the team at the belt.",
    ),
    (1, "", "晚上十点的行李等了四十分钟。", ""),
)


def listen(cast: Cast) -> None:
    """Write the notes, open the public page and answer most of what was written there."""
    who = cast.supervisor
    for days, source, text, theme, sentiment, touchpoint in _NOTES:
        with cast.ago(days):
            write_note(
                actor=who,
                source=source,
                text=text,
                theme=theme,
                sentiment=sentiment,
                touchpoint=touchpoint,
                site=cast.site.code,
                team=cast.team_key(cast.line[0]) if source == "staff" else None,
            )
    with cast.ago(30):
        page = open_page(
            actor=cast.manager,
            title_en=f"What customers say: {cast.site.name}",
            title_zh=f"{cast.site.name_zh or cast.site.name}：客户意见",
            site=cast.site.code,
        )
    customer = respondent("demonstration")
    for n, (days, name, text, reply) in enumerate(_COMMENTS):
        with cast.ago(days):
            key = f"demonstration-{n:04}"
            made = comment(actor=customer, page=page.key, text=text, key=key, address="192.0.2.1", name=name)
        if reply:
            with cast.ago(days - 0.8):
                answer_comment(actor=who, comment=made.key, reply=reply, publish=True)

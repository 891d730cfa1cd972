"""Texts in which nobody says anything: signs only, "none" and "no comment", and what a system wrote."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from peakend.feedback.words.reading import MASKS, read_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Emptiness = Literal["empty", "nothing_said", "system", "words"]

_PICTURE = re.compile(f"[{''.join(sorted(MASKS))}\u2600-\u27bf\u2b50\U0001f000-\U0001faff]")
_NO_LETTERS = re.compile(r"[\W_]+")
# Compared without spaces and signs, in lower case.
_NOTHING_SAID = frozenset(
    [
        *("无", "没有", "没", "暂无", "没了", "不知道", "没意见", "无意见", "没有意见", "暂无意见", "无建议"),
        *(
            "没有建议",
            "没什么",
            "没有了",
            "无评论",
            "测试",
            "none",
            "no",
            "nothing",
            "na",
            "nil",
            "null",
            "nan",
        ),
        *("nocomment", "nocomments", "nothanks", "idontknow", "dontknow", "dk", "notapplicable", "test"),
    ]
)
# Written by shops' systems where the customer wrote nothing.
_SYSTEM = re.compile(
    r"(?:此|该|本)?(?:用户|买家|顾客|会员)?(?:没有|未|没|暂未)(?:及时)?(?:填写|作出|做出|发表|写下|写)(?:任何)?"
    r"(?:文字)?(?:评价|评论|内容|评价内容|评论内容)+"
    r"|(?:系统)?默认(?:给出|给予|为)?好评|(?:评价方)?未及时(?:做出|作出)评价系统默认好评"
    r"|系统(?:默认|自动)(?:评价|评论|好评)|(?:此|该)评[价论](?:已被删除|已隐藏)"
    r"|theuserdidnotleave(?:a|any)?(?:comment|review)s?|nocommentprovided|defaultreview"
)


def emptiness(texts: Iterable[object]) -> list[Emptiness]:
    """What each text is: "empty" (no letter, digit, emoji or mask), "nothing_said", "system" or "words".

    "words" is everything else, a single emoji or "好" included. Errors as `reading.read_all`.
    """
    return emptiness_read(read_all(texts))


def emptiness_read(texts: Sequence[str]) -> list[Emptiness]:
    """`emptiness` of texts that `reading.read` has been through."""
    return [_of(text) for text in texts]


def _of(text: str) -> Emptiness:
    if len(text) > 60:
        return "words"
    bare = _NO_LETTERS.sub("", text)
    if bare in _NOTHING_SAID:
        return "nothing_said"
    if bare:
        return "system" if _SYSTEM.fullmatch(bare) else "words"
    # Emoji and masks are no letters, but somebody put them there.
    return "words" if _PICTURE.search(text) else "empty"

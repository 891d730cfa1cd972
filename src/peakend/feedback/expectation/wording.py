"""What a question is about, from its words: functional or emotional, which dimension; whether it changed.

The words are a list of our own, in English and Chinese, meant to start a conversation about a questionnaire
and not to end it: a company says what a question is by the attribute `nature` (functional or emotional).
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Nature = Literal["functional", "emotional"]


@dataclass(frozen=True, slots=True)
class Dimension:
    """A dimension and the words that point to it: beginnings of English words, pieces of Chinese text."""

    key: str
    nature: Nature
    title: Text
    english: tuple[str, ...]
    chinese: tuple[str, ...]


EMOTIONAL: tuple[Dimension, ...] = (
    Dimension(
        "safety",
        "emotional",
        Text("Feeling safe", "安心"),
        ("feel safe", "safe do you feel", "feeling of safety", "sense of safety", "feel secure", "at ease"),
        ("安全感", "感到安全", "安心", "放心", "踏实"),
    ),
    Dimension(
        "trust", "emotional", Text("Trust", "信任"), ("trust", "honest", "sincer"), ("信任", "信赖", "诚信")
    ),
    Dimension(
        "pleasure",
        "emotional",
        Text("Pleasure", "愉悦"),
        ("enjoy", "pleasant", "pleasure", "delight", "happy", "happi", "joy"),
        ("愉快", "愉悦", "享受", "开心", "快乐", "高兴", "惬意"),
    ),
    Dimension(
        "calm",
        "emotional",
        Text("Being relaxed", "轻松"),
        ("relax", "stress", "calm", "anxi", "worr", "frustrat"),
        ("轻松", "放松", "焦虑", "压力", "担心", "烦躁"),
    ),
    Dimension(
        "excitement",
        "emotional",
        Text("Excitement and surprise", "惊喜"),
        ("excit", "surpris", "inspir", "wow", "thrill"),
        ("惊喜", "兴奋", "激动", "新奇"),
    ),
    Dimension(
        "care",
        "emotional",
        Text("Being cared for", "被关怀"),
        ("care about you", "cares about", "feel welcome", "welcoming", "warm", "feel valued", "appreciated"),
        ("关怀", "关心", "被重视", "受欢迎", "温暖", "亲切感"),
    ),
    Dimension(
        "respect",
        "emotional",
        Text("Respect", "受尊重"),
        ("respect", "dignity", "treated fairly", "feel heard"),
        ("尊重", "尊严", "公平对待", "被倾听"),
    ),
    Dimension(
        "belonging",
        "emotional",
        Text("Belonging", "归属"),
        ("belong", "communit", "part of", "like home", "relationship with", "means a lot"),
        ("归属", "像家", "大家庭", "自己人", "情感"),
    ),
    Dimension(
        "status",
        "emotional",
        Text("Status and pride", "地位与自豪"),
        ("proud", "pride", "prestig", "status symbol", "special customer", "feel special", "exclusive"),
        ("自豪", "骄傲", "面子", "地位", "尊贵", "身份"),
    ),
    Dimension(
        "lifestyle",
        "emotional",
        Text("Lifestyle and pastime", "生活方式与消遣"),
        ("lifestyle", "fun", "pastime", "entertain", "fits me", "who i am"),
        ("生活方式", "消遣", "乐趣", "好玩", "品位", "个性"),
    ),
)
FUNCTIONAL: tuple[Dimension, ...] = (
    Dimension(
        "tangibles",
        "functional",
        Text("What can be seen and touched", "有形性"),
        ("clean", "facilit", "equipment", "comfort", "tidy", "maintained", "appearance", "artwork", "seat"),
        ("清洁", "干净", "设施", "设备", "环境", "整洁", "外观", "艺术", "座椅"),
    ),
    Dimension(
        "reliability",
        "functional",
        Text("Reliability", "可靠性"),
        ("on time", "punctual", "reliab", "as promised", "as booked", "accura", "deliver"),
        ("准时", "可靠", "按时", "承诺", "准确", "交付"),
    ),
    Dimension(
        "responsiveness",
        "functional",
        Text("Speed and help", "响应性"),
        ("quick", "wait", "speed", "easy", "ease", "help", "prompt", "find your way", "easily", "convenien"),
        ("快", "等待", "及时", "便捷", "容易", "顺畅", "效率", "帮助", "方便"),
    ),
    Dimension(
        "assurance",
        "functional",
        Text("Competence", "确切性"),
        ("knowledge", "competen", "profession", "courte", "polite", "information", "signs", "screens"),
        ("专业", "礼貌", "知识", "能力", "信息", "标识", "指引"),
    ),
    Dimension(
        "empathy",
        "functional",
        Text("Individual attention", "同理性"),
        ("individual attention", "personal needs", "understand", "your needs", "friendl", "hospitab"),
        ("个性化", "理解", "需求", "友好", "体贴", "热情"),
    ),
)
REGISTRY = (*EMOTIONAL, *FUNCTIONAL)
"""Ten emotional dimensions and SERVQUAL's five. The last hold words of service quality as one finds them."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a question is taken for, its dimension in the registry (None: none fits), the words that told."""

    nature: Nature
    dimension: str | None
    words: str | None


def read_wording(texts: Sequence[str | None], stated: str | None = None) -> Reading:
    """The reading of a question from its wordings and labels. Emotional words win over functional ones; a
    question without any is functional. `stated`, "functional" or "emotional", overrules the words."""
    plain = " ".join(f" {_plain(text)} " for text in texts if text)
    nature: Nature | None = "emotional" if stated == "emotional" else None
    nature = "functional" if stated == "functional" else nature
    for dimension in REGISTRY:
        if nature is not None and dimension.nature != nature:
            continue
        words = next((w for w in dimension.english if re.search(rf"\b{re.escape(w)}", plain)), None)
        words = words or next((w for w in dimension.chinese if w in plain), None)
        if words:
            return Reading(nature or dimension.nature, dimension.key, words)
    return Reading(nature or "functional", None, None)


def wording_hash(texts: Mapping[str, str | None]) -> str:
    """Twelve letters that change when the words do: not with case, spaces, width or punctuation."""
    plain = [f"{name}={_plain(text)}" for name, text in sorted(texts.items()) if text and _plain(text)]
    return hashlib.sha256("\n".join(plain).encode()).hexdigest()[:12]


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    kept = "".join(letter if letter.isalnum() else " " for letter in folded)
    return " ".join(kept.split())

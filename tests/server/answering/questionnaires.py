"""Questionnaires to answer, and the fields of a page as a browser would send them."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

LONG: dict[str, Any] = {
    "languages": ["en", "zh", "ar"],
    "default_language": "en",
    "title": {"en": "Your visit", "zh": "您的到访", "ar": "زيارتك"},
    "interface": {"next": {"ar": "التالي"}},
    "pages": [
        {
            "id": "p1",
            "questions": [
                {
                    "id": "recommend",
                    "type": "nps",
                    "required": True,
                    "overall": True,
                    "text": {"en": "Recommend us?", "zh": "您会推荐我们吗？", "ar": "هل توصي بنا؟"},
                },
                {
                    "id": "visited",
                    "type": "multiple",
                    "required": True,
                    "text": {"en": "What did you use?", "zh": "您使用了哪些？", "ar": "ماذا استخدمت؟"},
                    "options": [
                        {"code": "lounge", "text": {"en": "Lounge", "zh": "贵宾室", "ar": "الصالة"}},
                        {"code": "shops", "text": {"en": "Shops", "zh": "商店", "ar": "المتاجر"}},
                        {
                            "code": "none",
                            "exclusive": True,
                            "text": {"en": "None", "zh": "都没有", "ar": "لا شيء"},
                        },
                    ],
                },
                {
                    "id": "wrong",
                    "type": "text",
                    "text": {
                        "en": "What went wrong at {{visited}}?",
                        "zh": "{{visited}}有什么问题？",
                        "ar": "ما الخطأ في {{visited}}؟",
                    },
                    "show_if": {"conditions": [{"question": "recommend", "op": "le", "value": 6}]},
                },
            ],
        },
        {
            "id": "p2",
            "title": {"en": "The areas", "zh": "各个区域", "ar": "المناطق"},
            "show_if": {
                "conditions": [{"question": "visited", "op": "contains", "value": ["lounge", "shops"]}]
            },
            "questions": [
                {
                    "id": "areas",
                    "type": "matrix",
                    "required": True,
                    "not_applicable": True,
                    "text": {"en": "How good was each?", "zh": "各项如何？", "ar": "ما تقييمك لكل منها؟"},
                    "rows": [
                        {"code": "lounge", "text": {"en": "Lounge", "zh": "贵宾室", "ar": "الصالة"}},
                        {"code": "shops", "text": {"en": "Shops", "zh": "商店", "ar": "المتاجر"}},
                    ],
                }
            ],
        },
    ],
}


def fields_of(page: Any) -> dict[str, str]:
    """The hidden fields of the page's form."""
    text = page.content.decode()
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text)
    assert found, text[:2000]
    return {name: unescape(value) for name, value in found}


def _texts(en: str, zh: str, ar: str) -> dict[str, str]:
    return {"en": en, "zh": zh, "ar": ar}


_OPTIONS = [
    {"code": "staff", "text": _texts("The staff", "服务人员", "الموظفون")},
    {"code": "time", "text": _texts("The waiting time", "等候时间", "وقت الانتظار")},
    {"code": "place", "text": _texts("The place itself and its cleanliness", "环境与清洁", "المكان ونظافته")},
]
# One question of every type on one page.
EVERY: dict[str, Any] = {
    "languages": ["en", "zh", "ar"],
    "default_language": "en",
    "title": _texts("How was your flight?", "您的这次飞行如何？", "كيف كانت رحلتك؟"),
    "intro": _texts(
        "Two minutes, and we read every answer.",
        "约两分钟，每一份回答我们都会阅读。",
        "دقيقتان، ونقرأ كل إجابة.",
    ),
    "privacy": _texts("We keep it for two years.", "保存期为两年。", "نحتفظ بها لمدة عامين."),
    "interface": {
        "send": {"ar": "إرسال"},
        "optional": {"ar": "(اختياري)"},
        "not_used": {"ar": "لم أستخدمه"},
        "nps_low": {"ar": "غير محتمل إطلاقًا"},
        "nps_high": {"ar": "محتمل جدًا"},
        "errors": {"ar": "يرجى مراجعة ما يلي:"},
        "error_required": {"ar": "يرجى الإجابة عن هذا السؤال."},
        "thanks": {"ar": "شكرًا لك. وصلت إجابتك."},
        "kept_private": {"ar": "نستخدم إجابتك لتحسين خدمتنا ونحافظ على سريتها."},
        "privacy": {"ar": "الخصوصية"},
    },
    "pages": [
        {
            "id": "p1",
            "questions": [
                {
                    "id": "recommend",
                    "type": "nps",
                    "required": True,
                    "text": _texts(
                        "How likely are you to recommend us to a friend?",
                        "您有多大可能向朋友推荐我们？",
                        "ما مدى احتمال أن توصي بنا لصديق؟",
                    ),
                },
                {
                    "id": "satisfied",
                    "type": "csat",
                    "text": _texts("How satisfied are you?", "您的满意程度如何？", "ما مدى رضاك؟"),
                },
                {
                    "id": "easy",
                    "type": "ces",
                    "help": _texts("Think of booking too.", "请把订票也考虑在内。", "فكّر في الحجز أيضًا."),
                    "text": _texts(
                        "They made it easy for me.", "整个过程让我感到省力。", "لقد سهّلوا الأمر عليّ."
                    ),
                },
                {
                    "id": "seat",
                    "type": "rating",
                    "not_applicable": True,
                    "text": _texts("The seat", "座椅", "المقعد"),
                },
                {
                    "id": "prompt",
                    "type": "pair",
                    "text": _texts("Prompt service", "服务及时", "خدمة سريعة"),
                },
                {
                    "id": "best",
                    "type": "single",
                    "text": _texts("What was best?", "哪一点最好？", "ما الأفضل؟"),
                    "options": _OPTIONS,
                },
                {
                    "id": "worse",
                    "type": "multiple",
                    "most": 2,
                    "text": _texts("What should we mend?", "哪些方面应当改进？", "ما الذي يجب تحسينه؟"),
                    "options": [
                        *_OPTIONS,
                        {"code": "none", "exclusive": True, "text": _texts("Nothing", "没有", "لا شيء")},
                    ],
                },
                {
                    "id": "area",
                    "type": "matrix",
                    "required": True,
                    "not_applicable": True,
                    "text": _texts("How good was each?", "以下各项如何？", "ما تقييمك لكل منها؟"),
                    "rows": [
                        {"code": "cabin", "text": _texts("Inside of the plane", "飞机内部", "داخل الطائرة")},
                        {
                            "code": "food",
                            "text": _texts("Food and drinks", "餐食与饮料", "الطعام والمشروبات"),
                        },
                    ],
                },
                {
                    "id": "order",
                    "type": "ranking",
                    "text": _texts("What matters most to you?", "您最看重什么？", "ما الأهم بالنسبة لك؟"),
                    "options": _OPTIONS,
                },
                {
                    "id": "why",
                    "type": "text",
                    "text": _texts("What should we know?", "您还想告诉我们什么？", "ما الذي تود إخبارنا به؟"),
                },
                {
                    "id": "call",
                    "type": "consent",
                    "purpose": "service",
                    "text": _texts(
                        "May we call you about this?", "我们可以就此致电给您吗？", "هل يمكننا الاتصال بك؟"
                    ),
                },
            ],
        }
    ],
}

"""What every company begins with: rules, deadlines, causes, templates and caps.

An entry of the same code replaces one.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from peakend.language import Text

KINDS: dict[str, Text] = {
    "complaint": Text("Complaint", "投诉"),
    "enquiry": Text("Enquiry", "咨询"),
    "request": Text("Request", "服务请求"),
    "repair": Text("Repair", "报修"),
    "maintenance": Text("Maintenance", "保养维护"),
    "praise": Text("Praise", "表扬"),
    "repeat": Text("Repeated complaint", "重复投诉"),
}
AFTER_SALES = frozenset({"enquiry", "complaint", "repair", "maintenance"})
SEVERITIES: dict[str, Text] = {
    "critical": Text("Critical", "紧急"),
    "high": Text("High", "高"),
    "normal": Text("Normal", "普通"),
    "low": Text("Low", "低"),
}
STATUSES: dict[str, Text] = {
    "open": Text("New", "待处理"),
    "working": Text("In work", "处理中"),
    "waiting": Text("Waiting for the customer", "等待客户"),
    "resolved": Text("Resolved, customer to be told", "已解决，待回访"),
    "closed": Text("Closed", "已办结"),
}
CHANNELS: dict[str, Text] = {
    "phone": Text("Phone", "电话"),
    "email": Text("E-mail", "电子邮件"),
    "sms": Text("Text message", "短信"),
    "letter": Text("Letter", "信函"),
    "in_person": Text("In person", "当面"),
}
OUTCOMES: dict[str, Text] = {
    "reached": Text("Reached", "已联系上"),
    "not_reached": Text("Not reached", "未联系上"),
    "left_message": Text("Left a message", "已留言"),
    "wrong_number": Text("Wrong number or address", "号码或地址有误"),
    "refused": Text("Does not wish to talk", "客户不愿沟通"),
    "sent": Text("Sent", "已发送"),
}
COMPENSATIONS: dict[str, Text] = {
    "apology": Text("Apology", "致歉"),
    "refund": Text("Refund", "退款"),
    "voucher": Text("Voucher", "代金券"),
    "points": Text("Points", "积分"),
    "service": Text("Free service", "免费服务"),
    "gift": Text("Gift", "礼品"),
}
RUBRIC: dict[str, Text] = {
    "setting": Text("A fitting place and time to talk", "接待环境与时机得当"),
    "politeness": Text("Professional manners", "礼仪职业规范"),
    "humility": Text("Gentle and humble", "态度温和谦卑"),
    "humane": Text("By the standard, yet humane", "处理规范而有人情味"),
}
ATTITUDES: dict[str, Text] = {
    "helpful": Text("Helpful", "乐于帮助"),
    "friendly": Text("Friendly", "友善"),
    "caring": Text("Caring", "关怀"),
    "reassuring": Text("Reassuring", "令人安心"),
}


def _low(question: str, most: float, of: tuple[int, int]) -> dict[str, Any]:
    return {"match": "all", "conditions": [{"question": question, "op": "le", "value": most, "of": list(of)}]}


RULES: tuple[dict[str, Any], ...] = (
    {
        "code": "nps-very-low",
        "name": {"en": "Would warn others (NPS 0–2)", "zh": "强烈不推荐（NPS 0—2 分）"},
        "position": 10,
        "severity": "high",
        "conditions": _low("type:nps", 2, (0, 10)),
    },
    {
        "code": "nps-detractor",
        "name": {"en": "Detractor (NPS 0–6)", "zh": "贬损者（NPS 0—6 分）"},
        "position": 20,
        "severity": "normal",
        "conditions": _low("type:nps", 6, (0, 10)),
    },
    {
        "code": "csat-low",
        "name": {"en": "Dissatisfied (CSAT 1–2)", "zh": "不满意（CSAT 1—2 分）"},
        "position": 30,
        "severity": "normal",
        "conditions": _low("type:csat", 2, (1, 5)),
    },
    {
        "code": "ces-low",
        "name": {"en": "Hard work for the customer (CES 1–2)", "zh": "客户办事费力（CES 1—2 分）"},
        "position": 40,
        "severity": "normal",
        "conditions": _low("type:ces", 2, (1, 7)),
    },
)

# Minutes are business time of the site; a working day in an office is about 450 to 480 of them.
SLAS: tuple[dict[str, Any], ...] = (
    {"code": "critical", "name": {"en": "Critical", "zh": "紧急"}, "position": 10, "severity": "critical",
     "contact_amount": 60, "resolve_amount": 480},
    {"code": "high", "name": {"en": "High", "zh": "高"}, "position": 20, "severity": "high",
     "contact_amount": 120, "resolve_amount": 960},
    {"code": "normal", "name": {"en": "Normal", "zh": "普通"}, "position": 30, "severity": "normal",
     "contact_amount": 240, "resolve_amount": 1440},
    {"code": "low", "name": {"en": "Low", "zh": "低"}, "position": 40, "severity": "low",
     "contact_amount": 480, "resolve_amount": 2400},
    # Legal limits: off until a company that they bind turns them on.
    {"code": "us-dot", "active": False, "position": 200,
     "name": {"en": "US DOT: airline complaints", "zh": "美国交通部：航空旅客投诉"},
     "contact_amount": 30, "contact_unit": "days", "resolve_amount": 60, "resolve_unit": "days",
     "regulation": "14 CFR § 259.7(c)"},
    {"code": "cn-bank", "active": False, "position": 210,
     "name": {"en": "China: bank and insurance complaints", "zh": "中国：银行业保险业消费投诉"},
     "resolve_amount": 15, "resolve_unit": "days", "extended_amount": 30,
     "regulation": "《银行业保险业消费投诉处理管理办法》（2020-03-01）"},
    {"code": "cn-airline", "active": False, "position": 220,
     "name": {"en": "China: air passenger complaints", "zh": "中国：航空旅客投诉"},
     "resolve_amount": 10, "resolve_unit": "workdays",
     "regulation": "《公共航空运输旅客服务管理规定》（2021-09-01）"},
    {"code": "uk-payments", "active": False, "position": 230,
     "name": {"en": "UK: complaints about payment services", "zh": "英国：支付服务投诉"},
     "resolve_amount": 15, "resolve_unit": "workdays", "extended_amount": 35,
     "regulation": "FCA Handbook, DISP 1.6.2A R"},
)  # fmt: skip

CAUSES: tuple[tuple[str, str, str], ...] = (
    ("waiting", "Waited too long", "等候过久"),
    ("attitude", "Manner of staff", "服务态度"),
    ("knowledge", "Wrong or missing information", "信息错误或缺失"),
    ("process", "Process too hard", "流程繁琐"),
    ("product", "Fault of the product or service", "产品或服务缺陷"),
    ("facility", "Facility broken or dirty", "设施损坏或不洁"),
    ("billing", "Wrong charge", "收费差错"),
    ("promise", "Promise not kept", "承诺未兑现"),
    ("digital", "Website or app did not work", "网站或应用故障"),
    ("safety", "Safety", "安全问题"),
    ("privacy", "Privacy", "隐私问题"),
    ("outside", "Outside our control", "不可控因素"),
    ("unfounded", "Checked: nothing went wrong", "经核实无误"),
)

TEMPLATES: tuple[dict[str, Any], ...] = (
    {
        "code": "first-call",
        "name": {"en": "First call", "zh": "首次致电"},
        "channel": "phone",
        "position": 10,
        "body": {
            "en": "Hello {{name}}, this is {{owner}}. You told us about {{touchpoint}}, and I am calling "
            "to say sorry and to hear what happened. What would put it right for you?",
            "zh": "{{name}}，您好，我是{{owner}}。感谢您反馈{{touchpoint}}的情况，我先向您致歉，"
            "也想听您说说经过。您希望我们怎样处理？",
        },
    },
    {
        "code": "first-mail",
        "name": {"en": "We have your message", "zh": "已收到您的反馈"},
        "channel": "email",
        "position": 20,
        "subject": {"en": "Your message to us (no. {{number}})", "zh": "关于您的反馈（编号 {{number}}）"},
        "body": {
            "en": "Dear {{name}},\n\nthank you for telling us about {{touchpoint}}. I am sorry that it did "
            "not go as it should. I am looking into it myself and will come back to you by {{due}}.\n\n"
            "{{owner}}",
            "zh": "尊敬的{{name}}：\n\n感谢您反馈{{touchpoint}}的情况，给您带来不便，我们深表歉意。"
            "此事由我负责跟进，将在 {{due}} 前答复您。\n\n{{owner}}",
        },
    },
    {
        "code": "solved-mail",
        "name": {"en": "What we did", "zh": "处理结果"},
        "channel": "email",
        "position": 30,
        "subject": {
            "en": "What we did about your message (no. {{number}})",
            "zh": "您的反馈处理结果（编号 {{number}}）",
        },
        "body": {
            "en": "Dear {{name}},\n\nyou told us about {{touchpoint}}. This is what we did:\n\n{{action}}\n\n"
            "If this does not put it right, answer this message and it comes to me.\n\n{{owner}}",
            "zh": "尊敬的{{name}}：\n\n您此前反馈了{{touchpoint}}的情况，我们的处理如下：\n\n{{action}}\n\n"
            "如您仍不满意，请直接回复本邮件，由我继续跟进。\n\n{{owner}}",
        },
    },
    {
        "code": "not-reached-sms",
        "name": {"en": "We tried to call you", "zh": "致电未接通"},
        "channel": "sms",
        "position": 40,
        "body": {
            "en": "{{name}}, we tried to call you about your message no. {{number}}. When may we call "
            "again? {{owner}}",
            "zh": "{{name}}，您好：我们就您的反馈（编号 {{number}}）致电未接通，请问何时方便联系？{{owner}}",
        },
    },
)
PLACEHOLDERS = frozenset({"name", "number", "touchpoint", "site", "owner", "due", "action"})

# By role: a case, a customer in a year, an employee in a month.
CAPS: dict[tuple[str, str], tuple[Decimal, Decimal, Decimal]] = {
    ("front_line", "CNY"): (Decimal(200), Decimal(500), Decimal(2000)),
    ("supervisor", "CNY"): (Decimal(1000), Decimal(2000), Decimal(10000)),
    ("front_line", "USD"): (Decimal(30), Decimal(75), Decimal(300)),
    ("supervisor", "USD"): (Decimal(150), Decimal(300), Decimal(1500)),
    ("front_line", "EUR"): (Decimal(30), Decimal(75), Decimal(300)),
    ("supervisor", "EUR"): (Decimal(150), Decimal(300), Decimal(1500)),
}
ATTEMPTS = 3  # how often one tries to reach a customer before a case may close without
REPEATS = 4
REPEAT_DAYS = 90
RECONTACT_MINUTES = 480  # of business time, from the solution to telling the customer
SOON = 0.8  # the share of a deadline's time after which its owner is reminded
MANAGER_AFTER = 240  # minutes of business time from a missed deadline to the CX manager
YEAR_DAYS = 365

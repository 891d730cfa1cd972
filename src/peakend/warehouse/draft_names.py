"""What a column's name says, in English and in Chinese."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

import yaml

_ID = "(id|ids|no|nr|num|number|key|code|fk|pk)"
_WHO = "(customer|client|cust|member|household|user|buyer|passenger|guest|loyalty|shopper|subscriber)"
# Concepts in which people are cut into groups, the more telling first.
DEMOGRAPHIC = (
    "gender",
    "age",
    "income",
    "terminal",
    "purpose",
    "residence",
    "frequency",
    "segment",
    "country",
    "region",
    "tier",
    "channel",
)
# Words in a question's name or wording → the metric.
METRICS = (
    ("csat", re.compile(r"satisf|\bsat\d*\b|满意", re.IGNORECASE)),
    ("ces", re.compile(r"\beffort|\beas(y|e|ily)\b|便捷|费力|轻松", re.IGNORECASE)),
)
_QUESTION = re.compile(r"^[qQ](\d+)([A-Za-z]?)(?=$|[_ ])|^[qQ](\d+)(?=[A-Za-z])")


@cache
def _concepts() -> dict[str, tuple[str, tuple[str, ...]]]:
    text = files("peakend.warehouse").joinpath("draft_names.yaml").read_text("utf-8")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return {
        concept: (row["en"].replace("<id>", _ID).replace("<who>", _WHO), tuple(row["zh"]))
        for concept, row in yaml.load(text, Loader=loader).items()
    }


def words(name: str) -> list[str]:
    """The words of a name in lower case: "InvoiceNo" and "invoice_no" are both invoice, no."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[_\W]+", " ", name)
    return spaced.casefold().split()


def question_number(name: str) -> tuple[str, str] | None:
    """("7", "art") of Q7A_ART: the number of a question and what else the name says; None for others."""
    found = _QUESTION.match(name)
    if found is None:
        return None
    rest = name[found.end() :].strip("_ ")
    return found.group(1) or found.group(3), "_".join(words(rest))


@cache
def concepts(name: str) -> dict[str, float]:
    """How well each concept fits the name: 1 the whole name, .7 its end or its beginning."""
    numbered = question_number(name)
    plain = " ".join(words(name))
    texts = {plain, plain.rstrip("0123456789 ")}
    if numbered is not None and numbered[1]:
        texts.add(numbered[1].replace("_", " ").rstrip("0123456789 "))
    found: dict[str, float] = {}
    plain_name = name.strip().casefold()
    for concept, (pattern, chinese) in _concepts().items():
        exact = {fragment.removeprefix("=") for fragment in chinese}
        whole = any(re.fullmatch(pattern, text) for text in texts) or plain_name in exact
        parts = any(re.search(rf"(^| )({pattern})$|^({pattern})( |$)", text) for text in texts)
        if whole:
            found[concept] = 1.0
        elif parts or any(fragment in plain_name for fragment in chinese if fragment[0] != "="):
            found[concept] = 0.7
    return found


def metric_of(text: str) -> str:
    """csat, ces or rating, by the words of a question."""
    return next((metric for metric, pattern in METRICS if pattern.search(text)), "rating")


# Words in a file's name → what the file is about. The last one counts: "customer feedback" is feedback.
_SUBJECTS = (
    ("customers", "customers? clients? members? users? subscribers? guests? crm accounts? patients?",
     "客户 会员 用户"),
    ("transactions", "sales? orders? transactions? invoices? receipts? purchases? payments? returns?",
     "订单 交易 销售 流水 账单 小票"),
    ("interactions", "events? interactions? logs? visits? activity activities sessions? calls?",
     "事件 互动 日志 访问 行为 触点"),
    ("products", "products? items? articles? catalogu?e? skus? goods", "商品 产品 货品"),
    ("survey", "surveys? nps feedback responses? csat questionnaires? reviews? ratings?",
     "问卷 调查 评价 调研 净推荐值 反馈"),
    ("cases", "tickets? complaints? cases? claims? incidents?", "投诉 工单"),
)  # fmt: skip


def subject(file: str) -> str | None:
    """What a file is about by its name: a canonical table or "survey"; a sheet's name before its book's."""
    book, _, sheet = file.rpartition("/")[2].partition("#")
    stem = re.sub(r"(\.[a-z]+)+$", "", book.casefold() if book.isupper() else book)
    return next((found for text in (sheet, stem) if text and (found := _subject(text))), None)


def _subject(text: str) -> str | None:
    split = [word.rstrip("0123456789") for word in words(text)]
    if re.search(
        r"\b(order|invoice|sales?|receipt|line) ?(line )?(items?|lines?|products?)\b", " ".join(split)
    ):
        return "transactions"
    best: tuple[int, str] | None = None
    lower = text.casefold()
    for table, english, chinese in _SUBJECTS:
        pattern = "|".join(english.split())
        places = [
            len(" ".join(split[:number])) for number, word in enumerate(split) if re.fullmatch(pattern, word)
        ]
        places += [lower.rfind(word) for word in chinese.split() if word in lower]
        if places and (best is None or max(places) > best[0]):
            best = (max(places), table)
    return best[1] if best else None

"""LimeSurvey's LSS: XML with tables of rows; texts beside the rows (to version 3) or in tables of their
own (from 4).
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from peakend.language import Text
from peakend.server.surveys.drafts import Draft, DraftPage, DraftQuestion
from peakend.server.surveys.importing.report import (
    Imported,
    Losses,
    code_of,
    language_tag,
    option_code,
    plain,
)
from peakend.server.surveys.importing.scales import matrix_scale, numbered
from peakend.server.surveys.importing.xml_tables import Row, Tables, read_tables
from peakend.server.surveys.questionnaire import Condition, Operator, Option, ShowIf, Words
from peakend.server.surveys.uploads import refused

_TEXT = {"S": 300, "T": 2000, "U": 5000}
_LEFT_OUT = {
    "X": "text display",
    "*": "equation",
    "|": "file upload",
    "D": "date",
    "1": "array with two scales",
    ";": "array of texts",
    ":": "array of numbers",
    "I": "language switch",
    "K": "several numbers",
}
_YES = {"en": "Yes", "zh": "是"}
_NO = {"en": "No", "zh": "否"}
_OPS: dict[str, Operator] = {
    "==": "eq",
    "=": "eq",
    "eq": "eq",
    "!=": "ne",
    "ne": "ne",
    "<": "lt",
    "<=": "le",
    ">": "gt",
    ">=": "ge",
}


@dataclass(slots=True)
class _Reading:
    """The work on one file."""

    tables: Tables
    losses: Losses
    default: str
    tags: dict[str, str]
    taken: set[str] = field(default_factory=set)
    by_title: dict[str, DraftQuestion] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)  # title → their code → ours


def read_lss(content: bytes) -> Imported:
    """The draft in an LSS file and its losses; `InvalidError` for what is none, or holds a DTD or
    entities.
    """
    losses = Losses()
    tables = read_tables(content)
    if tables.kind != "Survey" or not tables.rows.get("questions"):
        raise refused(
            Text("This is not a LimeSurvey survey file (LSS).", "这不是 LimeSurvey 问卷文件（LSS）。"),
            Text(
                "In LimeSurvey: Export, Survey structure (.lss).",
                "请在 LimeSurvey 中选择“导出”“问卷结构（.lss）”。",
            ),
        )
    survey = (tables.rows.get("surveys") or [{}])[0]
    default_name = survey.get("language") or (tables.languages or ["en"])[0]
    default = language_tag(default_name, losses) or "en"
    names = dict.fromkeys([default_name, *survey.get("additional_languages", "").split(), *tables.languages])
    tags = {name: tag for name in names if name and (tag := language_tag(name, losses))}
    reading = _Reading(tables, losses, default, tags)
    pages = _pages(reading)
    draft = Draft(
        languages=list(dict.fromkeys([default, *tags.values()])),
        default_language=default,
        title=_settings(reading, "surveyls_title") or {default: "LimeSurvey"},
        intro=_settings(reading, "surveyls_welcometext"),
        thanks=_settings(reading, "surveyls_endtext"),
        privacy=_settings(reading, "surveyls_policy_notice"),
        pages=pages or [DraftPage(id="p1")],
    )
    _rest(reading, survey)
    return Imported(draft, losses.found, "LimeSurvey LSS")


def _settings(reading: _Reading, name: str) -> Words:
    words = {}
    for row in reading.tables.rows.get("surveys_languagesettings", []):
        tag = reading.tags.get(row.get("surveyls_language", ""))
        said = plain(row.get(name), name.removeprefix("surveyls_"), reading.losses)
        if tag and said:
            words[tag] = said
    return words


def _translated(
    reading: _Reading, rows: list[Row], table: str, key: str, name: str, value: str, where: str
) -> Words:
    """The texts of one thing: in its own rows (one a language) or in the table of texts."""
    beside = [row for row in reading.tables.rows.get(table, []) if row.get(key) == value]
    words: Words = {}
    for row in [*rows, *beside]:
        tag = reading.tags.get(row.get("language", ""), reading.default if not row.get("language") else "")
        said = _piped(reading, plain(row.get(name), where, reading.losses), where)
        if tag and said:
            words[tag] = said
    return words


def _piped(reading: _Reading, text: str, where: str) -> str:
    def found(match: re.Match[str]) -> str:
        name = match.group(1).removesuffix(".shown").removesuffix(".NAOK")
        attribute = re.fullmatch(r"TOKEN:(\w+)", name)
        if attribute:
            return f"{{{{@{attribute.group(1).lower()}}}}}"
        if name in reading.by_title:
            return f"{{{{{reading.by_title[name].id}}}}}"
        reading.losses.add(
            where,
            f"The expression {match.group(0)[:60]} was removed.",
            f"表达式 {match.group(0)[:60]} 已移除。",
        )
        return ""

    return re.sub(r"  +", " ", re.sub(r"\{([A-Za-z_][^{}\n]{0,300})\}", found, text)).strip()


def _grouped(rows: list[Row], key: str, order: str) -> list[tuple[str, list[Row]]]:
    """Rows of one thing together (one a language), in their order."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.get(key, "")].append(row)
    return sorted(found.items(), key=lambda one: _number(one[1][0].get(order)))


def _number(text: str | None) -> int:
    return int(text) if text and text.lstrip("-").isdigit() and len(text) < 9 else 0


def _pages(reading: _Reading) -> list[DraftPage]:
    pages: list[DraftPage] = []
    every = reading.tables.rows
    questions = [row for row in every.get("questions", []) if row.get("parent_qid", "0") in ("", "0")]
    for gid, rows in _grouped(every.get("groups", []), "gid", "group_order"):
        title = _translated(reading, rows, "group_l10ns", "gid", "group_name", gid, f"group {gid}")
        page = DraftPage(id=f"p{len(pages) + 1}", title=title)
        where = next(iter(title.values()), f"group {gid}")
        if rows[0].get("randomization_group"):
            reading.losses.add(
                where, "The random order of groups was not taken over.", "题组的随机顺序未导入。"
            )
        description = _translated(reading, rows, "group_l10ns", "gid", "description", gid, where)
        if description:
            reading.losses.add(
                where,
                f"The group's description was dropped: “{next(iter(description.values()))[:80]}”",
                f"题组说明未导入：“{next(iter(description.values()))[:80]}”。",
            )
        page.show_if = _relevance(reading, rows[0].get("grelevance", ""), where)
        mine = [row for row in questions if row.get("gid") == gid]
        for qid, of_one in _grouped(mine, "qid", "question_order"):
            page.questions += _question(reading, qid, of_one)
        if page.questions and len(pages) < 60:
            pages.append(page)
    lost = {row.get("gid", "") for row in questions} - {row.get("gid", "") for row in every.get("groups", [])}
    for gid in sorted(lost):
        reading.losses.add(
            f"group {gid}",
            "Its questions belong to a group that the file does not hold.",
            "其题目所属的题组不在文件中。",
        )
    return pages


def _question(reading: _Reading, qid: str, rows: list[Row]) -> list[DraftQuestion]:
    row = rows[0]
    kind, where = row.get("type", ""), row.get("title", "") or f"question {qid}"
    words = _translated(reading, rows, "question_l10ns", "qid", "question", qid, where)
    if kind in _LEFT_OUT or kind not in "L!OYGMPSTUN5ABCEFHRQ" or not kind:
        said = next(iter(words.values()), "")[:80]
        what = _LEFT_OUT.get(kind, f"type {kind[:10]}")
        reading.losses.add(where, f"Left out: {what}. “{said}”", f"未导入：{what}（“{said}”）。")
        return []
    made = DraftQuestion(id=code_of(where, reading.taken), type="text", text=words)
    made.help = _translated(reading, rows, "question_l10ns", "qid", "help", qid, where)
    made.required = row.get("mandatory") in ("Y", "S")
    subs = [one for one in reading.tables.rows.get("subquestions", []) if one.get("parent_qid") == qid]
    if kind == "Q":
        return _several(reading, subs, where, made)
    _typed(reading, qid, kind, where, made, subs)
    _extras(reading, qid, row, where, made)
    made.show_if = _relevance(reading, row.get("relevance", ""), where)
    conditions = [one for one in reading.tables.rows.get("conditions", []) if one.get("qid") == qid]
    if conditions and made.show_if is None and row.get("relevance", "1") in ("", "1"):
        reading.losses.add(
            where,
            "Its conditions were not taken over: it is shown to everybody.",
            "显示条件未导入：该题将向所有人显示。",
        )
    reading.by_title[where] = made
    return [made]


def _typed(reading: _Reading, qid: str, kind: str, where: str, made: DraftQuestion, subs: list[Row]) -> None:
    if kind in "L!O":
        made.type, made.options = "single", _answers(reading, qid, where)
        if kind == "O":
            reading.losses.add(where, "Its comment box was removed.", "备注框已移除。")
        _read_as_nps(reading, where, made)
    elif kind in "YG":
        made.type = "single"
        pairs = (
            (("Y", _YES), ("N", _NO))
            if kind == "Y"
            else (("F", {"en": "Female", "zh": "女"}), ("M", {"en": "Male", "zh": "男"}))
        )
        made.options = [Option(code=code, text=_spoken(reading, words, where)) for code, words in pairs]
        reading.codes[where] = {code: code for code, _ in pairs}
    elif kind in "MP":
        made.type, made.options = "multiple", _subquestions(reading, subs, where)
        if kind == "P":
            reading.losses.add(where, "Its comment boxes were removed.", "备注框已移除。")
    elif kind == "R":
        made.type, made.options = "ranking", _answers(reading, qid, where)
        made.options = made.options or _subquestions(reading, subs, where)
    elif kind == "5":
        made.type = "rating"
    elif kind in "ABCEFH":
        made.type, made.rows = "matrix", _subquestions(reading, subs, where)[:60]
        _array(reading, qid, kind, where, made)
    else:
        made.max_length = _TEXT.get(kind, 100)
        if kind == "N":
            reading.losses.add(
                where,
                "A number became a text: its check was not taken over.",
                "数值题已改为文字题，数值校验未导入。",
            )


def _array(reading: _Reading, qid: str, kind: str, where: str, made: DraftQuestion) -> None:
    if kind == "A":
        made.scale_low, made.scale_high = 1, 5
    elif kind == "B":
        made.scale_low, made.scale_high = 1, 10
    elif kind in "CE":
        made.scale_low, made.scale_high = 1, 3
        ends = (
            ({"en": "Yes", "zh": "是"}, {"en": "No", "zh": "否"})
            if kind == "C"
            else ({"en": "Increase", "zh": "增加"}, {"en": "Decrease", "zh": "减少"})
        )
        made.low_label, made.high_label = (_spoken(reading, words, where) for words in ends)
        reading.losses.add(
            where, "Three answers became a scale from 1 to 3.", "三个答案已改为 1 至 3 的量表。"
        )
    else:
        columns = _answers(reading, qid, where)
        matrix_scale(
            made, [one.text for one in columns], [one.code for one in columns], where, reading.losses
        )
        if kind == "H":
            reading.losses.add(
                where, "An array by columns is drawn by rows.", "按列排布的矩阵已改为按行排布。"
            )


def _spoken(reading: _Reading, words: Words, where: str) -> Words:
    known = {tag: words.get(tag.split("-")[0], "") for tag in reading.tags.values()}
    missing = [tag for tag, text in known.items() if not text]
    if missing:
        reading.losses.add(
            where,
            f"Words of LimeSurvey itself are missing in {', '.join(missing)}.",
            f"LimeSurvey 自带文字缺少以下语言：{'、'.join(missing)}。",
        )
    return {tag: text for tag, text in known.items() if text}


def _answers(reading: _Reading, qid: str, where: str) -> list[Option]:
    rows = [row for row in reading.tables.rows.get("answers", []) if row.get("qid") == qid]
    if any(row.get("scale_id", "0") not in ("", "0") for row in rows):
        reading.losses.add(where, "Its second scale was dropped.", "第二个量表未导入。")
        rows = [row for row in rows if row.get("scale_id", "0") in ("", "0")]
    taken: set[str] = set()
    made = []
    for code, of_one in _grouped(rows, "code", "sortorder"):
        ours = option_code(code, taken)
        reading.codes.setdefault(where, {})[code] = ours
        words = _translated(
            reading, of_one, "answer_l10ns", "aid", "answer", of_one[0].get("aid", "-"), where
        )
        made.append(Option(code=ours, text=words))
    return made[:200]


def _subquestions(reading: _Reading, subs: list[Row], where: str) -> list[Option]:
    taken: set[str] = set()
    made = []
    for qid, rows in _grouped(subs, "qid", "question_order"):
        title = rows[0].get("title", qid)
        ours = option_code(title, taken)
        reading.codes.setdefault(where, {})[title] = ours
        words = _translated(reading, rows, "question_l10ns", "qid", "question", qid, where)
        made.append(Option(code=ours, text=words))
        if rows[0].get("relevance", "1") not in ("", "1"):
            reading.losses.add(
                where, f"A condition on its part {title} was removed.", f"其中 {title} 的显示条件已移除。"
            )
    return made[:200]


def _several(reading: _Reading, subs: list[Row], where: str, made: DraftQuestion) -> list[DraftQuestion]:
    reading.taken.discard(made.id)
    parts = _subquestions(reading, subs, where)
    reading.losses.add(
        where,
        f"A question with {len(parts)} text boxes became as many questions.",
        f"含 {len(parts)} 个填写框的题目已拆为同样多的题目。",
    )
    return [
        DraftQuestion(
            id=code_of(f"{made.id}_{part.code}", reading.taken),
            type="text",
            text={
                tag: f"{made.text[tag]} – {text}" if made.text.get(tag) else text
                for tag, text in part.text.items()
            },
            required=made.required,
            max_length=300,
        )
        for part in parts
    ]


def _read_as_nps(reading: _Reading, where: str, made: DraftQuestion) -> None:
    labels = [[numbered(text) for text in option.text.values()] for option in made.options]
    asked = " ".join(made.text.values()).lower()
    if [set(one) for one in labels] == [{n} for n in range(11)] and ("recommend" in asked or "推荐" in asked):
        made.type, made.options, made.overall = "nps", [], True
        reading.losses.add(
            where,
            "A list from 0 to 10 about recommending became an NPS question.",
            "关于推荐的 0 至 10 选项列表已改为净推荐值题。",
        )


def _extras(reading: _Reading, qid: str, row: Row, where: str, made: DraftQuestion) -> None:
    if row.get("other") == "Y":
        reading.losses.add(
            where, "Its option “other” with a text box was dropped.", "带填写框的“其他”选项未导入。"
        )
    if row.get("preg"):
        reading.losses.add(where, "The check of what is typed was not taken over.", "输入校验未导入。")
    for one in reading.tables.rows.get("question_attributes", []):
        if one.get("qid") != qid or not one.get("value"):
            continue
        name, value = one.get("attribute", ""), one["value"]
        if name in ("random_order", "answer_order") and value in ("1", "random"):
            made.shuffle = True
        elif name == "exclude_all_others":
            listed = set(value.split(";"))
            ours = {reading.codes.get(where, {}).get(code, code) for code in listed}
            for option in made.options:
                option.exclusive = option.code in ours
        elif name == "max_answers" and made.type == "multiple" and value.isdigit() and int(value):
            made.most = int(value)
        elif value not in ("0", "N", "1") and name not in (
            "question_template",
            "save_as_default",
            "cssclass",
        ):
            reading.losses.add(
                where, f"Its setting {name[:40]} was not taken over.", f"设置 {name[:40]} 未导入。"
            )


_TERM = re.compile(
    r"""^\s*(?P<name>[A-Za-z][A-Za-z0-9]*)(?:_(?P<part>[A-Za-z0-9]+))?(?:\.NAOK|\.value|\.valueNAOK)?\s*"""
    r"""(?P<op>==|!=|<=|>=|=|<|>|\beq\b|\bne\b)\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>-?\d+))\s*$"""
)


def _relevance(reading: _Reading, equation: str, where: str) -> ShowIf | None:
    """The rule in an equation as LimeSurvey's own editor writes it; anything else is noted as lost."""
    bare = equation.strip()
    if bare in ("", "1"):
        return None
    # Brackets around everything or around a term say nothing; others do.
    flat = bare.replace("((", "(").replace("))", ")")
    flat = re.sub(r"\(([^()]*)\)", r"\1", flat)
    joins = {word.lower() for word in re.findall(r"\s(and|or|&&|\|\|)\s", flat, re.IGNORECASE)}
    any_ = bool(joins & {"or", "||"})
    conditions = [
        _condition(reading, term) for term in re.split(r"\s(?:and|or|&&|\|\|)\s", flat, flags=re.IGNORECASE)
    ]
    known = [one for one in conditions if one is not None]
    if "(" in flat or (any_ and joins & {"and", "&&"}) or len(known) < len(conditions) or len(known) > 20:
        reading.losses.add(
            where,
            f"Its condition was not taken over, it is shown to everybody: {bare[:120]}",
            f"显示条件未导入，将向所有人显示：{bare[:120]}",
        )
        return None
    return ShowIf(match="any" if any_ else "all", conditions=known)


def _condition(reading: _Reading, term: str) -> Condition | None:
    match = _TERM.match(term)
    asked = reading.by_title.get(match["name"]) if match else None
    if match is None or asked is None:
        return None
    value = next(v for v in (match["double"], match["single"], match["bare"]) if v is not None)
    op, codes = _OPS[match["op"]], reading.codes.get(match["name"], {})
    if asked.type == "multiple":
        picked = codes.get(match["part"] or "")
        return (
            Condition(question=asked.id, op="contains", value=picked)
            if picked and op == "eq" and value == "Y"
            else None
        )
    if asked.type == "matrix":
        row = codes.get(match["part"] or "")
        return (
            Condition(question=f"{asked.id}.{row}", op=op, value=numbered(value))
            if row and isinstance(numbered(value), int)
            else None
        )
    if match["part"]:
        return None
    if asked.scale:
        number = numbered(value)
        return Condition(question=asked.id, op=op, value=number) if isinstance(number, int) else None
    if value == "":
        return Condition(question=asked.id, op="not_answered" if op == "eq" else "answered")
    if asked.type == "single":
        code = codes.get(value)
        return Condition(question=asked.id, op=op, value=code) if code and op in ("eq", "ne") else None
    return Condition(question=asked.id, op=op, value=value) if op in ("eq", "ne") else None


def _rest(reading: _Reading, survey: Row) -> None:
    for table, en, zh in (
        ("quota", "Quotas were not taken over: set them in channels.", "配额未导入，请在渠道中设置。"),
        ("assessments", "Assessments were not taken over.", "评估规则未导入。"),
        ("defaultvalues", "Default answers were not taken over.", "默认答案未导入。"),
        (
            "survey_url_parameters",
            "URL parameters were not taken over: send values with invitations.",
            "网址参数未导入，请随邀请提供。",
        ),
    ):
        if reading.tables.rows.get(table):
            reading.losses.add("survey", en, zh)
    if survey.get("anonymized") == "Y":
        reading.losses.add(
            "survey",
            "The survey was anonymous there: choose it in this survey's settings.",
            "原问卷为匿名，请在本调查的设置中选择匿名。",
        )
    known = {
        "answers",
        "answer_l10ns",
        "groups",
        "group_l10ns",
        "questions",
        "question_l10ns",
        "subquestions",
        "question_attributes",
        "surveys",
        "surveys_languagesettings",
        "conditions",
        "quota",
        "quota_members",
        "quota_languagesettings",
        "assessments",
        "defaultvalues",
        "defaultvalue_l10ns",
        "survey_url_parameters",
        "themes",
        "themes_inherited",
        "question_themes",
    }
    for name in sorted(set(reading.tables.rows) - known):
        if reading.tables.rows[name]:
            reading.losses.add(
                "survey", f"The table {name[:40]} was not taken over.", f"数据表 {name[:40]} 未导入。"
            )

"""Qualtrics' QSF: JSON with a list of elements: blocks (BL), the flow (FL), options (SO), questions (SQ)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

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
from peakend.server.surveys.questionnaire import Condition, Operator, Option, ShowIf, Words
from peakend.server.surveys.uploads import refused

Json = dict[str, Any]
_SINGLE = {"SAVR", "SAHR", "SACOL", "DL", "SB"}
_MULTIPLE = {"MAVR", "MAHR", "MACOL", "MSB"}
_OPERATORS: dict[str, Operator] = {
    "EqualTo": "eq",
    "NotEqualTo": "ne",
    "GreaterThan": "gt",
    "GreaterThanOrEqual": "ge",
    "LessThan": "lt",
    "LessThanOrEqual": "le",
}
_TYPES_LOST = {
    "Timing": "page timer",
    "Captcha": "captcha",
    "FileUpload": "file upload",
    "HeatMap": "heat map",
    "HotSpot": "hot spot",
    "Draw": "signature",
    "PGR": "pick, group and rank",
    "DD": "drill down",
    "CS": "constant sum",
    "SBS": "side by side",
    "HL": "text highlighter",
    "Meta": "browser data",
    "SS": "graphic slider",
    "TreeSelect": "tree",
}


@dataclass(slots=True)
class _Reading:
    """The work on one file."""

    losses: Losses
    default: str
    names: dict[str, str] = field(default_factory=dict)  # their language → tag
    ids: dict[str, str] = field(default_factory=dict)  # QID1 → our id
    codes: dict[str, dict[str, str]] = field(default_factory=dict)  # QID1 → choice → code
    kinds: dict[str, str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)


def read_qsf(content: bytes) -> Imported:
    """The draft in a QSF file and its losses; `InvalidError` for what is no QSF."""
    losses = Losses()
    data = _json(content)
    entry = _mapping(data.get("SurveyEntry"))
    elements = [one for one in data.get("SurveyElements") or [] if isinstance(one, dict)]
    questions = {
        str(one.get("PrimaryAttribute")): _mapping(one.get("Payload"))
        for one in elements
        if one.get("Element") == "SQ"
    }
    if not questions:
        raise _not_qsf()
    options = next((_mapping(one.get("Payload")) for one in elements if one.get("Element") == "SO"), {})
    default = language_tag(entry.get("SurveyLanguage") or "EN", losses) or "en"
    reading = _Reading(losses, default)
    reading.names = _languages(reading, questions, options)
    pages = _pages(reading, elements, questions)
    name = plain(entry.get("SurveyName"), "survey", losses) or "Qualtrics"
    draft = Draft(
        languages=list(dict.fromkeys([default, *reading.names.values()])),
        default_language=default,
        title={default: name},
        pages=pages or [DraftPage(id="p1")],
    )
    thanks = plain(options.get("EOSMessage"), "end of survey", losses)
    if thanks and not thanks.startswith("MS_"):
        draft.thanks = {default: thanks}
    elif thanks:
        losses.add(
            "end of survey",
            "The library message at the end is not in the file.",
            "结束语引用了消息库，文件中没有其内容。",
        )
    _rest(losses, elements, options)
    return Imported(draft, losses.found, "Qualtrics QSF")


def _json(content: bytes) -> Json:
    try:
        data = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _not_qsf() from error
    if not isinstance(data, dict) or not isinstance(data.get("SurveyElements"), list):
        raise _not_qsf()
    return data


def _not_qsf() -> Exception:
    return refused(
        Text("This is not a Qualtrics survey file (QSF).", "这不是 Qualtrics 问卷文件（QSF）。"),
        Text(
            "In Qualtrics: Tools, Import/Export, Export survey.",
            "请在 Qualtrics 中依次选择“工具”“导入/导出”“导出调查”。",
        ),
    )


def _mapping(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _in_order(parts: object, order: object = None) -> list[tuple[str, Json]]:
    """Choices or answers: a mapping (with an order beside it) or a list."""
    if isinstance(parts, list):
        return [(str(n), _mapping(one)) for n, one in enumerate(parts, 1)]
    known = {str(key): _mapping(one) for key, one in _mapping(parts).items()}
    listed = [str(one) for one in order] if isinstance(order, list) else []
    return [(key, known[key]) for key in dict.fromkeys([*listed, *known]) if key in known]


def _languages(reading: _Reading, questions: dict[str, Json], options: Json) -> dict[str, str]:
    named = [*_mapping(options.get("AvailableLanguages")), *_mapping(_mapping(options.get("Language")))]
    for payload in questions.values():
        named += list(_mapping(payload.get("Language")))
    found = {}
    for name in dict.fromkeys(str(one) for one in named):
        tag = language_tag(name, reading.losses)
        if tag:
            found[name] = tag
    return found


def _pages(reading: _Reading, elements: list[Json], questions: dict[str, Json]) -> list[DraftPage]:
    blocks = {}
    for one in elements:
        if one.get("Element") == "BL":
            listed = one.get("Payload")
            for block in listed if isinstance(listed, list) else _mapping(listed).values():
                block = _mapping(block)
                blocks[str(block.get("ID"))] = block
    flow = next((_mapping(one.get("Payload")) for one in elements if one.get("Element") == "FL"), {})
    order = _flow(reading, flow.get("Flow"), 0)
    live = {key: block for key, block in blocks.items() if block.get("Type") != "Trash"}
    for key, block in blocks.items():
        if key not in live and block.get("BlockElements"):
            reading.losses.add("trash", "Questions in the trash were left out.", "回收站中的题目未导入。")
    if order:
        for key in [key for key in live if key not in order]:
            name = str(live[key].get("Description") or key)
            if live[key].get("BlockElements"):
                reading.losses.add(
                    name,
                    "This block is not in the survey's flow; it was left out.",
                    "该区块不在问卷流程中，未导入。",
                )
    pages: list[DraftPage] = []
    for key in order or list(live):
        if key in live:
            pages += _block(reading, live[key], questions, len(pages))
    return pages[:60]


def _flow(reading: _Reading, flow: object, depth: int) -> list[str]:
    found: list[str] = []
    for step in flow if isinstance(flow, list) and depth < 30 else []:
        kind, name = str(_mapping(step).get("Type")), str(_mapping(step).get("FlowID") or "flow")
        if kind in ("Block", "Standard"):
            found.append(str(step.get("ID")))
        elif kind in ("Branch", "Group", "Root"):
            if kind == "Branch":
                reading.losses.add(
                    name,
                    "The condition of a branch was not taken over: its questions are shown to everybody.",
                    "分支条件未导入：其中的题目将向所有人显示。",
                )
            found += _flow(reading, step.get("Flow"), depth + 1)
        elif kind in ("BlockRandomizer", "Randomizer"):
            reading.losses.add(
                name, "The random order of blocks was not taken over.", "区块的随机顺序未导入。"
            )
            found += _flow(reading, step.get("Flow"), depth + 1)
        elif kind == "EmbeddedData":
            fields = [str(_mapping(one).get("Field")) for one in step.get("EmbeddedData") or []]
            reading.losses.add(
                name,
                f"Embedded data are not declared here: send {', '.join(fields)[:120]} with invitations.",
                f"嵌入数据无需在此声明，请随邀请提供：{'、'.join(fields)[:120]}。",
            )
        else:
            reading.losses.add(
                name, f"The step {kind} of the flow was not taken over.", f"流程步骤 {kind} 未导入。"
            )
    return found


def _block(reading: _Reading, block: Json, questions: dict[str, Json], before: int) -> list[DraftPage]:
    name = str(block.get("Description") or block.get("ID"))
    if _mapping(block.get("Options")).get("RandomizeQuestions") not in (None, "false", False, "", "0"):
        reading.losses.add(
            name, "The random order of questions was not taken over.", "题目的随机顺序未导入。"
        )
    if _mapping(block.get("Options")).get("Looping") not in (None, "None", "", False, "0"):
        reading.losses.add(name, "Loop and merge was not taken over.", "循环与合并未导入。")
    pages = [DraftPage(id=f"p{before + 1}")]
    for element in block.get("BlockElements") or []:
        kind = _mapping(element).get("Type")
        if kind == "Page Break":
            pages.append(DraftPage(id=f"p{before + len(pages) + 1}"))
        elif kind == "Question":
            qid = str(element.get("QuestionID"))
            if qid not in questions:
                reading.losses.add(
                    qid,
                    "The file names this question but does not hold it.",
                    "文件引用了该题，却没有其内容。",
                )
                continue
            for question in _question(reading, qid, questions[qid]):
                if len(pages[-1].questions) == 100:
                    pages.append(DraftPage(id=f"p{before + len(pages) + 1}"))
                pages[-1].questions.append(question)
    kept = [page for page in pages if page.questions]
    for number, page in enumerate(kept, before + 1):
        page.id = f"p{number}"
    return kept


def _question(reading: _Reading, qid: str, payload: Json) -> list[DraftQuestion]:
    where = str(payload.get("DataExportTag") or qid)
    kind, selector = str(payload.get("QuestionType")), str(payload.get("Selector"))
    sub = str(payload.get("SubSelector") or "")
    made = DraftQuestion(
        id=code_of(where, reading.taken), type="text", text=_texts(reading, payload, where, "QuestionText")
    )
    if kind == "MC" and (selector in _SINGLE | _MULTIPLE):
        made.type = "single" if selector in _SINGLE else "multiple"
        made.options = _choices(reading, qid, payload, where, made.type)
    elif kind == "MC" and selector == "NPS":
        made.type, made.overall = "nps", True
        _ends(reading, payload, where, made)
        reading.codes[qid] = {
            str(key): str(one.get("Display")) for key, one in _in_order(payload.get("Choices"))
        }
    elif kind == "Matrix" and selector == "Likert" and sub in ("SingleAnswer", "", "DL"):
        made.type = "matrix"
        made.rows = _choices(reading, qid, payload, where, "matrix")
        _columns(reading, payload, where, made)
    elif kind == "RO":
        made.type = "ranking"
        made.options = _choices(reading, qid, payload, where, "ranking")
    elif kind == "TE" and selector in ("SL", "ML", "ESTB", "PW"):
        made.max_length = 300 if selector == "SL" else 2000
        content = _mapping(_mapping(payload.get("Validation")).get("Settings")).get("ContentType")
        if content:
            reading.losses.add(
                where,
                f"The check of what is typed ({content}) was not taken over.",
                f"输入校验（{content}）未导入。",
            )
    elif kind == "TE" and selector == "FORM":
        return _form(reading, qid, payload, where, made)
    elif kind == "Slider" and _slider(reading, qid, payload, where, made):
        pass
    else:
        what = (
            "descriptive text" if kind == "DB" else _TYPES_LOST.get(kind, f"{kind} {selector} {sub}".strip())
        )
        said = plain(payload.get("QuestionText"), where, reading.losses)[:80]
        reading.losses.add(where, f"Left out: {what}. “{said}”", f"未导入：{what}（“{said}”）。")
        reading.taken.discard(made.id)
        return []
    _settings(reading, payload, where, made)
    reading.ids[qid], reading.kinds[qid] = made.id, made.type
    return [made]


def _texts(reading: _Reading, payload: Json, where: str, name: str) -> Words:
    words = {reading.default: _piped(reading, plain(payload.get(name), where, reading.losses), where)}
    for theirs, content in _mapping(payload.get("Language")).items():
        tag = reading.names.get(str(theirs))
        said = plain(_mapping(content).get(name), where, reading.losses)
        if tag and said:
            words[tag] = _piped(reading, said, where)
    return {tag: text for tag, text in words.items() if text}


def _piped(reading: _Reading, text: str, where: str) -> str:
    def found(match: re.Match[str]) -> str:
        address = match.group(1)
        embedded = re.fullmatch(r"e://Field/([A-Za-z_][A-Za-z0-9_]*)", address)
        if embedded:
            return f"{{{{@{embedded.group(1)}}}}}"
        asked = re.match(r"q://(QID\d+)/Choice(?:Group/SelectedChoices|TextEntryValue)", address)
        if asked and asked.group(1) in reading.ids:
            return f"{{{{{reading.ids[asked.group(1)]}}}}}"
        reading.losses.add(
            where,
            f"The piped text {match.group(0)[:60]} was removed.",
            f"管道文字 {match.group(0)[:60]} 已移除。",
        )
        return ""

    return re.sub(r"  +", " ", re.sub(r"\$\{([^}]{1,300})\}", found, text)).strip()


def _choices(reading: _Reading, qid: str, payload: Json, where: str, kind: str) -> list[Option]:
    recodes = {str(key): str(one) for key, one in _mapping(payload.get("RecodeValues")).items()}
    taken: set[str] = set()
    made = []
    reading.codes[qid] = {}
    for key, choice in _in_order(payload.get("Choices"), payload.get("ChoiceOrder")):
        code = option_code(recodes.get(key) or key, taken)
        reading.codes[qid][key] = code
        words = {reading.default: plain(choice.get("Display"), where, reading.losses)}
        for theirs, content in _mapping(payload.get("Language")).items():
            tag = reading.names.get(str(theirs))
            said = _mapping(_mapping(_mapping(content).get("Choices")).get(key)).get("Display")
            if tag and said:
                words[tag] = plain(said, where, reading.losses)
        if choice.get("TextEntry") in (True, "true", "on"):
            reading.losses.add(
                where,
                "The text box of an option was removed; the option stays.",
                "选项旁的填写框已移除，选项保留。",
            )
        if choice.get("DisplayLogic"):
            reading.losses.add(where, "A condition on an option was removed.", "选项上的显示条件已移除。")
        made.append(
            Option(
                code=code,
                text={tag: text for tag, text in words.items() if text},
                exclusive=kind == "multiple" and choice.get("ExclusiveAnswer") in (True, "true"),
            )
        )
    return made[: 60 if kind == "matrix" else 200]


def _ends(reading: _Reading, payload: Json, where: str, made: DraftQuestion) -> None:
    labels = [
        plain(_mapping(one).get("Display"), where, reading.losses)
        for one in payload.get("ColumnLabels") or []
    ]
    for place, words in ((0, made.low_label), (len(labels) - 1, made.high_label)):
        if labels and labels[place]:
            words[reading.default] = labels[place]


def _columns(reading: _Reading, payload: Json, where: str, made: DraftQuestion) -> None:
    answers = _in_order(payload.get("Answers"), payload.get("AnswerOrder"))
    labels = []
    for key, answer in answers:
        words = {reading.default: plain(answer.get("Display"), where, reading.losses)}
        for theirs, content in _mapping(payload.get("Language")).items():
            tag = reading.names.get(str(theirs))
            said = _mapping(_mapping(_mapping(content).get("Answers")).get(key)).get("Display")
            if tag and said:
                words[tag] = plain(said, where, reading.losses)
        labels.append(words)
    recodes = [str(_mapping(payload.get("RecodeValues")).get(key, key)) for key, _ in answers]
    matrix_scale(made, labels, recodes, where, reading.losses)


def _slider(reading: _Reading, qid: str, payload: Json, where: str, made: DraftQuestion) -> bool:
    settings = _mapping(payload.get("Configuration"))
    try:
        low = int(settings.get("CSSliderMin", 0))
        high = int(settings.get("CSSliderMax", 10))
    except (TypeError, ValueError):
        return False
    if not 0 <= low < high <= 100 or high - low > 10:
        return False
    made.type = "matrix"
    made.rows = _choices(reading, qid, payload, where, "matrix")
    made.scale_low, made.scale_high = low, high
    reading.losses.add(where, "A slider became a scale of buttons.", "滑块已改为按钮量表。")
    return bool(made.rows)


def _form(reading: _Reading, qid: str, payload: Json, where: str, made: DraftQuestion) -> list[DraftQuestion]:
    fields = _choices(reading, qid, payload, where, "form")
    reading.taken.discard(made.id)
    reading.losses.add(
        where,
        f"A form with {len(fields)} fields became as many questions.",
        f"含 {len(fields)} 个字段的表单已拆为同样多的题目。",
    )
    found = []
    for one in fields:
        part = DraftQuestion(
            id=code_of(f"{made.id}_{one.code}", reading.taken), type="text", text=one.text, max_length=300
        )
        found.append(part)
    return found


def _settings(reading: _Reading, payload: Json, where: str, made: DraftQuestion) -> None:
    forced = _mapping(_mapping(payload.get("Validation")).get("Settings"))
    made.required = (
        forced.get("ForceResponse") == "ON" and forced.get("ForceResponseType") != "RequestResponse"
    )
    if _mapping(payload.get("Randomization")).get("Type") == "All":
        made.shuffle = True
    elif payload.get("Randomization"):
        reading.losses.add(where, "The random order of options was not taken over.", "选项的随机顺序未导入。")
    for name, en, zh in (
        ("InPageDisplayLogic", "A condition within the page was not taken over.", "页内显示条件未导入。"),
        ("SkipLogic", "Skip logic was not taken over.", "跳转逻辑未导入。"),
        ("QuestionJS", "JavaScript was removed.", "已移除 JavaScript。"),
        (
            "DynamicChoices",
            "Choices carried forward from another question were not taken over.",
            "从其他题目带入的选项未导入。",
        ),
        ("DefaultChoices", "Default answers were not taken over.", "默认答案未导入。"),
    ):
        if payload.get(name):
            reading.losses.add(where, en, zh)
    if payload.get("DisplayLogic"):
        made.show_if = _logic(reading, _mapping(payload["DisplayLogic"]))
        if made.show_if is None:
            reading.losses.add(
                where,
                "Its display logic was not taken over: it is shown to everybody.",
                "显示逻辑未导入：该题将向所有人显示。",
            )


def _logic(reading: _Reading, logic: Json) -> ShowIf | None:
    groups = [(key, one) for key, one in logic.items() if str(key).isdigit() and isinstance(one, dict)]
    if len(groups) != 1:
        return None
    conditions, joined = [], set()
    for key, one in sorted(groups[0][1].items()):
        if not str(key).isdigit():
            continue
        condition = _condition(reading, _mapping(one))
        if condition is None:
            return None
        conditions.append(condition)
        if int(key) > 0:
            # Their own spelling.
            joined.add(str(one.get("Conjuction") or one.get("Conjunction") or "And"))
    if not 0 < len(conditions) <= 20 or len(joined) > 1:
        return None
    return ShowIf(match="any" if "Or" in joined else "all", conditions=conditions)


def _condition(reading: _Reading, one: Json) -> Condition | None:
    qid, operator = str(one.get("QuestionID")), str(one.get("Operator"))
    if one.get("LogicType") == "EmbeddedField":
        name = str(one.get("LeftOperand"))
        plain_name = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name)
        if plain_name and operator in ("EqualTo", "NotEqualTo"):
            return Condition(
                question=f"@{name}",
                op="eq" if operator == "EqualTo" else "ne",
                value=str(one.get("RightOperand")),
            )
        return None
    if one.get("LogicType") != "Question" or qid not in reading.ids:
        return None
    name, kind = reading.ids[qid], reading.kinds[qid]
    choice = re.search(r"/SelectableChoice/(\w+)$", str(one.get("ChoiceLocator") or one.get("LeftOperand")))
    if choice and operator in ("Selected", "NotSelected"):
        code = reading.codes.get(qid, {}).get(choice.group(1))
        if code is None or kind not in ("single", "multiple", "nps"):
            return None
        value = numbered(code) if kind == "nps" else code
        if kind == "multiple":
            # "not selected" has no equal for several choices.
            return Condition(question=name, op="contains", value=value) if operator == "Selected" else None
        return Condition(question=name, op="eq" if operator == "Selected" else "ne", value=value)
    if operator in _OPERATORS and kind == "nps":
        number = numbered(one.get("RightOperand"))
        if isinstance(number, int):
            return Condition(question=name, op=_OPERATORS[operator], value=number)
    if operator in ("Empty", "NotEmpty"):
        return Condition(question=name, op="not_answered" if operator == "Empty" else "answered")
    return None


def _rest(losses: Losses, elements: list[Json], options: Json) -> None:
    quotas = sum(one.get("Element") == "QO" for one in elements)
    if quotas:
        losses.add(
            "quotas",
            f"{quotas} quotas were not taken over: set them in channels.",
            f"{quotas} 个配额未导入，请在渠道中设置。",
        )
    known = {"SQ", "BL", "FL", "SO", "QO", "SCO", "PROJ", "STAT", "QC", "RS", "PL", "QG", "QGO", "NT"}
    for name in sorted({str(one.get("Element")) for one in elements} - known):
        losses.add("survey", f"The element {name[:20]} was not taken over.", f"元素 {name[:20]} 未导入。")
    for name, en, zh in (
        ("Header", "The header was removed.", "页眉已移除。"),
        ("Footer", "The footer was removed.", "页脚已移除。"),
        ("CustomStyles", "Colours and styles were removed.", "颜色与样式已移除。"),
        ("ScoringSummaryAfterSurvey", "Scoring was not taken over.", "计分未导入。"),
    ):
        if options.get(name):
            losses.add("survey", en, zh)

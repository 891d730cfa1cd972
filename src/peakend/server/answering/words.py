"""What pages say around the questions: in English and Chinese here, in other languages by the questionnaire.

`questionnaire.interface["next"] = {"ar": "التالي"}` gives a word of this list in another language, or another
word for it in one of these.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.server.surveys.questionnaire import Questionnaire

WORDS: dict[str, Text] = {
    "next": Text("Next", "下一步"),
    "back": Text("Back", "上一步"),
    "send": Text("Send", "提交"),
    "optional": Text("(optional)", "（选填）"),
    "page": Text("Step {n} of {of}", "第 {n} 步，共 {of} 步"),
    "language": Text("Language", "语言"),
    "not_used": Text("Did not use", "未使用"),
    "expected": Text("What you expected", "您事先的期望"),
    "met": Text("What you experienced", "您实际的感受"),
    "yes": Text("I agree", "同意"),
    "no": Text("I do not agree", "不同意"),
    "choose": Text("Choose", "请选择"),
    "most": Text("Choose at most {n}.", "最多选择 {n} 项。"),
    "rank": Text("Give each a place: 1 stands first.", "请为每一项排位：1 为第一位。"),
    "privacy": Text("Privacy", "隐私说明"),
    "anonymous": Text(
        "Your answer is anonymous: nothing that tells who you are is kept with it.",
        "本次调查匿名进行：不会保存任何可识别您身份的信息。",
    ),
    "kept_private": Text(
        "We use your answer to improve our service and keep it confidential.",
        "您的回答仅用于改进服务，我们会予以保密。",
    ),
    "thanks": Text("Thank you. Your answer has arrived.", "谢谢您。我们已收到您的回答。"),
    "screened": Text(
        "Thank you. We already have enough answers from people in your situation.",
        "谢谢您。与您情况相近的回答已经足够。",
    ),
    "already": Text("Thank you. You have already answered.", "谢谢您。您已经回答过了。"),
    "declined": Text(
        "You told us that you would rather not answer. That is fine.",
        "您已选择不参加本次调查，我们尊重您的决定。",
    ),
    "decline": Text("I would rather not answer", "我不想参加"),
    "kept_title": Text("Your first answer was kept", "已保留您最初的回答"),
    "kept": Text(
        "This form was sent before with other content. The first counts; what you sent now was not stored.",
        "此问卷此前已提交，内容与本次不同。以第一次提交为准，本次内容未保存。",
    ),
    "closed_title": Text("This survey is closed", "调查已结束"),
    "closed": Text(
        "It takes no more answers. Thank you for your interest.", "已不再接收回答，感谢您的关注。"
    ),
    "expired_title": Text("This page is too old", "页面已过期"),
    "expired": Text("Open it again and answer once more.", "请重新打开页面后再作答。"),
    "busy_title": Text("Too many answers at once", "提交过于频繁"),
    "busy": Text(
        "So many came from your network that we ask for a pause. Try again in a minute.",
        "您所在的网络短时间内提交过多，请在一分钟后重试。",
    ),
    "unstored_title": Text("We could not store your answer just now", "暂时未能保存您的回答"),
    "unstored": Text(
        "What you entered is still on this page. Wait a moment, then send it again; it counts once.",
        "您填写的内容仍保留在本页。请稍候片刻再次提交，不会重复计入。",
    ),
    "send_again": Text("Send again", "再次提交"),
    "unopened_title": Text("This page cannot be opened just now", "页面暂时无法打开"),
    "unopened": Text("Wait a moment and try again.", "请稍候片刻再试。"),
    "try_again": Text("Try again", "重试"),
    "missing_title": Text("There is no survey here", "此处没有调查"),
    "missing": Text(
        "The address is wrong or the survey was taken away. Look at the link once more.",
        "地址有误，或调查已撤下。请核对链接。",
    ),
    "unread_title": Text("This could not be read", "无法读取提交的内容"),
    "unread": Text("Go back, reload the page and send it again.", "请返回并刷新页面后重新提交。"),
    "resumed": Text(
        "You have begun this before: go on where you stopped.", "您此前已开始作答，可从上次停下处继续。"
    ),
    "again": Text("Begin anew", "重新开始"),
    "preview": Text("Preview: nothing is stored.", "预览：不会保存任何回答。"),
    "errors": Text("Please look at this once more:", "请再核对以下内容："),
    "error_required": Text("Please answer this question.", "请回答此题。"),
    "error_rows": Text("Please answer every line.", "请回答每一行。"),
    "error_scale": Text("Please choose one of the scores shown.", "请选择题中所列的分值。"),
    "error_option": Text("Please choose from the options shown.", "请从所列选项中选择。"),
    "error_most": Text("Please choose at most {n}.", "最多只能选择 {n} 项。"),
    "error_exclusive": Text("This option cannot be combined with others.", "该选项不能与其他选项同时选择。"),
    "error_ranking": Text("Please give every option a place of its own.", "请为每一项指定不同的位次。"),
    "error_long": Text("Please write at most {n} characters.", "最多 {n} 个字符。"),
    "error_unknown": Text("This question is not asked here.", "此处没有这道题。"),
    "nps_low": Text("Not at all likely", "完全不可能"),
    "nps_high": Text("Extremely likely", "非常可能"),
    "csat_low": Text("Very dissatisfied", "非常不满意"),
    "csat_high": Text("Very satisfied", "非常满意"),
    "ces_low": Text("Strongly disagree", "非常不同意"),
    "ces_high": Text("Strongly agree", "非常同意"),
    "rating_low": Text("Very poor", "很差"),
    "rating_high": Text("Very good", "很好"),
    "pair_low": Text("Very low", "很低"),
    "pair_high": Text("Very high", "很高"),
    "waiting": Text("{n} waiting to be sent", "{n} 份待发送"),
    "refused": Text("{n} refused", "{n} 份被退回"),
    "begin": Text("Full screen", "全屏显示"),
    "script": Text(
        "This kiosk needs JavaScript. Answer here instead:", "自助终端需要启用 JavaScript。请改在此处作答："
    ),
}


def word(name: str, language: str, questionnaire: Questionnaire | None = None, **values: object) -> str:
    """The word `name` in `language`; else in the questionnaire's own language, else in English."""
    own: Mapping[str, str] = questionnaire.interface.get(name, {}) if questionnaire else {}
    text = own.get(language) or own.get(language.partition("-")[0])
    if not text:
        spoken = _spoken(language)
        if spoken is None and questionnaire is not None:
            text = own.get(questionnaire.default_language)
            spoken = _spoken(questionnaire.default_language)
        text = text or WORDS[name].in_("zh" if spoken == "zh" else "en")
    # Not str.format: a company's own word could ask for attributes of what is filled in.
    for key, value in values.items():
        text = text.replace(f"{{{key}}}", str(value))
    return text


def _spoken(language: str) -> str | None:
    stem = language.partition("-")[0]
    return stem if stem in ("en", "zh") else None


def chosen(accept: str, languages: list[str], default: str) -> str:
    """Which of `languages` somebody with this Accept-Language header reads; `default` where none."""
    wanted: list[tuple[float, int, str]] = []
    for position, part in enumerate(accept[:500].split(",")[:20]):
        tag, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            continue
        if tag and weight > 0:
            wanted.append((-weight, position, tag.lower()))
    for _, _, tag in sorted(wanted):
        found = matched(tag, languages)
        if found:
            return found
    return default


def matched(tag: str, languages: list[str]) -> str | None:
    """The one of `languages` that is `tag`, or the same language of another place; None for none."""
    lowered = {one.lower(): one for one in languages}
    if tag.lower() in lowered:
        return lowered[tag.lower()]
    stem = tag.lower().partition("-")[0]
    return next((one for low, one in lowered.items() if low.partition("-")[0] == stem), None)

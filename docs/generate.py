"""Write the pages that are made from data: `tables.md`, `results.md` and `api.md`.

They come from the schema, the catalogue of analyses and the site's operations.

    python docs/generate.py

Run it after a table, a column, an analysis or an operation changed; `tests/test_docs.py` fails until then.
"""

from __future__ import annotations

import os
import tempfile
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from peakend.analyses.catalogue import MODULES, checked
from peakend.language import LANGUAGES, Language, Text
from peakend.report.story import CHAPTERS
from peakend.warehouse.schema import canonical_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from peakend.declaration import Analysis, ResultTable
    from peakend.server.acting.actors import Role
    from peakend.warehouse.schema import Column, Table

DOCS = Path(__file__).parent

UNITS: Mapping[str, Text] = {
    "NPS points": Text("NPS points", "净推荐值分"),
    "answers": Text("answers", "份答案"),
    "changes": Text("changes", "次改变"),
    "channels": Text("channels", "个渠道"),
    "contract-periods": Text("contract-periods", "合约期"),
    "contracts": Text("contracts", "份合约"),
    "correlation": Text("correlation or coefficient (−1 to 1)", "相关或系数（−1 至 1）"),
    "customers": Text("customers", "位客户"),
    "days": Text("days", "天"),
    "defects": Text("defects", "处差错"),
    "events": Text("events", "次互动"),
    "feeling": Text("feeling (−1 to 1)", "感受（−1 至 1）"),
    "facts": Text("facts", "条信息"),
    "index points": Text("index points (0 to 100)", "指数分（0 至 100）"),
    "invitations": Text("invitations", "份邀请"),
    "journeys": Text("journeys", "段旅程"),
    "lines": Text("lines", "行"),
    "log odds": Text("natural log odds", "自然对数优势比"),
    "minutes": Text("minutes", "分钟"),
    "money": Text("money", "金额"),
    "months": Text("months", "个月"),
    "nats": Text("nats", "纳特"),
    "orders": Text("orders", "笔订单"),
    "per thousand": Text("per 1,000 interactions", "每千次互动"),
    "periods": Text("periods", "期"),
    "places": Text("places", "处"),
    "points": Text("points", "分"),
    "probability": Text("probability", "概率"),
    "purchases": Text("purchases", "次购买"),
    "questions": Text("questions", "题"),
    "ratio": Text("ratio", "比值"),
    "responses": Text("responses", "份应答"),
    "rows": Text("rows", "行"),
    "scale points": Text("scale points", "量表分"),
    "score": Text("score (0 to 10)", "分（0 至 10）"),
    "scores": Text("different scores", "个分值"),
    "seconds": Text("seconds", "秒"),
    "share": Text("share (0 to 1)", "占比（0 至 1）"),
    "share of scale": Text("share of the scale (0 to 1)", "占量表的比例（0 至 1）"),
    "squared feeling": Text("squared feeling", "感受的平方"),
    "standardised": Text("standardised", "标准化"),
    "steps": Text("steps", "步"),
    "times": Text("times", "倍"),
    "touchpoints": Text("touchpoints", "个接触点"),
    "visits": Text("visits", "次服务"),
    "weeks": Text("weeks", "周"),
    "year": Text("year", "年"),
    "variants": Text("variants", "种路径"),
}
TYPES: Mapping[str, Text] = {
    "string": Text("text", "文本"),
    "integer": Text("whole number, 64 bits", "整数，64 位"),
    "number": Text("floating point, 64 bits", "双精度浮点数"),
    "money": Text("decimal with four places, `decimal(18,4)`", "四位小数的十进制数，`decimal(18,4)`"),
    "day": Text("calendar day", "日期"),
    "time": Text("moment in UTC, to the microsecond", "UTC 时刻，精确到微秒"),
    "flag": Text("true or false", "真或假"),
}
BOOKKEEPING: Mapping[str, Text] = {
    "load_runs": Text(
        "Every load: folder, files and their fingerprints, the mapping's fingerprint, counts and repairs a "
        "table, start, end, seconds.",
        "每次载入：文件夹、文件及其指纹、映射的指纹、逐表行数与修复、起止时间与耗时。",
    ),
    "refused_rows": Text(
        "Every row that a load refused: file, row, table, column, code and reason in both languages, and the "
        "whole row as JSON. `peakend refused` reads it.",
        "载入时拒收的每一行：文件、行号、表、列、原因代码与中英文原因，以及整行内容（JSON）。"
        "`peakend refused` 读取此表。",
    ),
    "row_history": Text(
        "What a row said before a later load changed it: table, key, until when, which load, row as JSON.",
        "某行被后来的载入修改之前的内容：表、主键、有效期止、载入编号、整行内容（JSON）。",
    ),
    "table_versions": Text(
        "Which state every canonical table is in: version, when it changed, rows. A run compares these to "
        "see what changed.",
        "各标准表当前的版本、变更时间与行数；运行分析时据此判断哪些数据有变化。",
    ),
    "analysis_runs": Text(
        "Every attempt at every analysis: inputs with their versions, settings, version of the code, status, "
        "seconds, CPU seconds, rows, error.",
        "每项分析的每次运行：输入及其版本、设置、代码版本、状态、耗时、CPU 秒、行数、错误。",
    ),
    "merges": Text(
        "Customers that were merged: from, into, method, probability, evidence, purpose, by whom, when; and "
        "when and why it was undone.",
        "客户合并：并入方、保留方、方式、概率、依据、用途、决定人与时间，以及撤销的时间与原因。",
    ),
    "customer_links": Text(
        "Which customer each merged record belongs to now.", "每条被合并的记录现在归属的客户。"
    ),
    "as_loaded_…": Text(
        "The rows that a merge touched, as they were loaded.", "被合并触及的行，保留载入时的原貌。"
    ),
    "simulation": Text("What a simulated company was made of.", "模拟公司的设定。"),
    "truth_…": Text(
        "The planted truths of a simulation; no analysis reads them.", "模拟中预设的真相；任何分析都不读取。"
    ),
}
TABLES_HEAD = Text(
    """# The canonical tables

Whatever your systems call things, in the warehouse they are these tables. A [mapping](mapping.md) brings your
files here; every analysis reads from here, and what it computes is described in [the results](results.md).
`peakend schema` shows the same on a terminal, `peakend schema TABLE --json` to programs.

- Keys are texts, as the source writes them. Money is decimal and stands beside its currency. Times are UTC
  (`…_at`), days are days (`…_on`).
- A **required** column must be filled: a row without it is refused, with the reason. A reference (→) to a key
  that nobody described (a customer who is only seen in sales) is completed with a row that has the key alone,
  and counted; where such a row could not stand (an answer without its response), the fact is refused.
- **Facts** are append-only: a row once loaded is never changed. Rows of the other tables follow their source,
  and what they said before is kept in `row_history`.
- **Personal** columns hold personal data. They appear in no report.
- Every table ends with `source` (where the row came from) and `attributes` (the columns of the source that
  have no place of their own, as JSON).
""",
    """# 标准表

无论您的系统怎样称呼，进入数据仓库后都是下面这些表。[映射](mapping.md)把您的文件对应到这里；
每项分析都从这里读取，算出的内容见[结果表](results.md)。
`peakend schema` 在终端显示同样的内容，`peakend schema 表名 --json` 供程序读取。

- 编号一律为文本，按来源原样。金额为十进制数，旁边注明币种。时刻为 UTC（`…_at`），日期为日历日（`…_on`）。
- **必填**列不能为空：缺少时该行被拒收，并注明原因。引用（→）的编号若无人描述（例如只在交易中出现的客户），
  则补建一个只有编号的行，并计数；无法如此补建时（例如答案缺少对应的应答），该行被拒收。
- **事实表**只增不改：行一旦载入便不再变动。其余表随来源更新，原来的内容保存在 `row_history`。
- **个人信息**列不会出现在任何报告中。
- 每个表的最后两列是 `source`（来源）与 `attributes`（来源中没有对应位置的列，以 JSON 保存）。
""",
)
RESULTS_HEAD = Text(
    """# The results

Every analysis saves its results as tables in your warehouse, with the columns below: read them by
`peakend show NAME`, by `w.table("…")` in [Python](python.md), or with any tool that reads your database.

- `n` counts answers (or what the row is about), `value` is the figure, `low` and `high` its interval.
- Where `hidden` is true the base was too small to publish, or the cell was held back so that nobody can be
  subtracted back: its numbers are empty.
- An empty number means "not known" or "does not apply"; it never means zero.
- `all` as segmentation and segment stands for everybody.
""",
    """# 结果表

每项分析把结果保存为数据仓库中的表，各列如下。可以用 `peakend show 名称` 查看，
在 [Python](python.md) 中用 `w.table("…")` 读取，也可以用任何能连接该数据库的工具读取。

- `n` 是答案数（或该行所涉及的数量），`value` 是数值，`low` 与 `high` 是区间的两端。
- `hidden` 为真时，样本太少不予公布，或为防止相减推算而一并隐藏；此时数值留空。
- 数值为空表示“未知”或“不适用”，绝不表示 0。
- 划分与分群为 `all` 时，指全体。
""",
)


def pages() -> dict[Path, str]:
    """Every generated page by its path."""
    made: dict[Path, str] = {}
    makers: Mapping[str, Callable[[Language], str]] = {
        "tables.md": tables_page,
        "results.md": results_page,
        "api.md": api_page,
    }
    for language in LANGUAGES:
        for name, make in makers.items():
            made[DOCS / language / name] = make(language)
    return made


def tables_page(language: Language) -> str:
    """The canonical tables with their columns."""
    known = canonical_tables()
    lines = [TABLES_HEAD.in_(language), Text("## All tables", "## 全部表").in_(language), ""]
    lines += _grid(
        (Text("table", "表"), Text("title", "名称"), Text("meaning", "含义")),
        (
            (f"[`{t.name}`](#{t.name})", t.title.in_(language), t.meaning.in_(language))
            for t in known.values()
        ),
        language,
    )
    lines += ["", *_types(language), "", *_bookkeeping(language)]
    for table in known.values():
        lines += ["", *_table(table, language)]
    return "\n".join(lines) + "\n"


def results_page(language: Language) -> str:
    """The analyses that ship with Peakend and the columns of every table they give."""
    analyses = checked([analysis for name in MODULES for analysis in _declared(name)])
    lines = [RESULTS_HEAD.in_(language)]
    lines += _grid(
        (Text("analysis", "分析"), Text("what it answers", "回答的问题"), Text("tables", "结果表")),
        (
            (
                f"`{a.name}`",
                a.title.in_(language),
                ", ".join(f"[`{t.name}`](#{t.name})" for t in a.gives),
            )
            for a in analyses
        ),
        language,
    )
    for key, title in CHAPTERS.items():
        of_chapter = [analysis for analysis in analyses if analysis.chapter == key]
        if of_chapter:
            lines += ["", f"## {title.in_(language)}"]
        for analysis in of_chapter:
            lines += ["", *_analysis(analysis, language)]
    return "\n".join(lines) + "\n"


def api_page(language: Language) -> str:
    """How programs call the site, and every operation with who may call it."""
    _set_up_site()
    from peakend.server.web.api import AREA_NAMES

    found = _operations()
    lines = [(DOCS / "openings" / f"api.{language}.md").read_text("utf-8").rstrip()]
    for area, title in AREA_NAMES.items():
        rows = [row for of, *row in found[language] if of == area]
        if not rows:
            continue
        lines += ["", f"### {title.in_(language)}", ""]
        headings = [Text("call", "调用"), Text("what it does", "操作"), Text("who may", "谁可调用")]
        if language == "zh":
            headings.insert(1, Text("action", "动作"))
        lines += _grid(headings, rows, language)
    return "\n".join(lines) + "\n"


def _set_up_site() -> None:
    """Django on a home that is thrown away, unless it is there already (in tests)."""
    import django
    from django.apps import apps

    if apps.ready:
        return
    os.environ["PEAKEND_HOME"] = tempfile.mkdtemp(prefix="peakend-docs-")
    os.environ.pop("DATABASE_URL", None)
    os.environ["DJANGO_SETTINGS_MODULE"] = "peakend.server.settings"
    django.setup()


def _operations() -> dict[Language, list[list[str]]]:
    """By language: area, call, in Chinese the action's name, what it does, who may."""
    from django.urls import get_resolver

    from peakend.server.acting.policies import actions
    from peakend.server.web.api import api

    get_resolver().url_patterns  # noqa: B018 - the areas' routers are mounted by it
    made: dict[Language, list[list[str]]] = {language: [] for language in LANGUAGES}
    for path, operations in api.get_openapi_schema(path_prefix="")["paths"].items():
        for method, operation in operations.items():
            action = actions().get(operation.get("x-action", ""))
            call = f"`{method.upper()} /{path.lstrip('/')}`"
            for language, rows in made.items():
                own = [action.what.zh if action else "公开"] if language == "zh" else []
                who = _who(action.roles if action else None, language)
                rows.append([operation["tags"][0], call, *own, operation["summary"], who])
    return made


def _who(roles: Collection[Role] | None, language: Language) -> str:
    """The roles in a line; None: anybody."""
    from peakend.server.acting.actors import Role, role_name

    if roles is None:
        return Text("anybody", "任何人").in_(language)
    if set(roles) == set(Role):
        return Text("everybody signed in", "所有登录者").in_(language)
    return (
        Text(", ", "、").in_(language).join(role_name(role).in_(language) for role in Role if role in roles)
    )


def _declared(module: str) -> Iterable[Analysis]:
    found: tuple[Analysis, ...] = import_module(module).ANALYSES
    return found


def _types(language: Language) -> Iterator[str]:
    yield Text("## Types", "## 类型").in_(language)
    yield ""
    for name, meaning in TYPES.items():
        yield f"- `{name}`{_colon(language)}{meaning.in_(language)}"


def _bookkeeping(language: Language) -> Iterator[str]:
    yield Text("## What the warehouse keeps of itself", "## 数据仓库自己的记录").in_(language)
    yield ""
    yield from _grid(
        (Text("table", "表"), Text("what it keeps", "内容")),
        ((f"`{name}`", meaning.in_(language)) for name, meaning in BOOKKEEPING.items()),
        language,
    )


def _table(table: Table, language: Language) -> Iterator[str]:
    yield f"## {table.name}"
    yield ""
    keys = ", ".join(f"`{name}`" for name in table.key)
    said = f"{table.title.in_(language)}{_colon(language)}{table.meaning.in_(language)}"
    yield (
        said
        + Text(f" Key: {keys}.", f"主键：{keys}。").in_(language)
        + (Text(" Facts: append-only.", "事实表，只增不改。").in_(language) if table.append_only else "")
    )
    yield ""
    yield from _grid(
        (Text("column", "列"), Text("type", "类型"), Text("rule", "规则"), Text("meaning", "含义")),
        ((f"`{c.name}`", c.type, _rule(c, language), c.meaning.in_(language)) for c in table.columns),
        language,
    )


def _rule(column: Column, language: Language) -> str:
    rules = [Text("**required**", "**必填**").in_(language)] if column.required else []
    if column.choices:
        rules.append(", ".join(f"`{choice}`" for choice in column.choices))
    limits = {"≥": column.minimum, "≤": column.maximum}
    rules += [f"{mark} {limit:g}" for mark, limit in limits.items() if limit is not None]
    if column.ref:
        rules.append(f"→ [`{column.ref}`](#{column.ref})")
    if column.unit:
        rules.append(UNITS[column.unit].in_(language))
    if column.personal:
        rules.append(Text("personal", "个人信息").in_(language))
    return Text("; ", "；").in_(language).join(rules)


def _analysis(analysis: Analysis, language: Language) -> Iterator[str]:
    # The title, not the name: a table may bear the analysis' name, and headings are what links lead to.
    yield f"### {analysis.title.in_(language)}"
    yield ""
    yield f"`{analysis.name}`{_colon(language)}{analysis.meaning.in_(language)}"
    yield ""
    every = Text("every canonical table that is there", "所有已有的标准表").in_(language)
    needs = ", ".join(every if name == "*" else f"`{name}`" for name in analysis.needs)
    if needs:
        yield f"- {Text('Needs', '需要').in_(language)}{_colon(language)}{needs}"
    if analysis.uses:
        uses = ", ".join(f"`{name}`" for name in analysis.uses)
        yield f"- {Text('Uses where there', '有则使用').in_(language)}{_colon(language)}{uses}"
    if analysis.sources:
        listed = Text("; ", "；").in_(language).join(analysis.sources)
        yield f"- {Text('Sources', '出处').in_(language)}{_colon(language)}{listed}"
    for table in analysis.gives:
        yield ""
        yield from _result(table, language)


def _result(table: ResultTable, language: Language) -> Iterator[str]:
    yield f"#### {table.name}"
    yield ""
    keys = ", ".join(f"`{name}`" for name in table.key)
    yield table.meaning.in_(language) + Text(f" One row for each {keys}.", f"每个 {keys} 一行。").in_(
        language
    )
    yield ""
    yield from _grid(
        (Text("column", "列"), Text("type", "类型"), Text("unit", "单位"), Text("meaning", "含义")),
        (
            (
                f"`{c.name}`",
                c.type,
                UNITS[c.unit].in_(language) if c.unit else "",
                c.meaning.in_(language),
            )
            for c in table.columns
        ),
        language,
    )


def _grid(headings: Iterable[Text], rows: Iterable[Iterable[str]], language: Language) -> Iterator[str]:
    """A table in Markdown; a bar in a cell is escaped."""
    titles = [heading.in_(language) for heading in headings]
    yield f"| {' | '.join(titles)} |"
    yield "|" + "---|" * len(titles)
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


def _colon(language: Language) -> str:
    return Text(": ", "：").in_(language)


def main() -> None:
    """Write every page, and say which changed."""
    for path, text in pages().items():
        before = path.read_text("utf-8") if path.exists() else None
        if text != before:
            path.write_text(text, "utf-8")
            print(f"{path.relative_to(DOCS.parent)}: written")


if __name__ == "__main__":
    main()

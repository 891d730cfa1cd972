"""Draft the rules of files that are no survey: sales, events, cases, customers, products."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from peakend.language import Text
from peakend.warehouse.draft_names import concepts
from peakend.warehouse.draft_yaml import Draft, column_rule, flow, listed, scalar
from peakend.warehouse.schema import canonical_table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from peakend.warehouse.draft_profile import ColumnProfile

_NUMBER = 0.95
# A column that is only partly named so and has few values is no key: "repeated guest" is no guest.
_MANY = frozenset({"customer_id", "product_id", "order_id", "case_id", "event_id"})


@dataclass(frozen=True, slots=True)
class Place:
    """A canonical column and the concept that leads to it. `unique`: the column must be a key of the file."""

    column: str
    concept: str
    unique: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """What a file of a table looks like: all of `needs` (each one of several columns) must be found."""

    table: str
    needs: tuple[tuple[str, ...], ...]
    places: tuple[Place, ...]


def _same(*names: str) -> tuple[Place, ...]:
    """Places whose concept has the column's own name."""
    return tuple(Place(name, name) for name in names)


FORMS = (
    Form(
        "transactions",
        (("at",), ("quantity", "unit_price", "revenue"), ("product_id", "order_id")),
        (
            *_same("order_id", "customer_id", "product_id", "at", "quantity", "unit_price", "revenue"),
            *_same("discount", "cost", "currency", "channel", "site_id"),
        ),
    ),
    Form(
        "cases",
        (("case_id",), ("opened_at",)),
        (
            Place("case_id", "case_id", unique=True),
            *_same("customer_id", "kind"),
            Place("opened_at", "at"),
            Place("status", "outcome"),
        ),
    ),
    Form(
        "customers",
        (("customer_id",),),
        (
            Place("customer_id", "customer_id", unique=True),
            *_same("name", "gender", "birth_year", "language", "country", "region", "city"),
            *_same("joined_on", "left_on"),
        ),
    ),
    Form(
        "products",
        (("product_id",),),
        (
            Place("product_id", "product_id", unique=True),
            Place("name", "product_name"),
            *_same("category", "brand"),
            Place("list_price", "unit_price"),
            Place("unit_cost", "cost"),
        ),
    ),
    Form(
        "interactions",
        (("at",), ("case_id", "customer_id", "kind")),
        (
            Place("event_id", "event_id", unique=True),
            *_same("customer_id", "case_id", "at", "kind", "channel", "site_id", "employee_id", "outcome"),
        ),
    ),
)


@dataclass(slots=True)
class TableDraft:
    """What was found in one file: the form, source column by canonical column, and the columns themselves."""

    name: str
    form: Form
    columns: dict[str, ColumnProfile]
    found: Sequence[ColumnProfile]
    month: str | None = None
    left: list[str] = field(default_factory=list)


def table_draft(name: str, found: Sequence[ColumnProfile]) -> TableDraft | None:
    """The first form that the file fits, or None."""
    month = _month(found)
    for form in FORMS:
        columns = _assigned(form, found)
        placed = {*columns, *(("at",) if month else ())}
        if all(any(one in placed for one in needed) for needed in form.needs):
            used = {one.name for one in columns.values()}
            left = [one.name for one in found if one.name not in used]
            # A product's or a customer's own file says more of it than the key.
            if form.table in {"customers", "products"} and len(found) < 2:
                continue
            return TableDraft(name, form, columns, found, month if "at" not in columns else None, left)
    return None


def _assigned(form: Form, found: Sequence[ColumnProfile]) -> dict[str, ColumnProfile]:
    """Each place of the form with the column whose name and values fit it best; no column twice."""
    scored = [
        (fit, -number, place, one)
        for place in form.places
        for number, one in enumerate(found)
        if (fit := concepts(one.name).get(place.concept, 0)) and _suits(place, form.table, one)
    ]
    columns: dict[str, ColumnProfile] = {}
    taken: set[str] = set()
    for _, _, place, one in sorted(scored, key=lambda item: item[:2], reverse=True):
        if place.column not in columns and one.name not in taken:
            columns[place.column] = one
            taken.add(one.name)
    return columns


def _suits(place: Place, table: str, found: ColumnProfile) -> bool:
    """Whether the values are of the canonical column's type."""
    kind = canonical_table(table).column(place.column).type
    if not found.filled or (place.unique and not found.unique):
        return False
    if kind in {"money", "number"}:
        return found.numeric >= _NUMBER
    if kind == "integer":
        return found.whole >= _NUMBER
    if kind in {"time", "day"}:
        return found.is_time
    named = concepts(found.name).get(place.concept) == 1
    if place.concept in _MANY and not named and found.distinct < min(50, found.rows / 4):
        return False
    return not found.is_time


def _month(found: Sequence[ColumnProfile]) -> str | None:
    """A template of the first day of a month, from a column of years and one of months."""
    exact = {concept: one.name for one in found for concept, fit in concepts(one.name).items() if fit == 1}
    if "year" in exact and "month" in exact:
        return f"{{{exact['year']}}}-{{{exact['month']}}}-01"
    return None


def write_table(found: TableDraft, draft: Draft, derive: Callable[[str], bool]) -> None:
    """The entry of one file under `files`. `derive(table)`: whether no other file brings that dimension."""
    columns, table = found.columns, found.form.table
    draft.put(1, f"- match: {scalar(_pattern(found.name))}")
    if nothing := _words_for_nothing(found):
        why = Text("words that stand for nothing", "表示“无”的文字")
        draft.put(2, f"empty: {listed(nothing)}", why, "likely")
    draft.put(2, "tables:")
    draft.put(3, f"{table}:")
    draft.put(4, "columns:")
    _write_key(found, draft)
    for place, one in columns.items():
        _write_column(place, one, draft)
    if found.month and table in {"transactions", "interactions"}:
        why = Text("a month is all the file says", "文件只给出月份")
        draft.put(
            5, f"at: {flow({'template': scalar(found.month), 'date': scalar('%Y-%m-%d')})}", why, "likely"
        )
    if table == "transactions":
        _write_sale(columns, draft)
        _write_attributes(found, draft)
    _write_dimensions(found, draft, derive)


def _words_for_nothing(found: TableDraft) -> list[str]:
    """Words such as NULL that stand in columns of the file."""
    return sorted({word for one in found.found for word in one.blanks() if one.distinct > 1})


def _write_key(found: TableDraft, draft: Draft) -> None:
    if found.form.table == "interactions" and "event_id" not in found.columns:
        draft.note(
            5,
            Text(
                "No column is a key: a row is known by its content, and identical rows count once.",
                "没有主键列：以整行内容识别，完全相同的行只计一次。",
            ),
        )
    order = found.columns.get("order_id")
    if found.form.table != "transactions" or order is None:
        return
    if order.unique:
        draft.put(
            5, f"transaction_id: {column_rule(order.name)}", Text("never twice the same", "从不重复"), "sure"
        )
        return
    template = flow({"template": scalar(f"{{{order.name}}}-{{#}}"), "number_by": f"[{scalar(order.name)}]"})
    why = Text("the place of the line in its order", "该行在订单中的序号")
    draft.put(5, f"transaction_id: {template}", why, "likely")


def _write_column(place: str, found: ColumnProfile, draft: Draft) -> None:
    if place in {"at", "opened_at", "joined_on", "left_on"} and found.order_unknown:
        why = Text("CHECK: day or month first?", "请核对：日在前还是月在前？")
        draft.put(5, f"{place}: {column_rule(found.name, date='day_first')}", why, "guess")
        return
    fit = concepts(found.name)
    sure = "sure" if max(fit.values(), default=0) == 1 and (found.unique or found.is_time) else "likely"
    empty = 1 - found.filled / found.rows
    why = Text(f"by its name and values; {empty:.0%} empty", f"据列名与取值判断；{empty:.0%} 为空")
    draft.put(5, f"{place}: {column_rule(found.name)}", why, "sure" if sure == "sure" else "likely")


def _write_sale(columns: dict[str, ColumnProfile], draft: Draft) -> None:
    quantity, price = columns.get("quantity"), columns.get("unit_price")
    if "revenue" not in columns and price is not None:
        formula = f'"{price.name}"' if quantity is None else f'"{quantity.name}" * "{price.name}"'
        draft.put(
            5,
            f"revenue: {flow({'calc': scalar(formula)})}",
            Text("quantity times price", "数量乘单价"),
            "likely",
        )
    signed = next(
        (one for one in (quantity, columns.get("revenue")) if one is not None and (one.low or 0) < 0), None
    )
    if signed is None:
        draft.put(5, f"kind: {flow({'value': 'sale'})}", Text("nothing is negative", "没有负数"), "likely")
    else:
        case = flow({"if": flow({signed.name: "{below: 0}"}), "then": "refund"})
        why = Text(f"{signed.name} is negative in places", f"{signed.name} 有负数")
        draft.put(5, f"kind: {flow({'cases': f'[{case}]', 'otherwise': 'sale'})}", why, "guess")
    if "currency" not in columns:
        why = Text("CHECK: the file does not say the currency", "请核对：文件未说明币种")
        draft.put(5, f"currency: {flow({'value': 'XXX'})}", why, "guess")


def _write_attributes(found: TableDraft, draft: Draft) -> None:
    """What has no place of its own stays with the sale, even where a dimension takes it too."""
    if found.left:
        names = ", ".join(scalar(name) for name in found.left)
        draft.put(4, f"attributes: [{names}]", Text("kept as they are", "原样保留"))


def _write_dimensions(found: TableDraft, draft: Draft, derive: Callable[[str], bool]) -> None:
    """Products, customers, touchpoints that the facts name and no other file describes."""
    if found.form.table not in {"transactions", "interactions", "cases"}:
        return
    for table, key, more in (
        ("products", "product_id", (("name", "product_name"), ("category", "category"))),
        ("customers", "customer_id", (("country", "country"), ("gender", "gender"))),
    ):
        one = found.columns.get(key)
        if one is None or not derive(table):
            continue
        draft.put(3, f"{table}:", Text("one row for each that the file names", "文件中每出现一个即为一行"))
        draft.put(4, f"each: {scalar(one.name)}")
        draft.put(4, "columns:")
        draft.put(5, f"{key}: {column_rule(one.name)}")
        for column, concept in more:
            spare = next(
                (c for c in found.found if c.name in found.left and concepts(c.name).get(concept) == 1), None
            )
            if spare is not None:
                draft.put(5, f"{column}: {column_rule(spare.name, pick='most_frequent')}",
                          Text("the commonest for each", "取出现最多者"), "likely")  # fmt: skip


def _pattern(name: str) -> str:
    return re.sub(r"([\[*?])", r"[\1]", name)

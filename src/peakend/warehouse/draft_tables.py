"""Draft the rules of files that are no survey: sales, events, cases, customers, products."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from peakend.language import Text
from peakend.warehouse.draft_forms import FORMS, Form, Place
from peakend.warehouse.draft_identities import write_identities
from peakend.warehouse.draft_names import concepts, subject, words
from peakend.warehouse.draft_numbers import SIGNS, NumberForm
from peakend.warehouse.draft_yaml import Draft, column_rule, flow, listed, scalar
from peakend.warehouse.schema import canonical_table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from peakend.warehouse.draft_profile import ColumnProfile

_NUMBER = 0.95
_MONEY = frozenset({"quantity", "unit_price", "revenue", "discount", "cost", "list_price", "unit_cost"})
# A column that is only partly named so and has few values is no key: "repeated guest" is no guest.
_MANY = frozenset({"customer_id", "product_id", "order_id", "case_id", "event_id"})


# What tells the table: its columns, the file's name, or only what is likeliest.
Known = Literal["columns", "name", "guess"]
_LOW, _HALF = 0.3, 0.5


@dataclass(slots=True)
class TableDraft:
    """What was found in one file: the form, source column by canonical column, and the columns themselves."""

    name: str
    form: Form
    columns: dict[str, ColumnProfile]
    found: Sequence[ColumnProfile]
    month: str | None = None
    left: list[str] = field(default_factory=list)
    known: Known = "columns"


def table_draft(name: str, found: Sequence[ColumnProfile]) -> TableDraft | None:
    """The form that the file's name says, or the first that its columns fit, or the likeliest, or None."""
    named = subject(name)
    for form in FORMS:
        if form.table == named and (draft := _fitted(name, form, found, "name")) is not None:
            return draft
    for known in ("columns", "guess"):
        for form in FORMS:
            if (draft := _fitted(name, form, found, known)) is not None:
                return draft
    return None


def _fitted(name: str, form: Form, found: Sequence[ColumnProfile], known: Known) -> TableDraft | None:
    month = _month(found)
    columns = _assigned(form, found, known)
    placed = {*columns, *(("at",) if month else ())}
    needs = {"columns": form.needs, "name": form.least, "guess": form.guess}[known]
    fits = all(any(one in placed for one in needed) for needed in needs)
    if not fits and not (known == "columns" and form.table == "transactions" and _plain_sale(columns)):
        return None
    # A product's or a customer's own file says more of it than the key.
    if form.table in {"customers", "products"} and len(found) < 2:
        return None
    _drop_part_totals(columns)
    used = {one.name for one in columns.values()}
    left = [one.name for one in found if one.name not in used]
    return TableDraft(name, form, columns, found, month if "at" not in columns else None, left, known)


def _drop_part_totals(columns: dict[str, ColumnProfile]) -> None:
    """Forget a total that stands in an order's first line only, where every line has its price."""
    total, price = columns.get("revenue"), columns.get("unit_price")
    if total is not None and price is not None and "quantity" in columns and total.filled < price.filled:
        del columns["revenue"]


def _plain_sale(columns: dict[str, ColumnProfile]) -> bool:
    """Whether a time, a customer and what can only be an amount stand beside each other."""
    amount = columns.get("revenue")
    return (
        amount is not None
        and concepts(amount.name).get("revenue") == 1
        and {"at", "customer_id"} <= columns.keys()
        and ("currency" in columns or "transaction_id" in columns)
    )


def _assigned(form: Form, found: Sequence[ColumnProfile], known: Known) -> dict[str, ColumnProfile]:
    """Each place of the form with the column whose name and values fit it best; no column twice."""
    scored = [
        (fit, -number, place, one)
        for place in form.places
        for number, one in enumerate(found)
        if (fit := _fit(place, form.table, one, known, number == 0)) and _suits(place, form.table, one, known)
    ]
    columns: dict[str, ColumnProfile] = {}
    taken: set[str] = set()
    for _, _, place, one in sorted(scored, key=lambda item: item[:2], reverse=True):
        if place.column not in columns and one.name not in taken:
            columns[place.column] = one
            taken.add(one.name)
    return columns


def _fit(place: Place, table: str, found: ColumnProfile, known: Known, first: bool) -> float:
    """How well the column's name fits; a name that says little counts where the table is known."""
    fits = concepts(found.name)
    # What must be there is sought where it always is; a name stands for a person only where nothing else
    # does.
    share = found.filled / found.rows if canonical_table(table).column(place.column).required else 1
    if place.concept in fits:
        named = place.concept == "customer_id" and words(found.name)[-1:] == ["name"]
        return share * (_LOW if named and known != "columns" else fits[place.concept])
    own_key = place.column in {"transaction_id", "event_id"}
    if known != "columns" or own_key:
        for worth, plain in zip((_HALF, 0.45, 0.4), place.plain, strict=False):
            if fits.get(plain) == 1:
                return share * worth
    if known == "name" and place.unique and first and not found.is_time:
        return _LOW if place.column not in {"transaction_id", "event_id"} else 0
    if known == "name" and place.column == "order_id" and all(text.startswith("#") for text in found.top):
        return _LOW
    elsewhere = {"joined_on", "left_on", "birth_year", "age"} & fits.keys()
    if known != "columns" and place.column in {"at", "opened_at"} and found.is_time and not elsewhere:
        return share * _LOW
    return 0


def _suits(place: Place, table: str, found: ColumnProfile, known: Known) -> bool:
    """Whether the values are of the canonical column's type."""
    kind = canonical_table(table).column(place.column).type
    if not found.filled or (place.unique and not _is_key(place, found, known)):
        return False
    if kind in {"money", "number"}:
        return found.numeric >= _NUMBER
    if kind == "integer":
        return found.whole >= _NUMBER
    if kind in {"time", "day"}:
        return found.is_time
    named = concepts(found.name).get(place.concept) == 1
    if (
        known == "columns"
        and place.concept in _MANY
        and place.concept in concepts(found.name)
        and not named
        and found.distinct < min(50, found.rows / 4)
    ):
        return False
    return not found.is_time


def _is_key(place: Place, found: ColumnProfile, known: Known) -> bool:
    """Whether the column tells the rows apart; where the file's name says the table, a few may be double."""
    if found.unique:
        return True
    if known != "name" or place.column in {"transaction_id", "event_id"}:
        return False
    return found.distinct > _HALF * found.rows and found.filled > 0.9 * found.rows


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
    form = _number_form(found)
    if form.decimal != "." or form.thousands:
        why = Text("as its numbers are written", "据数字的写法")
        draft.put(2, f"decimal: {scalar(form.decimal)}", why, "likely")
        if form.thousands:
            draft.put(2, f"thousands: {scalar(form.thousands)}", why, "likely")
    draft.put(2, "tables:")
    _write_table_line(found, draft)
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
    if table == "customers":
        write_identities(found.found, columns["customer_id"], draft)
    _write_dimensions(found, draft, derive)


def _write_table_line(found: TableDraft, draft: Draft) -> None:
    if found.known == "columns":
        draft.put(3, f"{found.form.table}:")
    elif found.known == "name":
        draft.put(3, f"{found.form.table}:", Text("by the file's name", "据文件名判断"), "likely")
    else:
        why = Text("CHECK: the likeliest table for such columns", "请核对：这些列最可能属于此表")
        draft.put(3, f"{found.form.table}:", why, "guess")


def _number_form(found: TableDraft) -> NumberForm:
    """How the file's amounts are written: the form of the first that is not plain."""
    amounts = [one for place, one in found.columns.items() if place in _MONEY]
    marked = (one.form for one in amounts if one.form.decimal != "." or one.form.thousands)
    return next(marked, NumberForm())


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
    if found.form.table != "transactions" or order is None or "transaction_id" in found.columns:
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
    if place == "currency" and found.filled < found.rows and found.distinct == 1:
        why = Text("the only one; not in every row", "仅此一种，但并非每行都有")
        draft.put(5, f"currency: {flow({'value': scalar(next(iter(found.top)))})}", why, "likely")
        return
    sure = "sure" if max(fit.values(), default=0) == 1 and (found.unique or found.is_time) else "likely"
    empty = 1 - found.filled / found.rows
    why = Text(f"by its name and values; {empty:.0%} empty", f"据列名与取值判断；{empty:.0%} 为空")
    more = {"strip": scalar(found.form.sign)} if found.form.sign and place in _MONEY else {}
    draft.put(5, f"{place}: {column_rule(found.name, **more)}", why, "sure" if sure == "sure" else "likely")


def _write_sale(columns: dict[str, ColumnProfile], draft: Draft) -> None:
    quantity, price = columns.get("quantity"), columns.get("unit_price")
    if "revenue" not in columns and price is not None:
        if quantity is None:
            more = {"strip": scalar(price.form.sign)} if price.form.sign else {}
            why = Text("one price a row", "每行一个价格")
            draft.put(5, f"revenue: {column_rule(price.name, **more)}", why, "likely")
        else:
            formula = flow({"calc": scalar(f'"{quantity.name}" * "{price.name}"')})
            draft.put(5, f"revenue: {formula}", Text("quantity times price", "数量乘单价"), "likely")
    signed = next(
        (one for one in (quantity, columns.get("revenue")) if one is not None and (one.low or 0) < 0), None
    )
    if signed is None:
        draft.put(5, f"kind: {flow({'value': 'sale'})}", Text("nothing is negative", "没有负数"), "likely")
    else:
        below = "{below: 0}" if signed.form.plain else '{like: "*-*"}'
        case = flow({"if": flow({signed.name: below}), "then": "refund"})
        why = Text(f"{signed.name} is negative in places", f"{signed.name} 有负数")
        draft.put(5, f"kind: {flow({'cases': f'[{case}]', 'otherwise': 'sale'})}", why, "guess")
    if "currency" not in columns:
        why = Text("CHECK: the file does not say the currency", "请核对：文件未说明币种")
        signs = [one.form.sign for one in columns.values() if one.form.sign]
        if signs:
            why = Text(f"CHECK: by the sign {signs[0]}", f"请核对：据符号 {signs[0]}")
        draft.put(5, f"currency: {flow({'value': SIGNS[signs[0]] if signs else 'XXX'})}", why, "guess")


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

"""What a file of each canonical table looks like: which columns it must have and what their names say."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A canonical column and the concept that leads to it. `unique`: the column must be a key of the file.

    `plain`: concepts of names that say little (id, date), which count only where the file is known to be
    of the table, and only as whole names.
    """

    column: str
    concept: str
    unique: bool = False
    plain: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """What a file of a table looks like: all of `needs` (each one of several columns) must be found.

    `least`: what must be found where the file's name says which table it is; `guess`: where nothing else
    fits.
    """

    table: str
    needs: tuple[tuple[str, ...], ...]
    places: tuple[Place, ...]
    least: tuple[tuple[str, ...], ...]
    guess: tuple[tuple[str, ...], ...]


def _same(*names: str) -> tuple[Place, ...]:
    """Places whose concept has the column's own name."""
    return tuple(Place(name, name) for name in names)


FORMS = (
    Form(
        "transactions",
        (("at",), ("quantity", "unit_price", "revenue"), ("product_id", "order_id")),
        (
            Place("transaction_id", "", unique=True, plain=("key",)),
            Place("order_id", "order_id", plain=("order",)),
            Place("customer_id", "customer_id", plain=("email",)),
            Place("product_id", "product_id", plain=("product_name",)),
            Place("at", "at", plain=("joined_on",)),
            *_same("quantity", "unit_price", "revenue"),
            *_same("discount", "cost", "currency", "channel", "site_id"),
        ),
        (("at",), ("unit_price", "revenue")),
        (("at",), ("unit_price", "revenue")),
    ),
    Form(
        "cases",
        (("case_id",), ("opened_at",)),
        (
            Place("case_id", "case_id", unique=True, plain=("key", "order_id")),
            Place("customer_id", "customer_id", plain=("email",)),
            Place("kind", "kind", plain=("category",)),
            Place("opened_at", "at", plain=("joined_on",)),
            Place("status", "outcome"),
        ),
        (("case_id",), ("opened_at",)),
        (("case_id",), ("opened_at",), ("status",)),
    ),
    Form(
        "customers",
        (("customer_id",),),
        (
            Place("customer_id", "customer_id", unique=True, plain=("key", "email", "phone")),
            *_same("name", "gender", "birth_year", "language", "country", "region", "city"),
            Place("joined_on", "joined_on", plain=("at",)),
            *_same("left_on"),
        ),
        (("customer_id",),),
        (("customer_id",), ("name", "gender", "birth_year")),
    ),
    Form(
        "products",
        (("product_id",),),
        (
            Place("product_id", "product_id", unique=True, plain=("key",)),
            Place("name", "product_name", plain=("name",)),
            Place("category", "category", plain=("kind",)),
            *_same("brand"),
            Place("list_price", "unit_price", plain=("revenue",)),
            Place("unit_cost", "cost"),
            *_same("currency"),
        ),
        (("product_id",),),
        (("product_id",), ("name", "category"), ("list_price",)),
    ),
    Form(
        "interactions",
        (("at",), ("case_id", "customer_id", "kind")),
        (
            Place("event_id", "event_id", unique=True, plain=("key",)),
            Place("customer_id", "customer_id", plain=("email",)),
            *_same("case_id", "at", "kind", "channel", "site_id", "employee_id", "outcome"),
        ),
        (("at",),),
        (("at",),),
    ),
)

"""What two records are compared on: fields, and for each field the ways in which two values can agree.

Levels are tried in order. `m` is the share of true pairs expected at that level before anything is learnt:
round working values, which training moves as far as the data speak (see `model`). Conditions are DuckDB SQL
over the columns of `features.duckdb.sql` with the suffixes `_l` and `_r`.
"""

from __future__ import annotations

from dataclasses import dataclass

from peakend.language import Text


@dataclass(frozen=True, slots=True)
class Level:
    """One way to agree. `frequency` names the column whose rare values weigh more than common ones."""

    name: str
    meaning: Text
    condition: str
    m: float
    frequency: str | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """A field with its levels; where `missing` holds, the field says nothing. `columns` are what it reads."""

    name: str
    title: Text
    missing: str
    columns: tuple[str, ...]
    levels: tuple[Level, ...]


_DISAGREES = Text("differs", "不同")


def _other(m: float) -> Level:
    return Level("differs", _DISAGREES, "ELSE", m)


FIELDS: tuple[Field, ...] = (
    Field(
        "name",
        Text("name", "姓名"),
        "name_key_l is null or name_key_r is null or han_l <> han_r",
        ("name_key", "name_text", "name_words", "han"),
        (
            Level("same", Text("the same", "相同"), "name_key_l = name_key_r", 0.80, "name_key"),
            Level(
                "alike",
                Text("spelt alike", "拼写相近"),
                "not han_l and (jaro_winkler_similarity(name_key_l, name_key_r, 0.93) >= 0.93"
                " or jaro_winkler_similarity(name_text_l, name_text_r, 0.93) >= 0.93)",
                0.12,
            ),
            Level(
                "part", Text("agrees in part", "部分相同"), "list_has_any(name_words_l, name_words_r)", 0.06
            ),
            _other(0.02),
        ),
    ),
    Field(
        "birth_year",
        Text("year of birth", "出生年份"),
        "birth_year_l is null or birth_year_r is null",
        ("birth_year",),
        (
            Level("same", Text("the same", "相同"), "birth_year_l = birth_year_r", 0.93),
            Level(
                "near",
                Text("one digit off", "相差一位数字"),
                "levenshtein(cast(birth_year_l as varchar), cast(birth_year_r as varchar)) = 1",
                0.05,
            ),
            _other(0.02),
        ),
    ),
    Field(
        "gender",
        Text("gender", "性别"),
        "gender_l is null or gender_r is null",
        ("gender",),
        (Level("same", Text("the same", "相同"), "gender_l = gender_r", 0.98), _other(0.02)),
    ),
    Field(
        "email",
        Text("e-mail", "电子邮箱"),
        "len(emails_l) = 0 or len(emails_r) = 0",
        ("emails", "mailboxes", "email"),
        (
            Level("same", Text("the same address", "地址相同"), "list_has_any(emails_l, emails_r)", 0.60),
            Level(
                "mailbox",
                Text("the same name before the @", "@ 之前相同"),
                "list_has_any(mailboxes_l, mailboxes_r)",
                0.15,
            ),
            Level(
                "alike",
                Text("spelt alike", "拼写相近"),
                "levenshtein(email_l, email_r) <= 1",
                0.05,
            ),
            _other(0.20),
        ),
    ),
    Field(
        "phone",
        Text("phone", "电话"),
        "len(phone_tails_l) = 0 or len(phone_tails_r) = 0",
        ("phone_tails", "phone"),
        (
            Level(
                "same",
                Text("the same number", "号码相同"),
                "list_has_any(phone_tails_l, phone_tails_r)",
                0.70,
            ),
            Level("near", Text("one digit off", "相差一位数字"), "levenshtein(phone_l, phone_r) <= 1", 0.05),
            _other(0.25),
        ),
    ),
    Field(
        "place",
        Text("place", "所在地"),
        "(city_l is null or city_r is null) and (country_l is null or country_r is null)",
        ("city", "country"),
        (
            Level("city", Text("the same city", "城市相同"), "city_l = city_r", 0.75, "city"),
            Level("country", Text("the same country", "国家或地区相同"), "country_l = country_r", 0.23),
            _other(0.02),
        ),
    ),
)


def field_named(name: str) -> Field:
    """The field `name`; KeyError when there is none."""
    for field in FIELDS:
        if field.name == name:
            return field
    raise KeyError(name)

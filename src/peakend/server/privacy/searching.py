"""Where in the site's tables something about a customer stands: text, JSON, and kept bytes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models.functions import Cast

from peakend.server.acting.keys import KeyField
from peakend.server.acting.models import RepeatableRequest
from peakend.server.customers.models import Customer
from peakend.server.customers.personal import holders
from peakend.server.privacy.models import PrivacyRequest
from peakend.server.web.repeats import forget_answers

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.sql.compiler import SQLCompiler

_TEXTS = (models.CharField, models.TextField, models.JSONField, models.BinaryField)
_AT_ONCE = 50  # SQLite takes expressions a thousand deep
# A short number stands in some digest by chance; a digest tells of nobody.
_DIGEST = "^[0-9a-f]{64}$"


def columns() -> Iterator[tuple[type[models.Model], models.Field]]:
    """Every column of text or bytes but those of the requests, which name the customer until all is done."""
    for model in apps.get_models():
        if model is not PrivacyRequest:
            for field in model._meta.local_concrete_fields:
                if isinstance(field, _TEXTS):
                    yield model, field


def rows_with(model: type[models.Model], field: models.Field, clues: Iterable[str]) -> int:
    """In how many rows one of `clues` stands in `field`; at most fifty clues."""
    rows = _rows(model, field, clues)
    if isinstance(field, models.CharField) and rows.exists():
        rows = rows.exclude(**{f"{field.name}__regex": _DIGEST})
    return int(rows.count())


def keys_about(customer: Customer) -> set[str]:
    """Keys of whatever points at the customer, and of what points at that: an answer of the API names a case
    by its key where it does not name the customer."""
    theirs: dict[type[models.Model], set[int]] = {Customer: {customer.pk}}
    keys: set[str] = set()
    held = [model for holder in holders() for model in holder.models if model is not Customer]
    for _ in range(2):
        for model in held:
            for field in model._meta.local_concrete_fields:
                pointed = theirs.get(field.related_model) if field.is_relation else None
                if pointed:
                    rows = model._default_manager.filter(**{f"{field.name}__in": pointed})
                    theirs.setdefault(model, set()).update(rows.values_list("pk", flat=True))
    for model in held:
        if any(isinstance(field, KeyField) for field in model._meta.local_concrete_fields):
            rows = model._default_manager.filter(pk__in=theirs.get(model, ()))
            keys.update(rows.values_list("key", flat=True))
    return keys


def forget_repeats(clues: Iterable[str]) -> int:
    """Take away what calls of the API were answered where it, or the address called, has one of `clues`."""
    done = 0
    kept = {field.name: field for field in RepeatableRequest._meta.local_concrete_fields}
    wanted = sorted(set(clues))
    for start in range(0, len(wanted), _AT_ONCE):
        for name in ("headers", "body"):
            found = _rows(RepeatableRequest, kept[name], wanted[start : start + _AT_ONCE])
            done += forget_answers(found)
    return done


def _rows(model: type[models.Model], field: models.Field, clues: Iterable[str]) -> Any:  # noqa: ANN401 - a QuerySet
    spelled = {spelling for one in clues for spelling in _spellings(one)}
    rows = model._default_manager.all()
    if isinstance(field, models.BinaryField):
        found = reduce(or_, (models.Q(_InBytes(field.name, one)) for one in sorted(spelled)))
        return rows.filter(found)
    found = reduce(or_, (models.Q(as_text__icontains=one) for one in sorted(spelled)))
    return rows.alias(as_text=Cast(field.name, models.TextField())).filter(found)


def _spellings(clue: str) -> set[str]:
    """As it is, and as JSON writes it: SQLite keeps every other script escaped, PostgreSQL as it is."""
    return {clue, json.dumps(clue)[1:-1], json.dumps(clue, ensure_ascii=False)[1:-1]}


class _InBytes(models.Func):
    """Whether bytes hold a text in UTF-8; A to Z as a to z."""

    output_field = models.BooleanField()

    def __init__(self, column: str, clue: str) -> None:
        self.clue = clue.encode().lower()  # of bytes: A to Z alone
        super().__init__(models.F(column))

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: object
    ) -> tuple[str, list[Any]]:
        sql, given = compiler.compile(self.source_expressions[0])
        return f"instr(lower(cast({sql} as text)), %s) > 0", [*given, self.clue.decode()]

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: object
    ) -> tuple[str, list[Any]]:
        sql, given = compiler.compile(self.source_expressions[0])
        return f"strpos(lower(encode({sql}, 'escape')), %s) > 0", [*given, _escaped(self.clue)]


def _escaped(content: bytes) -> str:
    """As PostgreSQL's `encode(…, 'escape')` writes it: bytes that need not be text cannot be cast to one."""
    plain = {0x5C: "\\\\"}
    return "".join(plain.get(one, chr(one)) if 0 < one < 0x80 else f"\\{one:03o}" for one in content)

"""Questionnaires and questions ready to use: templates and the item bank, as files beside this module."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, cast

import yaml

from peakend.language import Text
from peakend.server.acting.errors import NotFoundError
from peakend.server.surveys.questionnaire import Question, Questionnaire

BANK = "item_bank.yaml"


@dataclass(frozen=True, slots=True)
class Template:
    """A questionnaire in both languages that can be published as it is."""

    name: str
    title: Text
    about: Text
    kind: str
    programme: str
    anonymous: bool
    position: int
    questionnaire: Questionnaire


@dataclass(frozen=True, slots=True)
class BankItem:
    """One question of the item bank; its `tone` says functional or emotional (LSN-05)."""

    name: str
    field: Text
    question: Question


@cache
def templates() -> dict[str, Template]:
    """Every template by name, in the order in which they are offered."""
    found = [
        _read(file.name.removesuffix(".yaml"), yaml.safe_load(file.read_text("utf-8")))
        for file in (files(__package__) / "library").iterdir()
        if file.name.endswith(".yaml") and file.name != BANK
    ]
    return {one.name: one for one in sorted(found, key=lambda one: (one.position, one.name))}


def template(name: str) -> Template:
    """The template; `NotFoundError` where there is none."""
    try:
        return templates()[name]
    except KeyError:
        raise NotFoundError(Text("template", "模板")) from None


@cache
def item_bank() -> dict[str, BankItem]:
    """Every question of the bank by its item key."""
    data = yaml.safe_load((files(__package__) / "library" / BANK).read_text("utf-8"))
    found: dict[str, BankItem] = {}
    for group in data["fields"]:
        for name, content in group["items"].items():
            question = Question.model_validate(
                {"id": name, "item": name, "type": "rating", **group.get("scale", {}), **content}
            )
            found[name] = BankItem(name, Text(**group["title"]), question)
    return found


def bank_item(name: str) -> BankItem:
    """The bank's question; `NotFoundError` where there is none."""
    try:
        return item_bank()[name]
    except KeyError:
        raise NotFoundError(Text("item", "题目")) from None


def _read(name: str, data: dict[str, Any]) -> Template:
    data.pop("shared", None)
    content = cast(dict[str, Any], data["questionnaire"])
    return Template(
        name=name,
        title=Text(**data["title"]),
        about=Text(**data["about"]),
        kind=data["kind"],
        programme=data["programme"],
        anonymous=data.get("anonymous", False),
        position=data.get("position", 100),
        questionnaire=Questionnaire.model_validate(
            {"languages": ["en", "zh"], "default_language": "en", **content}
        ),
    )

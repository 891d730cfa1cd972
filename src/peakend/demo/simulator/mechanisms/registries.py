"""What a company keeps lists of: sites, employees, touchpoints, products, surveys, questions."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from peakend.demo.simulator.columns import canonical_rows
from peakend.demo.simulator.mechanism import Mechanism, Rows
from peakend.demo.simulator.segmenting import REGIONS
from peakend.demo.simulator.surveys import questions, surveys
from peakend.demo.simulator.world import FIRST_DAY, World
from peakend.language import Text

if TYPE_CHECKING:
    from peakend.demo.simulator.journey_plans import Standing

_MOST_YEARS_EMPLOYED = 15


def _registry(world: World) -> Rows:
    for name, rows in (
        ("sites", _sites(world)),
        ("employees", _employees(world)),
        ("touchpoints", _touchpoints(world)),
        ("products", _products(world)),
        ("surveys", _surveys(world)),
        ("questions", _questions(world)),
    ):
        yield name, canonical_rows(name, world.source, rows)


def _in_chinese(name_zh: str) -> str:
    return json.dumps({"name_zh": name_zh}, ensure_ascii=False)


def _sites(world: World) -> list[dict[str, object]]:
    return [
        {
            "site_id": site.id,
            "name": site.name,
            "kind": site.kind,
            "country": "CN",
            "region": REGIONS[site.city in world.shared.names.inland],
            "city": site.city,
            "opened_on": site.opened_on,
            "attributes": _in_chinese(site.name_zh),
        }
        for site in world.company.sites
    ]


def _employees(world: World) -> list[dict[str, object]]:
    names, roles, rows = world.shared.names, world.company.roles, []
    for place, site in enumerate(world.company.sites):
        u = world.draws.uniforms("employees", np.arange(site.staff), place)
        for n in range(site.staff):
            family = names.zh_family[int(u[0, n] * len(names.zh_family))]
            given = names.zh_first[int(u[1, n] * len(names.zh_first))]
            second = names.zh_second[int(u[2, n] * len(names.zh_second))]
            employed = timedelta(days=int(u[3, n] * 365 * _MOST_YEARS_EMPLOYED))
            rows.append(
                {
                    "employee_id": f"{site.id}-{n + 1:02d}",
                    "name": family + given + second,
                    "role": roles[n % len(roles)],
                    "site_id": site.id,
                    "team": "AB"[n % 2],
                    "hired_on": max(site.opened_on, FIRST_DAY - employed, date(1990, 1, 1)),
                }
            )
    return rows


def _touchpoints(world: World) -> list[dict[str, object]]:
    copied = (
        "name",
        "name_zh",
        "stage",
        "link",
        "experience_type",
        "channel",
        "owner",
        "moment_of_truth",
        "ownership",
    )
    return [
        {
            "touchpoint_id": t.id,
            "position": n,
            **{column: getattr(t, column) for column in copied},
            **_standing(world.company.journey.registry.get(t.id)),
        }
        for n, t in enumerate(world.company.touchpoints, start=1)
    ]


def _standing(standing: Standing | None) -> dict[str, object]:
    """What the registry says beside: role, importance, target, standard, script."""
    if standing is None:
        return {}
    row = standing.model_dump(exclude={"standard", "script"})
    for name, text in (("standard", standing.standard), ("script", standing.script)):
        if text is not None:
            row |= {f"{name}_en": text.en, f"{name}_zh": text.zh}
    return row


def _products(world: World) -> list[dict[str, object]]:
    return [
        {
            "product_id": p.id,
            "name": p.name,
            "category": p.category,
            "brand": p.brand,
            "kind": p.kind,
            "own": p.own,
            "list_price": Decimal(str(p.price)),
            "unit_cost": Decimal(str(p.cost)),
            "currency": world.company.currency,
            "attributes": _in_chinese(p.name_zh),
        }
        for p in world.company.products
    ]


def _surveys(world: World) -> list[dict[str, object]]:
    return [
        {
            "survey_id": survey.id,
            "programme": survey.programme,
            "wave": survey.wave,
            "name": survey.name.en,
            "name_zh": survey.name.zh,
            "kind": survey.kind,
            "starts_on": survey.starts_on,
            "ends_on": survey.ends_on,
            "anonymous": False,
        }
        for survey in surveys(world)
    ]


def _questions(world: World) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for question in questions(world):
        low, high = world.shared.scales.get(question.metric, (None, None))
        rows.append(
            {
                "question_id": question.id,
                "metric": question.metric,
                "scale_low": low,
                "scale_high": high,
                "overall": question.overall,
                "dimension": question.dimension,
                "touchpoint_id": None
                if question.slot is None
                else world.company.touchpoints[question.slot].id,
                "text_en": question.text.en,
                "text_zh": question.text.zh,
                "label_en": question.label.en,
                "label_zh": question.label.zh,
            }
        )
    return rows


MECHANISM = Mechanism(
    name="registries",
    meaning=Text(
        "Sites, employees, touchpoints, products, surveys and questions.",
        "网点、员工、接触点、产品、调查与题目。",
    ),
    registry=_registry,
)

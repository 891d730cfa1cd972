"""The demonstration's company: sites, teams, touchpoints, customers and people in every role."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from django.contrib.auth.hashers import make_password

from peakend.server.acting.actors import Role, role_name, system
from peakend.server.company import services as company
from peakend.server.company.models import Site, Team
from peakend.server.customers.rows import MOST_ROWS, CustomerRow
from peakend.server.customers.services import upsert_customers
from peakend.server.people.models import User

if TYPE_CHECKING:
    from peakend.server.demonstration.source import Source

PASSWORD = "peakend-demo"
FILLING = system("filling the demonstration")
_DOMAIN = "demo.example"
# Sites where the front line signs in too; one supervisor looks after every site.
_STAFFED = 2
# These stand once and are read in both languages.
_REGIONS = {"Simulated Coast": "沿海 Coast", "Simulated Inland": "内陆 Inland"}
_OWNERS = {
    "Digital": "数字渠道部 Digital",
    "Ground services": "地面服务部 Ground services",
    "Airport": "机场 Airport",
    "Cabin": "客舱部 Cabin",
    "Loyalty": "会员部 Loyalty",
    "Customer care": "客户关怀部 Customer care",
}


@dataclass(frozen=True, slots=True)
class Door:
    """One way into the demonstration: a role and the e-mail that opens it."""

    role: Role
    email: str


def doors() -> list[Door]:
    """One way in for each role, the front line first."""
    first = {Role(user.role): user for user in User.objects.order_by("-pk")}
    return [Door(role, first[role].email) for role in Role if role in first]


def build(source: Source) -> None:
    """Write the company."""
    company.name_company(actor=FILLING, name="Baihe Airways 白鹤航空")
    sites = _sites(source)
    teams = _teams(source, sites)
    for row in source.touchpoints:
        company.create_touchpoint(
            actor=FILLING,
            code=row["touchpoint_id"],
            name=row["name"],
            name_zh=row["name_zh"] or "",
            position=row["position"] or 0,
            stage=row["stage"] or "",
            channel=row["channel"] or "",
            owner=_OWNERS.get(row["owner"] or "", row["owner"] or ""),
        )
    _customers(source)
    _people(source, sites, teams)


def _sites(source: Source) -> dict[str, Site]:
    import json

    made = {}
    for row in source.sites:
        attributes = row["attributes"] or {}
        more = json.loads(attributes) if isinstance(attributes, str) else dict(attributes)
        made[row["site_id"]] = company.create_site(
            actor=FILLING,
            code=row["site_id"],
            name=row["name"],
            name_zh=more.get("name_zh", ""),
            kind=row["kind"] or "",
            region=_REGIONS.get(row["region"] or "", row["region"] or ""),
            calendar="airline-24x7",
            timezone="Asia/Shanghai",
        )
    return made


def _teams(source: Source, sites: dict[str, Site]) -> dict[tuple[str, str], Team]:
    made = {}
    for site, team in sorted({(row["site_id"], row["team"]) for row in source.employees if row["team"]}):
        made[site, team] = company.create_team(
            actor=FILLING, site=sites[site].code, code=team.lower(), name=f"Team {team}", name_zh=f"{team}班"
        )
    return made


def _customers(source: Source) -> None:
    rows = [
        CustomerRow(
            customer_id=row["customer_id"],
            name=row["name"] or "",
            email=row["email"] or "",
            phone=row["phone"] or "",
            language="zh" if str(row["language"]).startswith("zh") else "en",
            tier=row["tier"] or "",
        )
        for row in source.customers
    ]
    for begin in range(0, len(rows), MOST_ROWS):
        upsert_customers(actor=FILLING, rows=rows[begin : begin + MOST_ROWS])


def _people(source: Source, sites: dict[str, Site], teams: dict[tuple[str, str], Team]) -> None:
    """Everybody may sign in with the one password; letters of invitation would only fill the outbox."""
    for role, word in (
        (Role.CX_MANAGER, "manager"),
        (Role.ANALYST, "analyst"),
        (Role.ADMINISTRATOR, "admin"),
    ):
        name = role_name(role)
        _person(f"{word}@{_DOMAIN}", f"{name.zh} {name.en}", role)
    staffed = [code for code, _ in _busiest(source)[:_STAFFED]]
    for code, site in sites.items():
        chief = next(row for row in source.employees if row["site_id"] == code)
        email = f"supervisor.{code.lower()}@{_DOMAIN}"
        _person(email, chief["name"], Role.SUPERVISOR, chief["employee_id"]).sites.add(site)
    for row in source.employees:
        if (
            row["site_id"] in staffed
            and row["team"]
            and not User.objects.filter(employee_id=row["employee_id"]).exists()
        ):
            email = f"{row['employee_id'].lower()}@{_DOMAIN}"
            _person(email, row["name"], Role.FRONT_LINE, row["employee_id"]).teams.add(
                teams[row["site_id"], row["team"]]
            )


def _busiest(source: Source) -> list[tuple[str, int]]:
    from collections import Counter

    return Counter(trip.site for trip in source.trips).most_common()


@cache
def _hashed() -> str:
    # Hashing is slow on purpose; everybody here has the same password.
    return make_password(PASSWORD)


def _person(email: str, name: str, role: Role, employee_id: str = "") -> User:
    return User.objects.create(
        email=email, name=name, role=role, password=_hashed(), employee_id=employee_id, language="zh"
    )

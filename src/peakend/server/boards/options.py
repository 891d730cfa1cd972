"""What somebody asked a board to show: item, calendar unit, period, filters. Read from an address and
written into one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.actors import Actor
from peakend.server.acting.errors import InvalidError, NotFoundError, SiteError
from peakend.server.boards.periods import UNITS, Period, Unit, local_day, period_of, read_period
from peakend.server.boards.protecting import FixedCutsError
from peakend.server.boards.reading import CUTS, WEEK_CUTS, tiers_of
from peakend.server.boards.subjects import Asked, Board
from peakend.server.channels.models import Place
from peakend.server.company import selectors as company
from peakend.server.company.models import Site, Team, Touchpoint
from peakend.server.web.say import say, spoken

CUT_NAMES: Mapping[str, Text] = {
    "tier": Text("Customer tier", "客户等级"),
    "site": Text("Site", "网点"),
    "team": Text("Team", "班组"),
    "touchpoint": Text("Touchpoint", "接触点"),
    "place": Text("Place", "收集点"),
    "channel": Text("Channel", "渠道"),
    "language": Text("Language", "语言"),
}
CHANNEL_NAMES: Mapping[str, Text] = {
    "link": Text("Link", "链接"),
    "qr": Text("QR poster", "二维码海报"),
    "kiosk": Text("Kiosk", "自助终端"),
    "embed": Text("Web page", "网页嵌入"),
    "email": Text("E-mail", "邮件"),
    "sms": Text("Text message", "短信"),
    "api": Text("API", "API"),
}
LANGUAGE_NAMES: Mapping[str, Text] = {
    "en": Text("English", "英语"),
    "zh": Text("Chinese", "中文"),
    "ar": Text("Arabic", "阿拉伯语"),
    "fr": Text("French", "法语"),
    "de": Text("German", "德语"),
    "ja": Text("Japanese", "日语"),
    "ko": Text("Korean", "韩语"),
    "es": Text("Spanish", "西班牙语"),
    "ru": Text("Russian", "俄语"),
}
NONE = "-"  # in an address: without a site, without a team
# Cuts whose values are words instead of rows, and how long they may be.
WORDS = {"tier": 60, "channel": 20, "language": 20}


class CoarseWeeksError(SiteError):
    """A filter that weeks do not know."""

    code = "boards.coarse_weeks"
    status = 422


@dataclass(frozen=True, slots=True)
class Options:
    """What is shown. `filters` maps a cut to the code in the address, `keys` to what the counts know it
    by.
    """

    item: Asked | None
    period: Period
    filters: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[str, int | str] = field(default_factory=dict)
    search: str = ""

    @property
    def unit(self) -> Unit:
        """The calendar unit."""
        return self.period.unit

    def query(self, **more: str) -> str:
        """The options as the end of an address; `more` replaces, and an empty value leaves out."""
        found = {**self.stored(), "search": self.search, **more}
        return urlencode({name: value for name, value in found.items() if value})

    def stored(self) -> dict[str, str]:
        """What a saved view keeps: no period, as a view is opened for the period one is in."""
        return {"item": self.item.key if self.item else "", "period": self.period.key, **self.filters}


def read_options(actor: Actor, board: Board, given: Mapping[str, Any]) -> Options:
    """What `given` (of an address) asks for; errors for what there is not and for free cuts of anonymous
    surveys.
    """
    period = _period(given)
    filters = {cut: str(given[cut])[:120] for cut in CUTS if given.get(cut)}
    if board.anonymous and (filters or period.unit != "month"):
        raise FixedCutsError
    if period.unit == "week" and not set(filters) <= set(WEEK_CUTS):
        raise CoarseWeeksError(
            Text(
                "Weeks are counted by tier, site, team and touchpoint only.",
                "按周只统计客户等级、网点、班组和接触点。",
            ),
            Text("Choose months for the other filters.", "使用其他筛选时请按月查看。"),
        )
    wanted = str(given.get("item") or "")
    item = board.asked(wanted) if wanted else next(iter(board.scored), next(iter(board.items), None))
    if item is None and wanted:
        raise NotFoundError(Text("question", "题目"))
    keys = {cut: _key(actor, cut, code) for cut, code in filters.items()}
    search = str(given.get("search") or "").replace("\x00", "").strip()[:100]
    return Options(item, period, filters, keys, search)


def at(options: Options, period: Period) -> Options:
    """The same in another period."""
    return replace(options, period=period)


def today() -> date:
    """The day it is by UTC."""
    return local_day(clock.now(), "UTC")


def _period(given: Mapping[str, Any]) -> Period:
    if given.get("period"):
        found = read_period(str(given["period"]))
        unit = str(given.get("unit") or found.unit)
        if unit in UNITS and unit != found.unit:
            # Another unit was chosen: the one that holds the last day looked at, or today.
            last = min(found.end, max(today(), found.start))
            return period_of(last if last < found.end else found.start, unit)  # type: ignore[arg-type]
        return found
    unit = str(given.get("unit") or "month")
    if unit not in UNITS:
        raise InvalidError(
            Text(f"{unit[:40]!r} is no calendar unit.", f"“{unit[:40]}”不是有效的时间单位。"),
            Text("Write week, month, quarter or year.", "请写作 week、month、quarter 或 year。"),
        )
    return period_of(today(), unit)  # type: ignore[arg-type]


def _key(actor: Actor, cut: str, code: str) -> int | str:
    if "\x00" in code:
        raise NotFoundError(CUT_NAMES[cut])
    if cut in WORDS:
        return "" if code == NONE else code[: WORDS[cut]]
    if code == NONE:
        return 0
    if cut == "site":
        return int(company.get_site(actor, code).pk)
    if cut == "team":
        site, _, team = code.partition("/")
        return int(company.get_team(actor, site, team).pk)
    if cut == "touchpoint":
        return int(company.get_touchpoint(actor, code).pk)
    found = Place.objects.filter(key=code).first()
    if found is None:
        raise NotFoundError(CUT_NAMES[cut])
    return int(found.pk)


@dataclass(frozen=True, slots=True)
class Named:
    """A value of a cut: its code in addresses, and its name."""

    code: str
    name: str


def named(cut: str, values: set[int | str]) -> dict[int | str, Named]:
    """Code and name of each of `values` of `cut`."""
    if cut == "channel":
        return {one: Named(str(one) or NONE, _known(CHANNEL_NAMES, str(one))) for one in values}
    if cut == "language":
        return {one: Named(str(one) or NONE, _known(LANGUAGE_NAMES, str(one))) for one in values}
    if cut == "tier":
        # As the company calls them: nobody told their names in another language.
        return {one: Named(str(one) or NONE, _known({}, str(one))) for one in values}
    found: dict[int | str, Named] = {}
    if cut == "place":
        for place in Place.objects.filter(pk__in=values).select_related("site"):
            found[place.pk] = Named(place.key, in_words(place))
    elif cut == "team":
        for team in Team.objects.filter(pk__in=values).select_related("site"):
            found[team.pk] = Named(f"{team.site.code}/{team.code}", in_words(team))
        found = _told_apart(found, values)
    else:
        model = Site if cut == "site" else Touchpoint
        for one in model.objects.filter(pk__in=values):
            found[one.pk] = Named(one.code, in_words(one))
    if 0 in values:
        found[0] = Named(NONE, say("none stated", "未注明"))
    return found


def _told_apart(found: dict[int | str, Named], values: set[int | str]) -> dict[int | str, Named]:
    """Teams of one name are called by their site too."""
    names = Counter(one.name for one in found.values())
    for team in Team.objects.filter(pk__in=values).select_related("site"):
        one = found[team.pk]
        if names[one.name] > 1:
            found[team.pk] = Named(one.code, f"{in_words(team.site)} {one.name}")
    return found


def in_words(row: Site | Team | Touchpoint | Place) -> str:
    """The name of a site, team, touchpoint or place in the page's language."""
    return str((spoken() == "zh" and row.name_zh) or row.name)


def value_name(cut: str, code: str) -> str:
    """A code in an address as a person reads it, as far as that needs no look at the database."""
    if code == NONE:
        return _known({}, "")
    return _known({"channel": CHANNEL_NAMES, "language": LANGUAGE_NAMES}.get(cut, {}), code)


def language_name(tag: str) -> str:
    """The name of a language by its tag; the tag where it has none."""
    return _known(LANGUAGE_NAMES, tag)


def choices(actor: Actor, cut: str, board: Board, options: Options) -> list[Named]:
    """What a filter may be set to."""
    if cut == "tier":
        return _tiers(actor, board, options)
    if cut == "site":
        return [Named(one.code, in_words(one)) for one in company.sites(actor)[:300]]
    if cut == "team":
        return [Named(f"{one.site.code}/{one.code}", in_words(one)) for one in company.teams(actor)[:300]]
    if cut == "touchpoint":
        return [Named(one.code, in_words(one)) for one in company.touchpoints(actor)[:300]]
    if cut == "place":
        rows = Place.objects.filter(survey__in=[survey.pk for survey in board.surveys])
        if not actor.reach.everything:
            rows = rows.filter(Q(site_id__in=actor.reach.sites) | Q(team_id__in=actor.reach.teams))
        listed = rows.select_related("site").order_by("name")[:300]
        return [Named(one.key, in_words(one)) for one in listed]
    if cut == "channel":
        return [Named(code, _known(CHANNEL_NAMES, code)) for code in CHANNEL_NAMES]
    tags = sorted({tag for survey in board.surveys for tag in survey.current.questionnaire["languages"]})
    return [Named(tag, _known(LANGUAGE_NAMES, tag)) for tag in tags]


def _tiers(actor: Actor, board: Board, options: Options) -> list[Named]:
    """The tiers of those who answered in the period and the one before; none where nobody's is known."""
    surveys, period = [survey.pk for survey in board.surveys], options.period
    found = tiers_of(actor, surveys, period.before, period) | {str(options.keys.get("tier", ""))}
    if found == {""} and "tier" not in options.keys:
        return []
    names = named("tier", set(found))
    return [names[one] for one in sorted(found, key=lambda one: (not one, one))]


def _known(names: Mapping[str, Text], code: str) -> str:
    return names[code].in_(spoken()) if code in names else code or say("none stated", "未注明")

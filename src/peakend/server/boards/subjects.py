"""What a board is about: a survey, or the surveys of a programme; and what can be read from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from peakend.language import Text
from peakend.server.acting.actors import Actor
from peakend.server.acting.errors import NotFoundError
from peakend.server.boards.counting import Item, items_of_versions
from peakend.server.surveys.models import Survey, SurveyVersion
from peakend.server.web.say import picked, say, spoken

PROGRAMME = "programme:"


@dataclass(frozen=True, slots=True)
class Asked:
    """An item of a board with the versions whose answers are one series with it, and whether others were
    left out.
    """

    item: Item
    versions: frozenset[int]
    broken: bool

    @property
    def key(self) -> str:
        """Its name in the counts."""
        return self.item.key

    @property
    def label(self) -> str:
        """Short, in the page's language."""
        question = self.item.question
        words = picked(question.label) or picked(question.text)
        if self.item.row is not None:
            words = picked(self.item.row.text) or self.item.row.code
        if self.item.side:
            return say("{words}, expected", "{words}（期望）", words=words)
        return words


@dataclass(frozen=True, slots=True)
class Board:
    """Surveys that are shown together. `key` is the survey's, or `programme:<name>`."""

    key: str
    title: str
    surveys: tuple[Survey, ...]
    items: tuple[Asked, ...]

    @property
    def anonymous(self) -> bool:
        """Whether only fixed cuts are shown, and no list."""
        return any(survey.anonymous for survey in self.surveys)

    @property
    def scored(self) -> tuple[Asked, ...]:
        """Items with a score, those about the whole first."""
        found = [one for one in self.items if one.item.metric]
        return tuple(sorted(found, key=lambda one: (not one.item.question.overall, bool(one.item.side))))

    @property
    def chosen(self) -> tuple[Asked, ...]:
        """Items with options."""
        return tuple(one for one in self.items if one.item.question.type in ("single", "multiple", "ranking"))

    @property
    def texts(self) -> tuple[Asked, ...]:
        """Items in the customers' own words."""
        return tuple(one for one in self.items if one.item.question.type == "text")

    def asked(self, key: str) -> Asked | None:
        """The item with that key."""
        return next((one for one in self.items if one.key == key), None)


def visible_surveys(actor: Actor) -> QuerySet[Survey]:
    """Published surveys of the whole company and of the sites `actor` reaches."""
    rows = Survey.objects.exclude(current=None).select_related("current")
    if actor.reach.everything:
        return rows
    return rows.filter(
        Q(site=None) | Q(site_id__in=actor.reach.sites) | Q(site__teams__in=actor.reach.teams)
    ).distinct()


def boards(actor: Actor) -> list[Board]:
    """A board for every survey `actor` sees, the newest first."""
    return boards_of(list(visible_surveys(actor)[:200]))


def programmes(surveys: Sequence[Survey]) -> dict[str, list[Survey]]:
    """Programmes of several surveys that may be added up. Anonymous ones stand alone: adding would show
    parts.
    """
    found: dict[str, list[Survey]] = {}
    for survey in surveys:
        if survey.programme and "/" not in survey.programme and not survey.anonymous:
            found.setdefault(survey.programme, []).append(survey)
    return {name: listed for name, listed in found.items() if len(listed) > 1}


def get_board(actor: Actor, key: str) -> Board:
    """The board with that key; `NotFoundError` outside the actor's reach."""
    if key.startswith(PROGRAMME):
        name = key.removeprefix(PROGRAMME)
        surveys = list(visible_surveys(actor).filter(programme=name, anonymous=False))
        if not surveys:
            raise NotFoundError(Text("programme", "系列"))
        return _board(key, name, surveys, _versions(surveys))
    survey = visible_surveys(actor).filter(key=key).first() if "\x00" not in key else None
    if survey is None:
        raise NotFoundError(Text("survey", "调查"))
    return boards_of([survey])[0]


def boards_of(surveys: Sequence[Survey]) -> list[Board]:
    """A board for each of `surveys`."""
    versions = _versions(surveys)
    return [_board(survey.key, picked(survey.name, spoken()), [survey], versions) for survey in surveys]


def _versions(surveys: Sequence[Survey]) -> dict[int, list[int]]:
    """The versions of each survey (primary keys), the newest first."""
    found: dict[int, list[int]] = {survey.pk: [] for survey in surveys}
    rows = SurveyVersion.objects.filter(survey__in=list(found)).order_by("-number")
    for pk, survey in rows.values_list("pk", "survey_id"):
        found[survey].append(pk)
    return found


def _board(key: str, title: str, surveys: Sequence[Survey], versions: Mapping[int, Sequence[int]]) -> Board:
    """Items as the current versions ask them; a version that words one otherwise is another series
    (LSN-02).
    """
    all_versions = [pk for survey in surveys for pk in versions[survey.pk]]
    items = items_of_versions(all_versions)
    current = [survey.current_id for survey in surveys if survey.current_id in items]
    found: dict[str, Item] = {}
    for pk in current:
        for item in items[pk]:
            found.setdefault(item.key, item)
    asked = []
    for name, item in found.items():
        same = {
            pk for pk in all_versions if any(o.key == name and o.wording == item.wording for o in items[pk])
        }
        other = any(o.key == name and o.wording != item.wording for pk in all_versions for o in items[pk])
        asked.append(Asked(item, frozenset(same), other))
    return Board(key, title or key, tuple(surveys), tuple(asked))

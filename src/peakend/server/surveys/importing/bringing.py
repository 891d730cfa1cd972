"""Which format a file has, and the survey made of it."""

from __future__ import annotations

import json
from typing import Any

from peakend.server.acting.actors import Actor
from peakend.server.surveys.drafts import Draft, read_draft
from peakend.server.surveys.importing.lss import read_lss
from peakend.server.surveys.importing.qsf import read_qsf
from peakend.server.surveys.importing.report import Imported, Losses
from peakend.server.surveys.models import Survey
from peakend.server.surveys.services import create_survey
from peakend.server.surveys.uploads import sized, unpacked, unreadable

OWN = "peakend.questionnaire/1"


def read_file(content: bytes) -> Imported:
    """The draft in a QSF, LSS or our own JSON file (also alone in a zip archive); by its content, not its
    name.
    """
    content = sized(unpacked(sized(content), (".qsf", ".lss", ".json")))
    head = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if head == b"<":
        return read_lss(content.removeprefix(b"\xef\xbb\xbf"))
    if head == b"{":
        try:
            data = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise unreadable() from error
        return _own(data) if _is_own(data) else read_qsf(content.removeprefix(b"\xef\xbb\xbf"))
    raise unreadable()


def _is_own(data: Any) -> bool:  # noqa: ANN401 - whatever a file holds
    return isinstance(data, dict) and (data.get("format") == OWN or "pages" in data)


def _own(data: dict[str, Any]) -> Imported:
    return Imported(
        read_draft(data["questionnaire"] if data.get("format") == OWN and "questionnaire" in data else data),
        Losses().found,
        "Peakend",
    )


def own_file(draft: Draft) -> dict[str, Any]:
    """The draft as our own file: `read_file` gives the same draft back."""
    return {"format": OWN, "questionnaire": draft.model_dump(mode="json")}


def bring_survey(
    *, actor: Actor, content: bytes, programme: str = "", site_code: str = ""
) -> tuple[Survey, Imported]:
    """A new survey in draft of a file, and the report of what was lost. `InvalidError` for a file that
    cannot be read.
    """
    found = read_file(content)
    survey = create_survey(
        actor=actor,
        name={tag: text[:200] for tag, text in found.draft.title.items()},
        questionnaire=found.draft.model_dump(mode="json"),
        programme=programme,
        kind="transactional",
        site_code=site_code,
    )
    return survey, found

"""What cases hear of: a completed answer opens its case in the same transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from peakend.server.answering.signals import response_completed
from peakend.server.cases import rules
from peakend.server.cases.opening import open_from_response
from peakend.server.surveys.models import Survey

if TYPE_CHECKING:
    from peakend.server.answering.models import Response
    from peakend.server.surveys.questionnaire import Questionnaire


@receiver(response_completed, dispatch_uid="cases.open")
def completed(sender: object, response: Response, questionnaire: Questionnaire, **kwargs: Any) -> None:  # noqa: ANN401
    """Open the case of an answer that a rule matches."""
    open_from_response(response, questionnaire)


@receiver(post_save, sender=Survey, dispatch_uid="cases.recovery_surveys")
def survey_saved(sender: object, instance: Survey, **kwargs: Any) -> None:  # noqa: ANN401
    """A survey that asks about recoveries is known to every process soon after it is saved."""
    if instance.programme == "recovery":
        rules.changed()

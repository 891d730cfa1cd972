"""What is asked while an answer is being completed, in its transaction: is there still a place for it?

A receiver takes `response` (Response), `questionnaire` (Questionnaire) and `**_`. `answering` sends it.
"""

from __future__ import annotations

from django.dispatch import Signal


class QuotaFullError(Exception):
    """Raised by a receiver of `response_completing`: one too many for the quota called `quota`."""

    def __init__(self, quota: str = "") -> None:
        super().__init__(quota)
        self.quota = quota


# Sent once a response, just before it is completed, in the same transaction. The response has all that
# it will be stored with (answers, flags, survey, place, wave, language …) but `state` is not yet
# "completed", and a response of a one-page survey has no primary key yet. A receiver may raise
# QuotaFullError: what all receivers wrote is undone, the response is stored as "screened", and the
# customer reads the thank-you page for those who were one too many.
response_completing = Signal()

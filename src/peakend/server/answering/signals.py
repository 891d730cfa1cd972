"""What other areas hear of, inside the transaction of the answer: a receiver that raises undoes the answer.

A receiver takes `response` (Response), `questionnaire` (Questionnaire) and `**_`:

    @receiver(response_completed)
    def count(sender: object, response: Response, questionnaire: Questionnaire, **_: object) -> None: ...
"""

from __future__ import annotations

from django.dispatch import Signal

# Sent once a response, when it is completed: `response` (Response, stored), `questionnaire` (Questionnaire).
response_completed = Signal()

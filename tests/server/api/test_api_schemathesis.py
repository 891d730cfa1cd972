"""Made-up calls to every operation: no fault, and nothing the description does not say.

A handful each in everyday tests; PEAKEND_LONG=1 makes many.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi import checks

from peakend.server.wsgi import application
from server.api.describing import known_description

if TYPE_CHECKING:
    from server.conftest import Company

LONG = os.environ.get("PEAKEND_LONG") == "1"
EXAMPLES = 150 if LONG else 2
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]


EVERYDAY = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)


def problems_of(operation: Any, mode: GenerationMode, headers: dict[str, str]) -> set[str]:
    """What is wrong with the answers to made-up calls of the operation; what they did is taken back."""
    problems = set()

    @EVERYDAY
    @given(operation.as_strategy(generation_mode=mode))
    def call(case: Any) -> None:
        with transaction.atomic():
            response = case.call(headers=headers)
            transaction.set_rollback(True)
        try:
            case.validate_response(response, checks=CHECKS, headers=headers)
        except FailureGroup as found:
            for error in found.exceptions:
                said = " ".join(str(error).split())[:400]
                sent = f"{case.query or ''} {case.body if operation.body else ''}"[:400]
                answer = response.content.decode("utf-8", "replace")[:300]
                kind = f"{type(error).__name__} {response.status_code}"
                problems.add(f"{operation.label}: {kind}: {said} | {sent} | {answer}")

    call()
    return problems


@pytest.fixture
def kept_connection() -> Iterator[None]:
    """The end of a request does not close the connection whose transaction the test lives in."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.django_db
@pytest.mark.usefixtures("kept_connection")
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_no_call_is_a_fault_or_undescribed(
    company: Company, token_of: Callable[..., dict[str, str]], mode: GenerationMode
) -> None:
    headers = token_of("administrator")
    schema: Any = schemathesis.openapi.from_dict(
        known_description(company, fields=mode is GenerationMode.POSITIVE)
    )
    schema.app = application
    problems: set[str] = set()
    tried = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        if mode is GenerationMode.POSITIVE or operation.query or operation.body:
            problems |= problems_of(operation, mode, headers)
            tried += 1
    assert tried > 100
    assert not problems, f"{len(problems)} problems:\n" + "\n".join(sorted(problems))

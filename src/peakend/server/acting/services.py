"""What a service is: it takes an actor, checks the policy, writes and audits, in one transaction."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from contextvars import ContextVar
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from django.db import transaction

from peakend.server.acting.actors import Actor
from peakend.server.acting.audit import audit as write_entry
from peakend.server.acting.policies import require

if TYPE_CHECKING:
    from django.db import models

    from peakend.server.acting.models import AuditEntry

P = ParamSpec("P")
R = TypeVar("R")
_written: ContextVar[int] = ContextVar("peakend_audited", default=0)


def service(action: str, *, audited: bool = True) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a keyword-only function with an `actor` the service of `action`.

    It runs in one transaction after the policy said yes. It must call `audit` before it returns; not where
    `audited` is False, which is for what writes its own append-only row (an answer of a customer).
    """

    def made(function: Callable[P, R]) -> Callable[P, R]:
        kinds = {p.kind for p in inspect.signature(function).parameters.values()}
        if (
            not kinds <= {inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD}
            or "actor" not in inspect.signature(function).parameters
        ):
            raise TypeError(f"{function.__qualname__} must take keywords only, and an actor")

        @functools.wraps(function)
        def acted(*args: P.args, **kwargs: P.kwargs) -> R:
            actor = kwargs.get("actor")
            if not isinstance(actor, Actor):
                raise TypeError(f"{function.__qualname__} was called without an actor")
            require(actor, action)
            with transaction.atomic():
                before = _written.get()
                result = function(*args, **kwargs)
                if audited and _written.get() == before:
                    raise RuntimeError(f"{function.__qualname__} wrote no audit entry")
                return result

        acted.action = action  # type: ignore[attr-defined]
        return acted

    return made


def audit(actor: Actor, action: str, subject: models.Model | None = None, **data: object) -> AuditEntry:
    """See `peakend.server.acting.audit.audit`; counted, so that a service cannot forget it."""
    entry = write_entry(actor, action, subject, **data)
    _written.set(_written.get() + 1)
    return entry

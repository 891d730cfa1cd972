"""Before a promise reaches customers: neither unaffordable nor hollow, or a written reason (ACT-06)."""

from __future__ import annotations

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.actors import Actor
from peakend.server.acting.policies import require
from peakend.server.acting.services import audit
from peakend.server.improvement.refusals import conflict
from peakend.server.promises import policies
from peakend.server.promises.models import Promise, PromiseVersion
from peakend.server.promises.selectors import affordability
from peakend.server.promises.words import VERDICTS


def cleared(actor: Actor, promise: Promise, version: PromiseVersion, reason: str) -> tuple[str, ...]:
    """The verdicts of `version`; `ConflictError` where they forbid it and no `reason` is given."""
    found = affordability(promise, version)
    if not found.blocking:
        return found.verdicts
    if not reason.strip():
        names = [VERDICTS[verdict] for verdict in found.blocking]
        raise conflict(
            f"The check says: {', '.join(name.en.lower() for name in names)}.",
            f"检查结论：{'、'.join(name.zh for name in names)}。",
            Text(
                "Change claim, terms or budget, or override with a written reason.",
                "请修改宣传、条款或预算，或书面说明理由后越过检查。",
            ),
        )
    require(actor, policies.OVERRIDE)
    version.override_reason = reason.strip()[:1000]
    version.override_by_id = actor.user_id
    version.override_at = clock.now()
    version.save(update_fields=["override_reason", "override_by", "override_at"])
    audit(
        actor,
        "promises.overridden",
        promise,
        number=version.number,
        verdicts=list(found.blocking),
        reason=version.override_reason,
    )
    return found.verdicts

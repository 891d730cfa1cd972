"""What may be done with notifications, webhooks and the outbox."""

from __future__ import annotations

from peakend.language import Text
from peakend.server.acting.actors import Role
from peakend.server.acting.policies import EVERYBODY, declare

_ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})

OWN = declare("notices.own", EVERYBODY, Text("Read one's own notifications", "查看本人通知并设置邮件摘要"))
WEBHOOKS = declare(
    "notices.webhooks", _ADMINISTRATORS, Text("Look after webhooks", "维护 Webhook 与投递记录")
)
OUTBOX = declare("notices.outbox", _ADMINISTRATORS, Text("See and retry e-mails", "查看并重发邮件"))

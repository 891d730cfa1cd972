"""Who may do what with places, invitations and the ledger of contacts."""

from __future__ import annotations

from peakend.language import Text
from peakend.server.acting.policies import EVERYBODY, LEADERS, MANAGERS, READERS, declare

READ_PLACES = declare(
    "channels.read_places", EVERYBODY, Text("See places and their answers", "查看投放点及其应答")
)
EDIT_PLACES = declare("channels.edit_places", LEADERS, Text("Open and change places", "开设和修改投放点"))
READ = declare(
    "channels.read",
    READERS,
    Text("See invitations and contacts", "查看邀请与联系记录"),
)
INVITE = declare("channels.invite", LEADERS, Text("Invite customers", "邀请客户"))
MANAGE = declare(
    "channels.manage",
    MANAGERS,
    Text(
        "Set waves, triggers, quotas and how often customers are contacted", "设置期次、触发、配额与联系频次"
    ),
)
SEND = declare("channels.send", frozenset(), Text("Send what is due", "发送到期的邀请"))
DECLINE = declare(
    "channels.decline", frozenset(), Text("Decline an invitation", "谢绝邀请"), respondents=True
)

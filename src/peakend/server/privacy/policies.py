"""Who may handle customers' requests about their data."""

from __future__ import annotations

from peakend.language import Text
from peakend.server.acting.actors import Role
from peakend.server.acting.policies import MANAGERS, declare

READ = declare("privacy.read", MANAGERS, Text("See privacy requests", "查看隐私请求"))
EXPORT = declare("privacy.export", MANAGERS, Text("Hand out a customer's data", "导出客户数据"))
ERASE = declare("privacy.erase", MANAGERS, Text("Erase a customer's data", "删除客户数据"))
RETAIN = declare(
    "privacy.retain", {Role.ADMINISTRATOR}, Text("Set how long data is kept", "设定数据保存期限")
)

"""Who may do what with figures."""

from __future__ import annotations

from peakend.language import Text
from peakend.server.acting.actors import Role
from peakend.server.acting.policies import EVERYBODY, LEADERS, READERS, declare

READ = declare("boards.read", EVERYBODY, Text("See figures and words", "查看数据与客户原话"))
TAKE = declare("boards.take", READERS, Text("Take figures and answers away as a file", "下载数据与答卷"))
KEEP = declare("boards.keep", EVERYBODY, Text("Save views", "保存视图"))
SHARE = declare(
    "boards.share", LEADERS, Text("Share views and set what opens first", "共享视图并设定默认视图")
)
CUSTOMER = declare(
    "boards.customer",
    LEADERS | {Role.FRONT_LINE},
    Text("See everything about one customer", "查看单个客户的全貌"),
)
ANALYSES = declare("boards.analyses", READERS, Text("Read analyses", "阅读分析结果"))

"""What may be done with the warehouse from the site."""

from __future__ import annotations

from peakend.language import Text
from peakend.server.acting.actors import Role
from peakend.server.acting.policies import MANAGERS, declare

READ = declare(
    "sync.read", MANAGERS | {Role.ANALYST}, Text("See how fresh the analyses are", "查看分析数据的新鲜度")
)
RUN = declare("sync.run", MANAGERS | {Role.ANALYST}, Text("Have the analyses run now", "立即运行分析"))

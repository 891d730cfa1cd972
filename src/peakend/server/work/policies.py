"""Who may look at the worker."""

from __future__ import annotations

from peakend.language import Text
from peakend.server.acting.actors import Role
from peakend.server.acting.policies import declare

READ = declare("work.read", {Role.ADMINISTRATOR}, Text("See how the worker does", "查看后台任务状态"))

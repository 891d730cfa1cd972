"""Who may read, change and publish surveys, and take their answers out."""

from __future__ import annotations

from peakend.language import Text
from peakend.server.acting.actors import Role
from peakend.server.acting.policies import MANAGERS, READERS, declare

READ = declare("surveys.read", READERS, Text("Read surveys", "查看调查"))
EDIT = declare("surveys.edit", MANAGERS, Text("Create and edit surveys", "新建和编辑调查"))
PUBLISH = declare("surveys.publish", MANAGERS, Text("Publish and close surveys", "发布和关闭调查"))
EXPORT = declare("surveys.export", MANAGERS | {Role.ANALYST}, Text("Export answers", "导出答卷"))

"""What the improvement area keeps: huddles, topics, broadcasts, visits, voices, standards and goals."""

from peakend.server.improvement.models.broadcasts import Broadcast, Receipt
from peakend.server.improvement.models.goals import Goal, Scheme, SchemeItem, Standard
from peakend.server.improvement.models.huddles import Huddle, HuddlePoint
from peakend.server.improvement.models.outer_loop import (
    ChangeRequest,
    CycleStage,
    LoopCycle,
    Topic,
    TopicEvidence,
    TopicStep,
)
from peakend.server.improvement.models.visits import (
    Checklist,
    ChecklistItem,
    Gesture,
    GestureRule,
    Photo,
    Visit,
    VisitCheck,
)
from peakend.server.improvement.models.voices import Comment, CommentPage, Note

__all__ = [
    "Broadcast",
    "ChangeRequest",
    "Checklist",
    "ChecklistItem",
    "Comment",
    "CommentPage",
    "CycleStage",
    "Gesture",
    "GestureRule",
    "Goal",
    "Huddle",
    "HuddlePoint",
    "LoopCycle",
    "Note",
    "Photo",
    "Receipt",
    "Scheme",
    "SchemeItem",
    "Standard",
    "Topic",
    "TopicEvidence",
    "TopicStep",
    "Visit",
    "VisitCheck",
]

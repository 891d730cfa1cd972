"""What the area keeps: win-back campaigns with their arms, initiatives with what was spent on them."""

from peakend.server.initiatives.models.initiatives import Initiative, Spend
from peakend.server.initiatives.models.winback import Assignment, Campaign

__all__ = ["Assignment", "Campaign", "Initiative", "Spend"]

"""What attribution, sequences and predictions of the next step cannot work with."""

from __future__ import annotations

from typing import ClassVar

from peakend.errors import PeakendError


class AttributionError(PeakendError):
    """Paths, sets or steps from which nothing can be attributed or predicted."""

    code: ClassVar[str] = "journey.crediting"

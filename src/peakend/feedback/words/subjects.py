"""What remarks of one source are about: subjects with a name, and who mentions them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from peakend.feedback.words.aspects import aspects_in
from peakend.language import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scipy.sparse import csr_array

    from peakend.feedback.score_counts import Question
    from peakend.language import Text

Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Subject:
    """A theme of a text source, or a code of coded comments.

    origin: "code", or as `themes.Theme.origin`. named: false for a code without words. tone: "positive",
    "negative" or "neutral" where the coder said so. covered_by: questions that ask about it (None: it cannot
    be told, because no known subject is in its name). stability: of a topic.
    """

    key: str
    name: Text
    origin: str
    named: bool = True
    tone: str | None = None
    need: str | None = None
    covered_by: tuple[str, ...] | None = ()
    stability: float | None = None


@dataclass(frozen=True, slots=True)
class Subjects:
    """`matrix`: writers × subjects, true where one mentions it; rows: those writers' rows, rising.

    good, ill: as `matrix`, true where the clauses about it praise or blame (None: not read).
    """

    subjects: Sequence[Subject]
    matrix: csr_array
    rows: Codes
    good: csr_array | None = None
    ill: csr_array | None = None

    @staticmethod
    def of(subjects: Sequence[Subject], pairs: Codes, rows: Codes) -> Subjects:
        """From different pairs (place in `rows`, number of the subject)."""
        from scipy.sparse import csr_array

        flags = np.ones(len(pairs), dtype=bool)
        matrix = csr_array((flags, (pairs[:, 0], pairs[:, 1])), shape=(len(rows), len(subjects)))
        return Subjects(subjects, matrix, rows)


def covering(name: Text, asked: Sequence[Question]) -> tuple[str, ...] | None:
    """The questions that ask about what `name` speaks of; None where it names nothing known.

    A question asks about it when everything the question's label names (of the dictionary's subjects) is in
    the name: "Restaurants" covers "Wider selection of restaurants"; "Cleanliness: boarding areas" does not
    cover "More seats at boarding areas".
    """
    found: list[str] = []
    known = False
    for language in LANGUAGES:
        about = aspects_in((name.in_(language),))
        known |= bool(about)
        for question in asked:
            label = question.label_en if language == "en" else question.label_zh
            wanted = aspects_in((label,))
            if wanted and wanted <= about and question.question_id not in found:
                found.append(question.question_id)
    return tuple(sorted(found)) if known else None

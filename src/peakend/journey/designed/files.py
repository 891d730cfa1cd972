"""Files of designed journeys: which form they have, and the table with five layers."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

from peakend.journey.designed.bpmn_files import read_bpmn
from peakend.journey.designed.checking import problems_of
from peakend.journey.designed.design import LAYERS, Design, Problem, refuse
from peakend.journey.designed.yaml_files import read_yaml
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

_XML = (".bpmn", ".xml")
_YAML = (".yaml", ".yml")


def read_design(path: Path | str, touchpoints: Mapping[str, str] | None = None) -> Design:
    """The design in a YAML or BPMN file, checked.

    touchpoints: touchpoint_id by every name it goes by (None: not known, so not checked). Raises
    `DesignError` with everything that is wrong.
    """
    file = Path(path)
    if file.suffix.lower() not in (*_XML, *_YAML):
        said = Text("A design is a .yaml or a .bpmn file.", "设计文件应为 .yaml 或 .bpmn。")
        raise refuse(file.name, [Problem(said)])
    try:
        content = file.read_bytes()
        text = "" if file.suffix.lower() in _XML else content.decode("utf-8-sig")
    except OSError as cause:
        said = Text(f"The file cannot be read: {cause.strerror}.", f"无法读取文件：{cause.strerror}。")
        raise refuse(str(file), [Problem(said)]) from cause
    except UnicodeDecodeError as cause:
        raise refuse(file.name, [Problem(Text("The file is not UTF-8.", "文件不是 UTF-8 编码。"))]) from cause
    if file.suffix.lower() in _XML:
        made = read_bpmn(content, file.name, touchpoints)
    else:
        made = read_yaml(text, file.name)
    wrong = problems_of(made, None if touchpoints is None else set(touchpoints.values()))
    if wrong:
        raise refuse(file.name, wrong)
    return made


def layers_csv(design: Design, language: str = "en") -> str:
    """One row a step with the five layers: the step, action, question, barrier, emotion."""
    told = io.StringIO()
    writer = csv.writer(told, lineterminator="\n")
    writer.writerow(
        [
            "design_id",
            "version",
            "position",
            "step_id",
            "step",
            "step_zh",
            "touchpoint_id",
            "channel",
            *LAYERS,
        ]
    )
    for place, step in enumerate(design.steps, start=1):
        layers = [step.layer(layer, language) or "" for layer in LAYERS]
        writer.writerow(
            [
                *(design.design_id, design.version, place, step.step_id, step.name or "", step.name_zh or ""),
                *(step.touchpoint_id, step.channel or "", *layers),
            ]
        )
    return told.getvalue()

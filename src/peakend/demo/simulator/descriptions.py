"""How files that describe companies are read: every field is checked and none is unknown."""

from __future__ import annotations

from importlib.resources import files
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]


class Described(BaseModel):
    """Something that a file describes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def read(name: str) -> dict[str, Any]:
    """The content of `companies/<name>.yaml`."""
    text = files("peakend.demo.simulator").joinpath(f"companies/{name}.yaml").read_text("utf-8")
    body: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return body

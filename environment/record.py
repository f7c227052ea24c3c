"""What all records that outlive the process have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """Data that outlives the process: no field that is not known, nothing changes once it is made."""

    model_config = ConfigDict(extra="forbid", frozen=True)

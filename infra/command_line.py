"""The commands that this part of the house adds to ``acceptance``."""

from infra.baseline_command import baseline
from infra.cost_command import cost
from infra.data_command import data
from infra.doctor_command import doctor
from infra.rehearsal.command import rehearse
from infra.users_command import users

__all__ = ["baseline", "cost", "data", "doctor", "rehearse", "users"]

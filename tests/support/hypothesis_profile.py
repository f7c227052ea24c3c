"""How long an example of hypothesis may take: however long the machine needs."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# That says something of the machine, and of what else runs on it.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

"""How pytest runs scenarios: order, locks, time limits, signals, and what takes a scenario its result."""

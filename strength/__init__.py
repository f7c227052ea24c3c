"""Strength: faults planted in a copy of the product show what the suite would notice, and what it would not."""

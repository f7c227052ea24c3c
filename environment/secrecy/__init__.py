"""What keeps secrets out of everything that a run writes."""

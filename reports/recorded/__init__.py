"""Answers of a registry as files: what a real stack was recorded to answer, or what was decided for want of that."""

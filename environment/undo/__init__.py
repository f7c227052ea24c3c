"""Undoing what scenarios made: an undo log on disk, the actions that undo, and clean-up after crashes."""

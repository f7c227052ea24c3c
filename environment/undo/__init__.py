"""Undoing what scenarios made: a ledger on disk, the actions that undo, and clean-up after crashes."""

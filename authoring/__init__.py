"""What helps to write: entries of the known-defects ledger, and reproductions of what they say."""

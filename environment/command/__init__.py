"""The `acceptance` command line: runs pytest as a process of its own and outlives it."""

"""What is wrong on a machine, or with a stack that stands there, and what to do about it (`quilt-stack doctor`)."""

"""``python -m quilt_stack`` is the command ``quilt-stack``."""

from quilt_stack.command_line import main

main()

"""How the stack is met: ports, serving, the journal of what was asked, and the faults that are asked for."""

"""What a scenario did: the calls it made, how long they took, and nothing that must stay secret."""

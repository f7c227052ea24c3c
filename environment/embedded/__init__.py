"""The embedded Quilt deployment: a process on loopback that unmodified clients use over the wire."""

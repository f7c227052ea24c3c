"""The build of quilt-mcp that is judged: which one it is, where it lies, what it needs."""

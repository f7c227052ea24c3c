"""The product: which quilt-mcp is judged, what was asked of it, and what came of it."""

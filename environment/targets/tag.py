"""The tag by which resources of a test environment are known (infrastructure.md)."""

TAG, PURPOSE = "Purpose", "QuiltMCP-E2E-Testing"

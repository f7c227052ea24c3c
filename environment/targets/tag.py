"""The tag by which resources of a test environment are known (rule 14)."""

TAG, PURPOSE = "Purpose", "QuiltMCP-E2E-Testing"

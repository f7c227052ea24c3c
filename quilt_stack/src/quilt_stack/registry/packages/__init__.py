"""Packages in S3: layout, manifests, reading, pushing, promoting and deleting (registry facts 7)."""

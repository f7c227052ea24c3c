"""Packages in the S3 layout that quilt3 writes."""

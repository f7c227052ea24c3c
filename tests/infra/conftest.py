"""AWS, alone or below a stand-in for a live environment."""

from aws_fixtures import bucket, cloud, peopled, s3, unpeopled

__all__ = ["bucket", "cloud", "peopled", "s3", "unpeopled"]

"""AWS, alone or below a stand-in for a live environment, and stacks of the templates on it."""

from aws_fixtures import bucket, cloud, peopled, s3, unpeopled
from deployed_templates import environment, templated_cloud
from doctor_results import live, with_default_database

__all__ = [
    "bucket",
    "cloud",
    "environment",
    "live",
    "peopled",
    "s3",
    "templated_cloud",
    "unpeopled",
    "with_default_database",
]

"""Independent observers: what an operation did, seen by gql, boto3 and quilt3, never by the API under test."""

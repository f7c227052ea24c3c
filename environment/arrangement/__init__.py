"""What scenarios find already there: made by the suite through registry and S3, never by the API under test."""

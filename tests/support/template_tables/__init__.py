"""What the CloudFormation and the Terraform form of the test environment say, read into one table to compare them."""

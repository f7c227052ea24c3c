output "test_role_arn" {
  description = "The secret AWS_TEST_ROLE_ARN of the workflows"
  value       = aws_iam_role.test.arn
}

output "settings" {
  description = "Lines for .env.test"
  value = join("\n", [
    "AWS_REGION=${local.region}",
    "QUILT_TEST_ALLOWED_ACCOUNTS=${local.account_id}",
    "QUILT_TEST_BUCKET_DATA=${aws_s3_bucket.data.id}",
    "QUILT_TEST_BUCKET_SCRATCH=${aws_s3_bucket.scratch.id}",
    "QUILT_TEST_BUCKET_PACKAGES=${aws_s3_bucket.packages.id}",
    "QUILT_TEST_BUCKET_RESTRICTED=${var.restricted_bucket_name}",
    "QUILT_TEST_BUCKET_REMOTE=${var.remote_bucket_name}",
    "QUILT_TEST_DATABASE=${var.database_name}",
    "QUILT_TEST_TABLE=${var.table_name}",
    "QUILT_TEST_WORKGROUP=${aws_athena_workgroup.test.name}",
  ])
}

output "cost_topic_arn" {
  description = "Topic of alarm and budget"
  value       = aws_sns_topic.cost.arn
}

output "cost_settings" {
  description = "Line for .env.test: what acceptance cost holds the bill against"
  value       = "QUILT_TEST_MONTHLY_BUDGET=${var.monthly_budget}"
}

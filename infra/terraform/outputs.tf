output "data_bucket_name" {
  description = "QUILT_TEST_BUCKET_DATA"
  value       = aws_s3_bucket.data.id
}

output "scratch_bucket_name" {
  description = "QUILT_TEST_BUCKET_SCRATCH"
  value       = aws_s3_bucket.scratch.id
}

output "packages_bucket_name" {
  description = "QUILT_TEST_BUCKET_PACKAGES"
  value       = aws_s3_bucket.packages.id
}

output "test_role_arn" {
  description = "AWS_TEST_ROLE_ARN"
  value       = aws_iam_role.test.arn
}

output "work_group_name" {
  description = "Athena workgroup"
  value       = aws_athena_workgroup.test.name
}

output "cost_topic_arn" {
  description = "Topic of alarm and budget"
  value       = aws_sns_topic.cost.arn
}

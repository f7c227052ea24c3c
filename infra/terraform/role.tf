locals {
  create_oidc_provider = var.oidc_provider_arn == ""
  has_named_user       = var.named_user_arn != ""

  continuous_integration = {
    Sid       = "ContinuousIntegration"
    Effect    = "Allow"
    Principal = { Federated = local.create_oidc_provider ? aws_iam_openid_connect_provider.github[0].arn : var.oidc_provider_arn }
    Action    = "sts:AssumeRoleWithWebIdentity"
    Condition = {
      StringEquals = {
        "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
        "token.actions.githubusercontent.com:sub" = "repo:${var.github_repository}:ref:refs/heads/${var.github_branch}"
      }
    }
  }

  named_user = {
    Sid       = "NamedUser"
    Effect    = "Allow"
    Principal = { AWS = var.named_user_arn }
    Action    = "sts:AssumeRole"
  }

  partition  = data.aws_partition.current.partition
  account_id = data.aws_caller_identity.current.account_id
  athena     = "arn:${local.partition}:athena:${data.aws_region.current.region}:${local.account_id}"
  glue       = "arn:${local.partition}:glue:${data.aws_region.current.region}:${local.account_id}"
}

resource "aws_iam_openid_connect_provider" "github" {
  count = local.create_oidc_provider ? 1 : 0

  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]

  tags = {
    Purpose = "QuiltMCP-E2E-Testing"
  }
}

resource "aws_iam_role" "test" {
  name                 = var.role_name
  description          = "Runs the QuiltOps acceptance suite on the live test environment"
  max_session_duration = 3600

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat([local.continuous_integration], local.has_named_user ? [local.named_user] : [])
  })

  tags = {
    Purpose = "QuiltMCP-E2E-Testing"
  }
}

resource "aws_iam_role_policy" "buckets" {
  name = "buckets"
  role = aws_iam_role.test.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "InspectBuckets"
        Effect = "Allow"
        Action = [
          "s3:GetBucketLocation",
          "s3:GetBucketTagging",
          "s3:GetBucketVersioning",
          "s3:ListBucket",
          "s3:ListBucketVersions",
        ]
        Resource = [aws_s3_bucket.data.arn, aws_s3_bucket.scratch.arn, aws_s3_bucket.packages.arn]
      },
      {
        Sid      = "ReadReferenceData"
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:GetObjectVersion"]
        Resource = "${aws_s3_bucket.data.arn}/*"
      },
      {
        Sid      = "ListUploads"
        Effect   = "Allow"
        Action   = "s3:ListBucketMultipartUploads"
        Resource = [aws_s3_bucket.scratch.arn, aws_s3_bucket.packages.arn]
      },
      {
        Sid    = "ReadAndWriteObjects"
        Effect = "Allow"
        Action = [
          "s3:AbortMultipartUpload",
          "s3:DeleteObject",
          "s3:DeleteObjectTagging",
          "s3:DeleteObjectVersion",
          "s3:DeleteObjectVersionTagging",
          "s3:GetObject",
          "s3:GetObjectAttributes",
          "s3:GetObjectTagging",
          "s3:GetObjectVersion",
          "s3:GetObjectVersionAttributes",
          "s3:GetObjectVersionTagging",
          "s3:ListMultipartUploadParts",
          "s3:PutObject",
          "s3:PutObjectTagging",
          "s3:PutObjectVersionTagging",
        ]
        Resource = ["${aws_s3_bucket.scratch.arn}/*", "${aws_s3_bucket.packages.arn}/*"]
      },
    ]
  })
}

resource "aws_iam_role_policy" "queries" {
  name = "queries"
  role = aws_iam_role.test.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "RunQueries"
        Effect = "Allow"
        Action = [
          "athena:BatchGetQueryExecution",
          "athena:GetQueryExecution",
          "athena:GetQueryResults",
          "athena:GetWorkGroup",
          "athena:StartQueryExecution",
          "athena:StopQueryExecution",
        ]
        Resource = "${local.athena}:workgroup/${var.work_group_name}"
      },
      {
        Sid    = "ReadDataCatalog"
        Effect = "Allow"
        Action = [
          "athena:GetDataCatalog",
          "athena:GetDatabase",
          "athena:GetTableMetadata",
          "athena:ListDatabases",
          "athena:ListTableMetadata",
        ]
        Resource = [
          "${local.athena}:datacatalog/${var.data_catalog_name}",
          "${local.athena}:datacatalog/AwsDataCatalog",
        ]
      },
      {
        Sid    = "ReadTables"
        Effect = "Allow"
        Action = [
          "glue:BatchGetPartition",
          "glue:GetDatabase",
          "glue:GetDatabases",
          "glue:GetPartition",
          "glue:GetPartitions",
          "glue:GetTable",
          "glue:GetTables",
        ]
        Resource = [
          "${local.glue}:catalog",
          "${local.glue}:database/${var.database_name}",
          "${local.glue}:table/${var.database_name}/*",
        ]
      },
      {
        Sid    = "WriteTables"
        Effect = "Allow"
        Action = ["glue:CreateTable", "glue:DeleteTable", "glue:UpdateTable"]
        Resource = [
          "${local.glue}:catalog",
          "${local.glue}:database/${var.database_name}",
          "${local.glue}:table/${var.database_name}/*",
        ]
      },
    ]
  })
}

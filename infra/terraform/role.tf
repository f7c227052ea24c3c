locals {
  create_oidc_provider = var.oidc_provider_arn == ""
  has_named_user       = var.named_user_arn != ""
  oidc_provider_arn    = local.create_oidc_provider ? aws_iam_openid_connect_provider.github[0].arn : var.oidc_provider_arn

  partition  = data.aws_partition.current.partition
  region     = data.aws_region.current.id
  account_id = data.aws_caller_identity.current.account_id
  athena     = "arn:${local.partition}:athena:${local.region}:${local.account_id}"
  glue       = "arn:${local.partition}:glue:${local.region}:${local.account_id}"
}

# An account has one, which others may have come to use: `terraform destroy` refuses to take it along (infra/README.md).
resource "aws_iam_openid_connect_provider" "github" {
  count = local.create_oidc_provider ? 1 : 0

  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]

  tags = {
    Purpose = "QuiltMCP-E2E-Testing"
  }

  lifecycle {
    prevent_destroy = true
  }
}

data "aws_iam_policy_document" "trust" {
  statement {
    sid     = "ContinuousIntegration"
    effect  = "Allow"
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [local.oidc_provider_arn]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:aud"
      values   = ["sts.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:sub"
      values   = ["repo:${var.github_repository}:environment:${var.github_environment}"]
    }
  }

  dynamic "statement" {
    for_each = local.has_named_user ? [var.named_user_arn] : []

    content {
      sid     = "NamedUser"
      effect  = "Allow"
      actions = ["sts:AssumeRole"]

      principals {
        type        = "AWS"
        identifiers = [statement.value]
      }
    }
  }
}

resource "aws_iam_role" "test" {
  name                 = var.role_name
  description          = "Runs the QuiltOps acceptance suite on the live test environment"
  max_session_duration = 3600
  assume_role_policy   = data.aws_iam_policy_document.trust.json

  tags = {
    Purpose = "QuiltMCP-E2E-Testing"
  }
}

data "aws_iam_policy_document" "buckets" {
  statement {
    sid    = "InspectBuckets"
    effect = "Allow"
    actions = [
      "s3:GetBucketLocation",
      "s3:GetBucketPolicy",
      "s3:GetBucketPublicAccessBlock",
      "s3:GetBucketTagging",
      "s3:GetBucketVersioning",
      "s3:GetEncryptionConfiguration",
      "s3:GetLifecycleConfiguration",
      "s3:ListBucket",
      "s3:ListBucketVersions",
    ]
    resources = [
      aws_s3_bucket.data.arn,
      aws_s3_bucket.scratch.arn,
      aws_s3_bucket.packages.arn,
      "arn:${data.aws_partition.current.partition}:s3:::${var.restricted_bucket_name}",
      "arn:${data.aws_partition.current.partition}:s3:::${var.remote_bucket_name}",
    ]
  }

  statement {
    sid       = "ReadReferenceData"
    effect    = "Allow"
    actions   = ["s3:GetObject", "s3:GetObjectVersion"]
    resources = ["${aws_s3_bucket.data.arn}/*"]
  }

  statement {
    sid       = "ListUploads"
    effect    = "Allow"
    actions   = ["s3:ListBucketMultipartUploads"]
    resources = [aws_s3_bucket.scratch.arn, aws_s3_bucket.packages.arn]
  }

  statement {
    sid    = "ReadAndWriteObjects"
    effect = "Allow"
    actions = [
      "s3:AbortMultipartUpload",
      "s3:DeleteObject",
      "s3:DeleteObjectTagging",
      "s3:DeleteObjectVersion",
      "s3:DeleteObjectVersionTagging",
      "s3:GetObject",
      "s3:GetObjectTagging",
      "s3:GetObjectVersion",
      "s3:GetObjectVersionTagging",
      "s3:ListMultipartUploadParts",
      "s3:PutObject",
      "s3:PutObjectTagging",
      "s3:PutObjectVersionTagging",
    ]
    resources = [
      "${aws_s3_bucket.scratch.arn}/*",
      "${aws_s3_bucket.packages.arn}/*",
      "arn:${data.aws_partition.current.partition}:s3:::${var.restricted_bucket_name}/*",
      "arn:${data.aws_partition.current.partition}:s3:::${var.remote_bucket_name}/*",
    ]
  }
}

resource "aws_iam_role_policy" "buckets" {
  name   = "buckets"
  role   = aws_iam_role.test.id
  policy = data.aws_iam_policy_document.buckets.json
}

data "aws_iam_policy_document" "queries" {
  statement {
    sid    = "RunQueries"
    effect = "Allow"
    actions = [
      "athena:BatchGetQueryExecution",
      "athena:GetQueryExecution",
      "athena:GetQueryResults",
      "athena:GetWorkGroup",
      "athena:ListQueryExecutions",
      "athena:StartQueryExecution",
      "athena:StopQueryExecution",
    ]
    resources = ["${local.athena}:workgroup/${var.work_group_name}"]
  }

  statement {
    sid    = "ReadDataCatalog"
    effect = "Allow"
    actions = [
      "athena:GetDataCatalog",
      "athena:GetDatabase",
      "athena:GetTableMetadata",
      "athena:ListDatabases",
      "athena:ListTableMetadata",
    ]
    resources = [
      "${local.athena}:datacatalog/${var.data_catalog_name}",
      "${local.athena}:datacatalog/AwsDataCatalog",
    ]
  }

  statement {
    sid    = "ReadTables"
    effect = "Allow"
    actions = [
      "glue:BatchGetPartition",
      "glue:GetDatabase",
      "glue:GetDatabases",
      "glue:GetPartition",
      "glue:GetPartitions",
      "glue:GetTable",
      "glue:GetTables",
    ]
    resources = [
      "${local.glue}:catalog",
      "${local.glue}:database/${var.database_name}",
      "${local.glue}:table/${var.database_name}/*",
    ]
  }

  # Athena looks for it at statements that name no database, whether or not it is there.
  statement {
    sid       = "LookForDefaultDatabase"
    effect    = "Allow"
    actions   = ["glue:GetDatabase"]
    resources = ["${local.glue}:catalog", "${local.glue}:database/default"]
  }

  statement {
    sid     = "WriteTables"
    effect  = "Allow"
    actions = ["glue:CreateTable", "glue:DeleteTable", "glue:UpdateTable"]
    resources = [
      "${local.glue}:catalog",
      "${local.glue}:database/${var.database_name}",
      "${local.glue}:table/${var.database_name}/*",
    ]
  }

  statement {
    sid       = "LeaveReferenceTable"
    effect    = "Deny"
    actions   = ["glue:CreateTable", "glue:DeleteTable", "glue:UpdateTable"]
    resources = ["${local.glue}:table/${var.database_name}/${var.table_name}"]
  }
}

resource "aws_iam_role_policy" "queries" {
  name   = "queries"
  role   = aws_iam_role.test.id
  policy = data.aws_iam_policy_document.queries.json
}

data "aws_iam_policy_document" "costs" {
  # Cost Explorer knows no resources.
  statement {
    sid       = "ReadCosts"
    effect    = "Allow"
    actions   = ["ce:GetCostAndUsage", "ce:GetCostForecast"]
    resources = ["*"]
  }
}

resource "aws_iam_role_policy" "costs" {
  name   = "costs"
  role   = aws_iam_role.test.id
  policy = data.aws_iam_policy_document.costs.json
}

# A further bucket, for the few scenarios that need one; the region is the provider's.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

variable "bucket_name" {
  description = "Name of the bucket"
  type        = string
}

variable "data_type" {
  description = "What it is for, as a tag"
  type        = string

  validation {
    condition     = contains(["Restricted", "Remote"], var.data_type)
    error_message = "It is Restricted or Remote."
  }
}

resource "aws_s3_bucket" "further" {
  bucket = var.bucket_name

  tags = {
    Purpose  = "QuiltMCP-E2E-Testing"
    DataType = var.data_type
    Mutable  = "true"
  }
}

resource "aws_s3_bucket_versioning" "further" {
  bucket = aws_s3_bucket.further.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "further" {
  bucket = aws_s3_bucket.further.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_public_access_block" "further" {
  bucket = aws_s3_bucket.further.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "further" {
  bucket = aws_s3_bucket.further.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "further" {
  bucket = aws_s3_bucket.further.id

  rule {
    id     = "expire-noncurrent-versions"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = 7
    }
  }

  rule {
    id     = "remove-leftovers"
    status = "Enabled"

    filter {}

    expiration {
      expired_object_delete_marker = true
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }
}

data "aws_iam_policy_document" "tls_only" {
  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.further.arn, "${aws_s3_bucket.further.arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_s3_bucket_policy" "further" {
  bucket = aws_s3_bucket.further.id
  policy = data.aws_iam_policy_document.tls_only.json
}

variable "account_id" {
  description = "AWS account in which alone this is applied"
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "Give the account's number, 12 digits."
  }
}

variable "deployer_arn" {
  description = "IAM user or role (of a session, its role) who alone may write reference data"
  type        = string

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:(user|role)/.+$", var.deployer_arn))
    error_message = "Give the ARN of an IAM user or role."
  }
}

variable "logs_bucket_name" {
  description = "The account's bucket for access logs, in this region and open to S3's log delivery; empty for none"
  type        = string
  default     = ""
}

variable "data_bucket_name" {
  description = "Reference data, which tests only read"
  type        = string
  default     = "quilt-mcp-test-data"
}

variable "scratch_bucket_name" {
  description = "Workspace, emptied after a day"
  type        = string
  default     = "quilt-mcp-test-scratch"
}

variable "packages_bucket_name" {
  description = "Package registry"
  type        = string
  default     = "quilt-mcp-test-packages"
}

variable "restricted_bucket_name" {
  description = "Bucket of the catalog that only its admin role reads; the runner may work on it"
  type        = string
  default     = "quilt-mcp-test-restricted"
}

variable "remote_bucket_name" {
  description = "Bucket of the catalog in another region; the runner may work on it"
  type        = string
  default     = "quilt-mcp-test-remote"
}

variable "create_further_buckets" {
  description = "Whether the restricted and the remote bucket are made, too: a few scenarios need them"
  type        = bool
  default     = false
}

variable "role_name" {
  description = "Role of the test runner"
  type        = string
  default     = "quilt-mcp-test-role"
}

variable "github_repository" {
  description = "owner/name of the repository whose workflows may assume the role, as the subject of its tokens has it"
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_.@-]+/[A-Za-z0-9_.@-]+$", var.github_repository))
    error_message = "Give the repository as owner/name."
  }
}

variable "github_environment" {
  description = "GitHub environment of the job that assumes the role; limit it to the main branch (infra/README.md)"
  type        = string
  default     = "live"

  validation {
    condition     = can(regex("^[A-Za-z0-9_.-]+$", var.github_environment))
    error_message = "Give the name of one GitHub environment."
  }
}

variable "oidc_provider_arn" {
  description = "The account's provider for token.actions.githubusercontent.com; empty to create it (one per account)"
  type        = string
  default     = ""
}

variable "named_user_arn" {
  description = "IAM user who may assume the role too, for runs on a laptop; empty for nobody"
  type        = string
  default     = ""
}

variable "data_catalog_name" {
  description = "Athena data catalog over the account's Glue catalog"
  type        = string
  default     = "quilt_test_catalog"
}

variable "database_name" {
  description = "Glue database"
  type        = string
  default     = "quilt_mcp_test_db"
}

variable "table_name" {
  description = "Sample table"
  type        = string
  default     = "test_table_1"
}

variable "work_group_name" {
  description = "Athena workgroup"
  type        = string
  default     = "quilt-mcp-test-workgroup"
}

variable "alarm_email" {
  description = "Who is told about costs; empty for nobody"
  type        = string
  default     = ""
}

variable "daily_charges_limit" {
  description = "USD a day that raise the alarm"
  type        = number
  default     = 10
}

variable "monthly_budget" {
  description = "USD a month"
  type        = number
  default     = 30
}

variable "topic_name" {
  description = "SNS topic of alarm and budget"
  type        = string
  default     = "quilt-mcp-test-cost"
}

variable "bytes_scanned_limit" {
  description = "Bytes after which a query is cut off"
  type        = number
  default     = 1073741824

  validation {
    condition     = var.bytes_scanned_limit >= 10485760
    error_message = "Athena cuts off from 10 MiB (10485760 bytes) on."
  }
}

variable "alarm_name" {
  description = "CloudWatch alarm on the charges of a day"
  type        = string
  default     = "quilt-mcp-test-daily-charges"
}

variable "budget_name" {
  description = "Budget of the month"
  type        = string
  default     = "quilt-mcp-test-monthly"
}

terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

# AWS publishes its billing metric in us-east-1 alone.
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = [var.account_id]
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

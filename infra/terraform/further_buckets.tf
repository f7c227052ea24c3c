# One that only the catalog's admin role reads, and one in another region: a few scenarios need them.

provider "aws" {
  alias               = "remote"
  region              = "eu-west-1"
  allowed_account_ids = [var.account_id]
}

module "restricted_bucket" {
  count  = var.create_further_buckets ? 1 : 0
  source = "./further-bucket"

  bucket_name = var.restricted_bucket_name
  data_type   = "Restricted"
}

module "remote_bucket" {
  count  = var.create_further_buckets ? 1 : 0
  source = "./further-bucket"

  providers = {
    aws = aws.remote
  }

  bucket_name = var.remote_bucket_name
  data_type   = "Remote"
}

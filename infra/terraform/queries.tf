resource "aws_athena_data_catalog" "test" {
  name        = var.data_catalog_name
  type        = "GLUE"
  description = "The account's Glue catalog under the name that the suite uses"

  parameters = {
    "catalog-id" = data.aws_caller_identity.current.account_id
  }

  tags = {
    Purpose = "QuiltMCP-E2E-Testing"
  }
}

resource "aws_glue_catalog_database" "test" {
  catalog_id   = data.aws_caller_identity.current.account_id
  name         = var.database_name
  description  = "Tables of the acceptance suite"
  location_uri = "s3://${aws_s3_bucket.data.id}/athena/"
}

resource "aws_glue_catalog_table" "sample" {
  catalog_id    = data.aws_caller_identity.current.account_id
  database_name = aws_glue_catalog_database.test.name
  name          = var.table_name
  description   = "Sample rows in Parquet"
  table_type    = "EXTERNAL_TABLE"

  parameters = {
    classification = "parquet"
    EXTERNAL       = "TRUE"
  }

  storage_descriptor {
    location      = "s3://${aws_s3_bucket.data.id}/athena/${var.table_name}/"
    input_format  = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"

    ser_de_info {
      serialization_library = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
    }

    columns {
      name = "id"
      type = "int"
    }

    columns {
      name = "name"
      type = "string"
    }

    columns {
      name = "value"
      type = "double"
    }

    columns {
      name = "timestamp"
      type = "timestamp"
    }
  }
}

resource "aws_athena_workgroup" "test" {
  name          = var.work_group_name
  description   = "Queries of the acceptance suite"
  state         = "ENABLED"
  force_destroy = true

  configuration {
    enforce_workgroup_configuration    = true
    publish_cloudwatch_metrics_enabled = true
    bytes_scanned_cutoff_per_query     = var.bytes_scanned_limit

    result_configuration {
      output_location = "s3://${aws_s3_bucket.scratch.id}/athena-results/"

      encryption_configuration {
        encryption_option = "SSE_S3"
      }
    }
  }

  tags = {
    Purpose = "QuiltMCP-E2E-Testing"
  }
}

"""Terraform resources as rows of the common table."""

from __future__ import annotations

from typing import Any

from template_tables.table import Settings, Table, lifecycle_rule, policy
from template_tables.terraform import Configuration

_BLOCKS = {
    "block_public_acls": "BlockPublicAcls",
    "block_public_policy": "BlockPublicPolicy",
    "ignore_public_acls": "IgnorePublicAcls",
    "restrict_public_buckets": "RestrictPublicBuckets",
}


def table(configuration: Configuration) -> Table:
    """Return what the files deploy, and the modules that they call."""
    rows: Table = {}
    reader = _Reader(configuration)
    for (kind, _), body in configuration.resources().items():
        for name, settings in getattr(reader, kind)(body).items():
            rows.setdefault(name, {}).update(settings)
    for module in configuration.modules().values():
        rows.update(table(module))
    rows.update({f"output {value}": {"description": text} for value, text in configuration.outputs().items()})
    return rows


class _Reader:
    """A method for each resource type, named like it; a bucket's settings come from several."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration

    def aws_s3_bucket(self, body: dict[str, Any]) -> Table:
        return {f"bucket {body['bucket']}": {"tags": body["tags"], "versioned": False}}

    def aws_s3_bucket_versioning(self, body: dict[str, Any]) -> Table:
        (configuration,) = body["versioning_configuration"]
        return {f"bucket {body['bucket']}": {"versioned": configuration["status"] == "Enabled"}}

    def aws_s3_bucket_server_side_encryption_configuration(self, body: dict[str, Any]) -> Table:
        (rule,) = body["rule"]
        (default,) = rule["apply_server_side_encryption_by_default"]
        return {f"bucket {body['bucket']}": {"encryption": default["sse_algorithm"]}}

    def aws_s3_bucket_public_access_block(self, body: dict[str, Any]) -> Table:
        blocked = sorted(name for key, name in _BLOCKS.items() if body[key] is True)
        return {f"bucket {body['bucket']}": {"blocked": blocked}}

    def aws_s3_bucket_ownership_controls(self, body: dict[str, Any]) -> Table:
        (rule,) = body["rule"]
        return {f"bucket {body['bucket']}": {"ownership": rule["object_ownership"]}}

    def aws_s3_bucket_lifecycle_configuration(self, body: dict[str, Any]) -> Table:
        rules = [
            lifecycle_rule(
                rule["id"],
                rule["status"],
                _only(rule, "expiration").get("days"),
                _only(rule, "noncurrent_version_expiration").get("noncurrent_days"),
                _only(rule, "abort_incomplete_multipart_upload").get("days_after_initiation"),
                _only(rule, "expiration").get("expired_object_delete_marker", False),
            )
            for rule in body["rule"]
            if rule["filter"] == [{}]
        ]
        return {f"bucket {body['bucket']}": {"lifecycle": rules}}

    def aws_s3_bucket_logging(self, body: dict[str, Any]) -> Table:
        return {f"bucket {body['bucket']}": {"logs": f"{body['target_bucket']}/{body['target_prefix']}"}}

    def aws_s3_bucket_policy(self, body: dict[str, Any]) -> Table:
        return {f"bucket policy {body['bucket']}": {"policy": self._policy(body["policy"])}}

    def aws_iam_openid_connect_provider(self, body: dict[str, Any]) -> Table:
        return {
            f"OIDC provider {body['url']}": {
                "clients": body["client_id_list"],
                "kept": _only(body, "lifecycle").get("prevent_destroy", False),
                "tags": body["tags"],
            }
        }

    def aws_iam_role(self, body: dict[str, Any]) -> Table:
        return {
            f"role {body['name']}": {
                "description": body["description"],
                "maximum_session_seconds": body["max_session_duration"],
                "trust": self._policy(body["assume_role_policy"]),
                "tags": body["tags"],
            }
        }

    def aws_iam_role_policy(self, body: dict[str, Any]) -> Table:
        return {f"role policy {body['role']}/{body['name']}": {"policy": self._policy(body["policy"])}}

    def aws_athena_data_catalog(self, body: dict[str, Any]) -> Table:
        settings = {key: body[key] for key in ("type", "description", "parameters", "tags")}
        return {f"data catalog {body['name']}": settings}

    def aws_glue_catalog_database(self, body: dict[str, Any]) -> Table:
        return {
            f"database {body['name']}": {
                "catalog": body["catalog_id"],
                "description": body["description"],
                "location": body["location_uri"],
            }
        }

    def aws_glue_catalog_table(self, body: dict[str, Any]) -> Table:
        (storage,) = body["storage_descriptor"]
        return {
            f"table {body['database_name']}.{body['name']}": {
                "catalog": body["catalog_id"],
                "description": body["description"],
                "type": body["table_type"],
                "parameters": body["parameters"],
                "location": storage["location"],
                "formats": [storage["input_format"], storage["output_format"]],
                "serialization": _only(storage, "ser_de_info")["serialization_library"],
                "columns": [(column["name"], column["type"]) for column in storage["columns"]],
            }
        }

    def aws_athena_workgroup(self, body: dict[str, Any]) -> Table:
        (configuration,) = body["configuration"]
        (results,) = configuration["result_configuration"]
        return {
            f"workgroup {body['name']}": {
                "description": body["description"],
                "state": body["state"],
                "deletes_history": body["force_destroy"],
                "enforced": configuration["enforce_workgroup_configuration"],
                "metrics": configuration["publish_cloudwatch_metrics_enabled"],
                "bytes_scanned": configuration["bytes_scanned_cutoff_per_query"],
                "results": results["output_location"],
                "encryption": _only(results, "encryption_configuration")["encryption_option"],
                "tags": body["tags"],
            }
        }

    def aws_sns_topic(self, body: dict[str, Any]) -> Table:
        return {f"topic {body['name']}": {"title": body["display_name"], "tags": body["tags"]}}

    def aws_sns_topic_policy(self, body: dict[str, Any]) -> Table:
        return {f"topic policy {body['arn']}": {"policy": self._policy(body["policy"])}}

    def aws_sns_topic_subscription(self, body: dict[str, Any]) -> Table:
        return {f"subscription {body['topic_arn']} {body['endpoint']}": {"protocol": body["protocol"]}}

    def aws_cloudwatch_metric_alarm(self, body: dict[str, Any]) -> Table:
        charges, daily = body["metric_query"]
        (metric,) = charges["metric"]
        return {
            f"alarm {body['alarm_name']}": {
                "description": body["alarm_description"],
                "metric": [metric["namespace"], metric["metric_name"]],
                "dimensions": metric["dimensions"],
                "period_seconds": metric["period"],
                "statistic": metric["stat"],
                "returned": [charges["return_data"], daily["return_data"]],
                "expression": [charges["id"], daily["id"], daily["expression"], daily["label"]],
                "comparison": body["comparison_operator"],
                "threshold": body["threshold"],
                "periods": body["evaluation_periods"],
                "missing": body["treat_missing_data"],
                "actions": body["alarm_actions"],
                "tags": body["tags"],
            }
        }

    def aws_budgets_budget(self, body: dict[str, Any]) -> Table:
        return {
            f"budget {body['name']}": {
                "type": body["budget_type"],
                "unit": body["time_unit"],
                "limit": [body["limit_amount"], body["limit_unit"]],
                "filters": {each["name"]: each["values"] for each in body["cost_filter"]},
                "tags": body["tags"],
                "notifications": [
                    {
                        "type": item["notification_type"],
                        "comparison": item["comparison_operator"],
                        "threshold": item["threshold"],
                        "topics": item["subscriber_sns_topic_arns"],
                    }
                    for item in body["notification"]
                ],
            }
        }

    def _policy(self, document: str) -> list[Settings]:
        return policy(
            {
                "Sid": statement["sid"],
                "Effect": statement["effect"],
                "Action": statement["actions"],
                "Resource": statement.get("resources", []),
                "Principal": {item["type"]: item["identifiers"] for item in statement.get("principals", [])},
                "Condition": _conditions(statement.get("condition", [])),
            }
            for statement in self._configuration.policy(document)
        )


def _conditions(blocks: list[dict[str, Any]]) -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = {}
    for block in blocks:
        found.setdefault(block["test"], {})[block["variable"]] = block["values"]
    return found


def _only(body: dict[str, Any], block: str) -> dict[str, Any]:
    """Return the one block of this name; nothing if there is none."""
    return dict(body.get(block, [{}])[0])

"""CloudFormation resources as rows of the common table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from template_tables.cloudformation import Template
from template_tables.table import Settings, Table, lifecycle_rule, policy

Row = tuple[str, Settings]


def table(*templates: Template) -> Table:
    """Return what the templates deploy together."""
    rows: Table = {}
    for template in templates:
        for name, (kind, properties) in template.resources().items():
            rows.update(_READERS[kind]({**properties, "DeletionPolicy": template.deletion_policy(name)}))
        rows.update({f"output {value}": {"description": text} for value, text in template.outputs().items()})
    return rows


def _tags(properties: dict[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])}


def _bucket(properties: dict[str, Any]) -> Iterator[Row]:
    (encryption,) = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    (ownership,) = properties["OwnershipControls"]["Rules"]
    block = properties["PublicAccessBlockConfiguration"]
    yield (
        f"bucket {properties['BucketName']}",
        {
            "versioned": properties.get("VersioningConfiguration", {}).get("Status") == "Enabled",
            "encryption": encryption["ServerSideEncryptionByDefault"]["SSEAlgorithm"],
            "blocked": sorted(key for key, value in block.items() if value is True),
            "ownership": ownership["ObjectOwnership"],
            "lifecycle": [
                lifecycle_rule(
                    rule["Id"],
                    rule["Status"],
                    rule.get("ExpirationInDays"),
                    rule.get("NoncurrentVersionExpiration", {}).get("NoncurrentDays"),
                    rule.get("AbortIncompleteMultipartUpload", {}).get("DaysAfterInitiation"),
                    rule.get("ExpiredObjectDeleteMarker", False),
                )
                for rule in properties["LifecycleConfiguration"]["Rules"]
            ],
            "tags": _tags(properties),
            **_log_place(properties.get("LoggingConfiguration")),
        },
    )


def _log_place(logging: dict[str, str] | None) -> Settings:
    return {"logs": f"{logging['DestinationBucketName']}/{logging['LogFilePrefix']}"} if logging else {}


def _bucket_policy(properties: dict[str, Any]) -> Iterator[Row]:
    yield f"bucket policy {properties['Bucket']}", {"policy": policy(properties["PolicyDocument"]["Statement"])}


def _oidc_provider(properties: dict[str, Any]) -> Iterator[Row]:
    yield (
        f"OIDC provider {properties['Url']}",
        {
            "clients": properties["ClientIdList"],
            "kept": properties["DeletionPolicy"] == "RetainExceptOnCreate",
            "tags": _tags(properties),
        },
    )


def _role(properties: dict[str, Any]) -> Iterator[Row]:
    name = properties["RoleName"]
    yield (
        f"role {name}",
        {
            "description": properties["Description"],
            "maximum_session_seconds": properties["MaxSessionDuration"],
            "trust": policy(properties["AssumeRolePolicyDocument"]["Statement"]),
            "tags": _tags(properties),
        },
    )
    for inline in properties["Policies"]:
        yield f"role policy {name}/{inline['PolicyName']}", {"policy": policy(inline["PolicyDocument"]["Statement"])}


def _data_catalog(properties: dict[str, Any]) -> Iterator[Row]:
    yield (
        f"data catalog {properties['Name']}",
        {
            "type": properties["Type"],
            "description": properties["Description"],
            "parameters": properties["Parameters"],
            "tags": _tags(properties),
        },
    )


def _database(properties: dict[str, Any]) -> Iterator[Row]:
    about = properties["DatabaseInput"]
    yield (
        f"database {about['Name']}",
        {
            "catalog": properties["CatalogId"],
            "description": about["Description"],
            "location": about["LocationUri"],
        },
    )


def _table(properties: dict[str, Any]) -> Iterator[Row]:
    about = properties["TableInput"]
    storage = about["StorageDescriptor"]
    yield (
        f"table {properties['DatabaseName']}.{about['Name']}",
        {
            "catalog": properties["CatalogId"],
            "description": about["Description"],
            "type": about["TableType"],
            "parameters": about["Parameters"],
            "location": storage["Location"],
            "formats": [storage["InputFormat"], storage["OutputFormat"]],
            "serialization": storage["SerdeInfo"]["SerializationLibrary"],
            "columns": [(column["Name"], column["Type"]) for column in storage["Columns"]],
        },
    )


def _work_group(properties: dict[str, Any]) -> Iterator[Row]:
    configuration = properties["WorkGroupConfiguration"]
    results = configuration["ResultConfiguration"]
    yield (
        f"workgroup {properties['Name']}",
        {
            "description": properties["Description"],
            "state": properties["State"],
            "deletes_history": properties["RecursiveDeleteOption"],
            "enforced": configuration["EnforceWorkGroupConfiguration"],
            "metrics": configuration["PublishCloudWatchMetricsEnabled"],
            "bytes_scanned": configuration["BytesScannedCutoffPerQuery"],
            "results": results["OutputLocation"],
            "encryption": results["EncryptionConfiguration"]["EncryptionOption"],
            "tags": _tags(properties),
        },
    )


def _topic(properties: dict[str, Any]) -> Iterator[Row]:
    yield f"topic {properties['TopicName']}", {"title": properties["DisplayName"], "tags": _tags(properties)}


def _topic_policy(properties: dict[str, Any]) -> Iterator[Row]:
    (topic,) = properties["Topics"]
    yield f"topic policy {topic}", {"policy": policy(properties["PolicyDocument"]["Statement"])}


def _subscription(properties: dict[str, Any]) -> Iterator[Row]:
    name = f"subscription {properties['TopicArn']} {properties['Endpoint']}"
    yield name, {"protocol": properties["Protocol"]}


def _alarm(properties: dict[str, Any]) -> Iterator[Row]:
    charges, daily = properties["Metrics"]
    metric = charges["MetricStat"]["Metric"]
    yield (
        f"alarm {properties['AlarmName']}",
        {
            "description": properties["AlarmDescription"],
            "metric": [metric["Namespace"], metric["MetricName"]],
            "dimensions": {dimension["Name"]: dimension["Value"] for dimension in metric["Dimensions"]},
            "period_seconds": charges["MetricStat"]["Period"],
            "statistic": charges["MetricStat"]["Stat"],
            "returned": [charges["ReturnData"], daily["ReturnData"]],
            "expression": [charges["Id"], daily["Id"], daily["Expression"], daily["Label"]],
            "comparison": properties["ComparisonOperator"],
            "threshold": properties["Threshold"],
            "periods": properties["EvaluationPeriods"],
            "missing": properties["TreatMissingData"],
            "actions": properties["AlarmActions"],
            "tags": _tags(properties),
        },
    )


def _budget(properties: dict[str, Any]) -> Iterator[Row]:
    about = properties["Budget"]
    yield (
        f"budget {about['BudgetName']}",
        {
            "type": about["BudgetType"],
            "unit": about["TimeUnit"],
            "limit": [about["BudgetLimit"]["Amount"], about["BudgetLimit"]["Unit"]],
            "filters": about["CostFilters"],
            "tags": _tags({"Tags": properties["ResourceTags"]}),
            "notifications": [
                {
                    "type": item["Notification"]["NotificationType"],
                    "comparison": item["Notification"]["ComparisonOperator"],
                    "threshold": item["Notification"]["Threshold"],
                    "topics": [subscriber["Address"] for subscriber in item["Subscribers"]],
                }
                for item in properties["NotificationsWithSubscribers"]
            ],
        },
    )


_READERS: dict[str, Callable[[dict[str, Any]], Iterator[Row]]] = {
    "AWS::S3::Bucket": _bucket,
    "AWS::S3::BucketPolicy": _bucket_policy,
    "AWS::IAM::OIDCProvider": _oidc_provider,
    "AWS::IAM::Role": _role,
    "AWS::Athena::DataCatalog": _data_catalog,
    "AWS::Glue::Database": _database,
    "AWS::Glue::Table": _table,
    "AWS::Athena::WorkGroup": _work_group,
    "AWS::SNS::Topic": _topic,
    "AWS::SNS::TopicPolicy": _topic_policy,
    "AWS::SNS::Subscription": _subscription,
    "AWS::CloudWatch::Alarm": _alarm,
    "AWS::Budgets::Budget": _budget,
}

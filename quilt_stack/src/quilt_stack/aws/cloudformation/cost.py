"""SNS topics, CloudWatch alarms and budgets: what watches over costs."""

from __future__ import annotations

import json
from typing import Any

from quilt_stack.aws.cloudformation.resource_type import AlreadyExists, Place, Properties, ResourceType


def _create_topic(place: Place, properties: Properties) -> str:
    sns, name = place.client("sns"), properties.get("TopicName", place.name)
    if any(topic["TopicArn"].endswith(f":{name}") for topic in sns.list_topics()["Topics"]):
        raise AlreadyExists(name)
    attributes = {"DisplayName": properties["DisplayName"]} if "DisplayName" in properties else {}
    answer = sns.create_topic(Name=name, Attributes=attributes, Tags=properties.get("Tags", []))
    return str(answer["TopicArn"])


def _delete_topic(place: Place, arn: str, properties: Properties) -> None:
    place.client("sns").delete_topic(TopicArn=arn)


def _create_topic_policy(place: Place, properties: Properties) -> str:
    document = json.dumps(properties["PolicyDocument"])
    for arn in properties["Topics"]:
        place.client("sns").set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=document)
    return place.name


def _update_topic_policy(place: Place, name: str, properties: Properties, old: Properties) -> None:
    _create_topic_policy(place, properties)


def _delete_topic_policy(place: Place, name: str, properties: Properties) -> None:
    """SNS has no call for it: a topic's policy goes with the topic, as far as CloudFormation is concerned."""


def _create_subscription(place: Place, properties: Properties) -> str:
    answer = place.client("sns").subscribe(
        TopicArn=properties["TopicArn"],
        Protocol=properties["Protocol"],
        Endpoint=properties["Endpoint"],
        ReturnSubscriptionArn=True,
    )
    return str(answer["SubscriptionArn"])


def _delete_subscription(place: Place, arn: str, properties: Properties) -> None:
    place.client("sns").unsubscribe(SubscriptionArn=arn)


def _create_alarm(place: Place, properties: Properties) -> str:
    name = properties.get("AlarmName", place.name)
    if place.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]:
        raise AlreadyExists(name)
    return _put_alarm(place, properties)


def _put_alarm(place: Place, properties: Properties) -> str:
    name = str(properties.get("AlarmName", place.name))
    place.client("cloudwatch").put_metric_alarm(
        **{**properties, "AlarmName": name, "Threshold": float(properties["Threshold"])}
    )
    return name


def _update_alarm(place: Place, name: str, properties: Properties, old: Properties) -> None:
    _put_alarm(place, {**properties, "AlarmName": name})


def _delete_alarm(place: Place, name: str, properties: Properties) -> None:
    place.client("cloudwatch").delete_alarms(AlarmNames=[name])


def _create_budget(place: Place, properties: Properties) -> str:
    about: dict[str, Any] = {"BudgetName": place.name, **properties["Budget"]}
    limit = about["BudgetLimit"]
    place.client("budgets").create_budget(
        AccountId=place.account_id,
        Budget={**about, "BudgetLimit": {"Amount": str(limit["Amount"]), "Unit": limit["Unit"]}},
        NotificationsWithSubscribers=[
            {
                **item,
                "Notification": {**item["Notification"], "Threshold": float(item["Notification"]["Threshold"])},
            }
            for item in properties.get("NotificationsWithSubscribers", [])
        ],
        ResourceTags=properties.get("ResourceTags", []),
    )
    return str(about["BudgetName"])


def _delete_budget(place: Place, name: str, properties: Properties) -> None:
    place.client("budgets").delete_budget(AccountId=place.account_id, BudgetName=name)


RESOURCE_TYPES = (
    ResourceType(
        "AWS::SNS::Topic",
        frozenset({"TopicName", "DisplayName", "Tags"}),
        _create_topic,
        _delete_topic,
        attributes={"TopicArn": "{id}"},
        name_property="TopicName",
        gone=frozenset({"NotFound"}),
    ),
    ResourceType(
        "AWS::SNS::TopicPolicy",
        frozenset({"Topics", "PolicyDocument"}),
        _create_topic_policy,
        _delete_topic_policy,
        _update_topic_policy,
    ),
    ResourceType(
        "AWS::SNS::Subscription",
        frozenset({"TopicArn", "Protocol", "Endpoint"}),
        _create_subscription,
        _delete_subscription,
        gone=frozenset({"NotFound"}),
    ),
    ResourceType(
        "AWS::CloudWatch::Alarm",
        frozenset(
            {
                "AlarmName",
                "AlarmDescription",
                "AlarmActions",
                "Metrics",
                "ComparisonOperator",
                "Threshold",
                "EvaluationPeriods",
                "TreatMissingData",
                "Tags",
            }
        ),
        _create_alarm,
        _delete_alarm,
        _update_alarm,
        {"Arn": "arn:aws:cloudwatch:{region}:{account}:alarm:{id}"},
        name_property="AlarmName",
    ),
    ResourceType(
        "AWS::Budgets::Budget",
        frozenset({"Budget", "NotificationsWithSubscribers", "ResourceTags"}),
        _create_budget,
        _delete_budget,
        gone=frozenset({"NotFoundException"}),
    ),
)

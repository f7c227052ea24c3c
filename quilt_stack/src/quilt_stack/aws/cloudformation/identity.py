"""IAM: roles and OIDC providers."""

from __future__ import annotations

import json
from typing import Any

from quilt_stack.aws.cloudformation.resource_type import Place, Properties, ResourceType

_GONE = frozenset({"NoSuchEntity", "NoSuchEntityException"})


def _create_role(place: Place, properties: Properties) -> str:
    iam = place.client("iam")
    name = str(properties.get("RoleName", place.name))
    iam.create_role(
        RoleName=name,
        AssumeRolePolicyDocument=json.dumps(properties["AssumeRolePolicyDocument"]),
        Description=properties.get("Description", ""),
        MaxSessionDuration=properties.get("MaxSessionDuration", 3600),
        Path=properties.get("Path", "/"),
        Tags=properties.get("Tags", []),
    )
    try:
        _write_policies(iam, name, properties)
    except Exception:
        _delete_role(place, name, properties)
        raise
    return name


def _write_policies(iam: Any, name: str, properties: Properties) -> None:
    for policy in properties.get("Policies", []):
        document = json.dumps(policy["PolicyDocument"])
        iam.put_role_policy(RoleName=name, PolicyName=policy["PolicyName"], PolicyDocument=document)
    for arn in properties.get("ManagedPolicyArns", []):
        iam.attach_role_policy(RoleName=name, PolicyArn=arn)


def _remove_policies(iam: Any, name: str) -> None:
    for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
        iam.delete_role_policy(RoleName=name, PolicyName=policy)
    for attached in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
        iam.detach_role_policy(RoleName=name, PolicyArn=attached["PolicyArn"])


def _update_role(place: Place, name: str, properties: Properties, old: Properties) -> None:
    iam = place.client("iam")
    document = json.dumps(properties["AssumeRolePolicyDocument"])
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=document)
    iam.update_role(
        RoleName=name,
        Description=properties.get("Description", ""),
        MaxSessionDuration=properties.get("MaxSessionDuration", 3600),
    )
    _remove_policies(iam, name)
    _write_policies(iam, name, properties)
    if old.get("Tags"):
        iam.untag_role(RoleName=name, TagKeys=[tag["Key"] for tag in old["Tags"]])
    if properties.get("Tags"):
        iam.tag_role(RoleName=name, Tags=properties["Tags"])


def _delete_role(place: Place, name: str, properties: Properties) -> None:
    iam = place.client("iam")
    _remove_policies(iam, name)
    iam.delete_role(RoleName=name)


def _read_role(place: Place, name: str) -> Properties:
    iam = place.client("iam")
    role = iam.get_role(RoleName=name)["Role"]
    policies = [
        iam.get_role_policy(RoleName=name, PolicyName=each)
        for each in iam.list_role_policies(RoleName=name)["PolicyNames"]
    ]
    attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    return {
        **{key: role.get(key) for key in ("AssumeRolePolicyDocument", "Description", "MaxSessionDuration", "Tags")},
        "Policies": [{key: policy[key] for key in ("PolicyName", "PolicyDocument")} for policy in policies],
        "ManagedPolicyArns": [policy["PolicyArn"] for policy in attached],
    }


def _create_provider(place: Place, properties: Properties) -> str:
    answer = place.client("iam").create_open_id_connect_provider(
        Url=properties["Url"],
        ClientIDList=properties.get("ClientIdList", []),
        ThumbprintList=properties.get("ThumbprintList", []),
        Tags=properties.get("Tags", []),
    )
    return str(answer["OpenIDConnectProviderArn"])


def _delete_provider(place: Place, arn: str, properties: Properties) -> None:
    place.client("iam").delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)


RESOURCE_TYPES = (
    ResourceType(
        "AWS::IAM::Role",
        frozenset(
            {
                "RoleName",
                "AssumeRolePolicyDocument",
                "Description",
                "MaxSessionDuration",
                "Path",
                "Policies",
                "ManagedPolicyArns",
                "Tags",
            }
        ),
        _create_role,
        _delete_role,
        _update_role,
        {"Arn": "arn:aws:iam::{account}:role/{id}"},
        name_property="RoleName",
        gone=_GONE,
        read=_read_role,
        read_properties=frozenset(
            {
                "AssumeRolePolicyDocument",
                "Description",
                "MaxSessionDuration",
                "Policies",
                "ManagedPolicyArns",
                "Tags",
            }
        ),
    ),
    ResourceType(
        "AWS::IAM::OIDCProvider",
        frozenset({"Url", "ClientIdList", "ThumbprintList", "Tags"}),
        _create_provider,
        _delete_provider,
        attributes={"Arn": "{id}"},
        gone=_GONE,
    ),
)

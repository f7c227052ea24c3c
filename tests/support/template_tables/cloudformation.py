"""Reading a CloudFormation template as it would be deployed: parameters, conditions and references put in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from environment.settings import ROOT

TEMPLATES = ROOT / "infra" / "cloudformation"

_NOTHING = object()
_ARN = {
    "AWS::S3::Bucket": ("BucketName", "arn:aws:s3:::{name}"),
    "AWS::IAM::Role": ("RoleName", "arn:aws:iam::{account}:role/{name}"),
    "AWS::IAM::OIDCProvider": ("Url", "arn:aws:iam::{account}:oidc-provider/{name}"),
    "AWS::SNS::Topic": ("TopicName", "arn:aws:sns:{region}:{account}:{name}"),
}
_REFERENCE_IS_ARN = ("AWS::IAM::OIDCProvider", "AWS::SNS::Topic")
_NAME = {
    "AWS::S3::Bucket": "BucketName",
    "AWS::IAM::Role": "RoleName",
    "AWS::Athena::WorkGroup": "Name",
    "AWS::Athena::DataCatalog": "Name",
}


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short tags turned into their long form."""


def _short_tag(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _short_tag)


class Template:
    """One template with values for its parameters, in one account and region."""

    def __init__(self, path: Path, parameters: Mapping[str, Any], account: str, region: str) -> None:
        self._document = yaml.load(path.read_text(encoding="utf-8"), _Loader)
        self._account = account
        self._region = region
        declared = self._document["Parameters"]
        self._parameters = {name: parameters.get(name, about.get("Default")) for name, about in declared.items()}

    @property
    def parameters(self) -> dict[str, Any]:
        """Value of every parameter; None where it has no default and none was given."""
        return dict(self._parameters)

    def constraints(self) -> dict[str, dict[str, Any]]:
        """What values may be, of the parameters that say so."""
        rules = ("AllowedPattern", "AllowedValues", "MinValue")
        found = {
            name: {rule: about[rule] for rule in rules if rule in about}
            for name, about in self._document["Parameters"].items()
        }
        return {name: given for name, given in found.items() if given}

    def resources(self) -> dict[str, tuple[str, dict[str, Any]]]:
        """Return type and resolved properties of the resources whose condition holds, by logical name."""
        return {
            name: (resource["Type"], self._resolve(resource["Properties"]))
            for name, resource in self._document["Resources"].items()
            if "Condition" not in resource or self._condition(resource["Condition"])
        }

    def deletion_policy(self, name: str) -> str:
        """What becomes of a resource when its stack goes."""
        return str(self._document["Resources"][name].get("DeletionPolicy", "Delete"))

    @property
    def output_names(self) -> list[str]:
        """Its outputs, whatever their conditions say."""
        return list(self._document.get("Outputs", {}))

    def outputs(self) -> dict[str, str]:
        """Return the description of each output by its value."""
        return {
            str(self._resolve(about["Value"])): about["Description"]
            for about in self._document.get("Outputs", {}).values()
        }

    def _condition(self, name: str) -> bool:
        return bool(self._resolve(self._document["Conditions"][name]))

    def _resolve(self, value: Any) -> Any:
        if isinstance(value, list):
            return [item for item in map(self._resolve, value) if item is not _NOTHING]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((key, argument),) = value.items()
            if key == "Ref":
                return self._reference(argument)
            if key.startswith("Fn::"):
                return self._function(key, argument)
        resolved = {key: self._resolve(item) for key, item in value.items()}
        return {key: item for key, item in resolved.items() if item is not _NOTHING}

    def _function(self, name: str, argument: Any) -> Any:
        if name == "Fn::If":
            condition, then, otherwise = argument
            return self._resolve(then if self._condition(condition) else otherwise)
        if name == "Fn::Equals":
            left, right = self._resolve(argument)
            return left == right
        if name == "Fn::Not":
            return not self._resolve(argument)[0]
        if name == "Fn::GetAtt":
            return self._attribute(*argument)
        if name == "Fn::Sub":
            return re.sub(r"\$\{([^}]+)\}", lambda match: str(self._substitute(match[1])), argument)
        raise ValueError(f"the function {name} is not known here")

    def _substitute(self, name: str) -> Any:
        return self._attribute(*name.split(".", 1)) if "." in name else self._reference(name)

    def _reference(self, name: str) -> Any:
        pseudo = {
            "AWS::AccountId": self._account,
            "AWS::Region": self._region,
            "AWS::Partition": "aws",
            "AWS::NoValue": _NOTHING,
        }
        if name in pseudo:
            return pseudo[name]
        if name in self._parameters:
            return self._parameters[name]
        resource = self._document["Resources"][name]
        if resource["Type"] in _REFERENCE_IS_ARN:
            return self._attribute(name, "Arn")
        if resource["Type"] == "AWS::Glue::Database":
            return self._resolve(resource["Properties"]["DatabaseInput"]["Name"])
        return self._resolve(resource["Properties"][_NAME[resource["Type"]]])

    def _attribute(self, name: str, attribute: str) -> str:
        if attribute != "Arn":
            raise ValueError(f"the attribute {name}.{attribute} is not known here")
        resource = self._document["Resources"][name]
        naming, pattern = _ARN[resource["Type"]]
        own = str(self._resolve(resource["Properties"][naming])).removeprefix("https://")
        return pattern.format(name=own, account=self._account, region=self._region)

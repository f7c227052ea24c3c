"""Reading the Terraform files as they would be planned, as far as these files go.

python-hcl2 parses; expressions stay text. Evaluated here: references, interpolation, lists, comparisons, conditionals,
``count``, ``dynamic`` with a list, lines joined, modules in folders beside: all that the files use. Anything else is
refused, not passed over.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import hcl2

from environment.settings import ROOT

FILES = ROOT / "infra" / "terraform"
_ARN = {
    "aws_s3_bucket": ("bucket", "arn:aws:s3:::{name}"),
    "aws_iam_role": ("name", "arn:aws:iam::{account}:role/{name}"),
    "aws_iam_openid_connect_provider": ("url", "arn:aws:iam::{account}:oidc-provider/{name}"),
    "aws_sns_topic": ("name", "arn:aws:sns:{region}:{account}:{name}"),
}
_IDENTIFIER = {"aws_s3_bucket": "bucket", "aws_iam_role": "name"}
_BLOCKS = frozenset({"data", "locals", "module", "output", "provider", "resource", "terraform", "variable"})
_META_ARGUMENTS = ("count", "providers", "source")
_INTERPOLATION = re.compile(r"\$\{([^{}]+)\}")


class Configuration:
    """All files of the folder with values for the variables, in one account and region."""

    def __init__(self, variables: Mapping[str, Any], account: str, region: str, folder: Path = FILES) -> None:
        self.region = region
        self._account = account
        self._folder = folder
        self._modules: dict[str, dict[str, Any]] = {}
        self._regions: dict[str, Any] = {}
        self._locals: dict[str, Any] = {}
        self._resources: dict[tuple[str, str], dict[str, Any]] = {}
        self._policies: dict[str, dict[str, Any]] = {}
        self._variables: dict[str, Any] = {}
        self._outputs: dict[str, dict[str, Any]] = {}
        for path in sorted(folder.glob("*.tf")):
            self._read(_plain(hcl2.loads(path.read_text(encoding="utf-8"))), variables)

    @property
    def variables(self) -> dict[str, Any]:
        """Value of every variable; None where it has no default and none was given."""
        return dict(self._variables)

    def resources(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Return the evaluated arguments of the resources of which there is one, by type and name."""
        found = {}
        for key, body in self._resources.items():
            if self._value(body.get("count", 1)) == 1:
                found[key] = {name: self._value(value) for name, value in body.items() if name != "count"}
        return found

    def modules(self) -> dict[str, Configuration]:
        """Return the modules of which there is one, by name, each with its values and in the region of its provider."""
        found = {}
        for name, body in self._modules.items():
            if self._value(body.get("count", 1)) == 1:
                given = {key: self._value(value) for key, value in body.items() if key not in _META_ARGUMENTS}
                provider = body.get("providers", {}).get("aws")
                region = self.region if provider is None else self._regions[provider]
                found[name] = Configuration(given, self._account, region, self._folder / body["source"])
        return found

    def outputs(self) -> dict[str, str]:
        """Return the description of each output by its value."""
        return {str(self._value(body["value"])): body["description"] for body in self._outputs.values()}

    def policy(self, name: str) -> list[dict[str, Any]]:
        """Return the evaluated statements of an ``aws_iam_policy_document``, dynamic ones last."""
        body = self._policies[name]
        statements = [self._value(statement) for statement in body.get("statement", [])]
        for block in body.get("dynamic", []):
            ((_, dynamic),) = block.items()
            (content,) = dynamic["content"]
            for item in self._value(dynamic["for_each"]):
                statements.append(json.loads(json.dumps(content).replace("${statement.value}", item)))
        return statements

    def _read(self, document: dict[str, Any], given: Mapping[str, Any]) -> None:
        if unknown := [name for name in document if not name.startswith("__") and name not in _BLOCKS]:
            raise ValueError(f"blocks that are not known here: {', '.join(unknown)}")
        for block in document.get("variable", []):
            for name, body in block.items():
                self._variables[name] = given.get(name, body.get("default"))
        for block in document.get("locals", []):
            self._locals.update(block)
        for block in document.get("module", []):
            self._modules.update(block)
        for block in document.get("provider", []):
            for kind, body in block.items():
                if "alias" in body:
                    self._regions[f"${{{kind}.{body['alias']}}}"] = body["region"]
        for block in document.get("output", []):
            self._outputs.update(block)
        for block in document.get("resource", []):
            for kind, named in block.items():
                for name, body in named.items():
                    self._resources[kind, name] = body
        for block in document.get("data", []):
            self._policies.update(block.get("aws_iam_policy_document", {}))

    def _value(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._value(item) for item in value]
        if isinstance(value, dict):
            return {key: self._value(item) for key, item in value.items()}
        if not isinstance(value, str):
            return value
        if lines := re.fullmatch(r'\$\{join\("\\n", (\[.*\])\)\}', value):
            return "\n".join(self._value(line) for line in json.loads(lines[1]))
        if whole := re.fullmatch(r"\$\{([^}]*)\}", value):
            return self._expression(whole[1])
        return _INTERPOLATION.sub(lambda match: str(self._expression(match[1])), value)

    def _expression(self, text: str) -> Any:
        text = text.strip()
        if conditional := re.fullmatch(r"([^?]+) \? (.+) : (.+)", text):
            return self._expression(conditional[2] if self._expression(conditional[1]) else conditional[3])
        if comparison := re.fullmatch(r"(.+) (==|!=) (.+)", text):
            equal = self._expression(comparison[1]) == self._expression(comparison[3])
            return equal if comparison[2] == "==" else not equal
        if text.startswith("[") and text.endswith("]"):
            return [self._expression(item) for item in text[1:-1].split(",") if item.strip()]
        if text.startswith('"') and text.endswith('"'):
            return self._value(text[1:-1])
        if text.lstrip("-").isdigit():
            return int(text)
        return self._reference(text)

    def _reference(self, text: str) -> Any:
        text = text.replace("[0]", "")
        known = {
            "data.aws_caller_identity.current.account_id": self._account,
            "data.aws_partition.current.partition": "aws",
            "data.aws_region.current.id": self.region,
        }
        if text in known:
            return known[text]
        parts = text.split(".")
        if parts[0] == "var":
            return self._variables[parts[1]]
        if parts[0] == "local":
            return self._value(self._locals[parts[1]])
        if parts[:2] == ["data", "aws_iam_policy_document"]:
            return parts[2]
        kind, name, attribute = parts
        return self._attribute(kind, name, attribute)

    def _attribute(self, kind: str, name: str, attribute: str) -> Any:
        body = self._resources[kind, name]
        if attribute == "arn":
            naming, pattern = _ARN[kind]
            own = str(self._value(body[naming])).removeprefix("https://")
            return pattern.format(name=own, account=self._account, region=self.region)
        return self._value(body[_IDENTIFIER[kind] if attribute == "id" else attribute])


def _plain(value: Any) -> Any:
    """Take away what python-hcl2 adds: quotes around keys and strings, marks of blocks."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {_plain(key): _plain(item) for key, item in value.items() if not key.startswith("__")}
    if isinstance(value, str) and len(value) > 1 and value[0] == value[-1] == '"':
        return value[1:-1]
    return value

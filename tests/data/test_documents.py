"""The commands that the documents show exist, with the arguments shown."""

from __future__ import annotations

import re
import shlex
from importlib.metadata import entry_points
from pathlib import Path

import click
import pytest
import typer.main
from template_tables.cloudformation import TEMPLATES, Template

from environment.settings import Accounts, Buckets, LiveSettings

ROOT = Path(__file__).parents[2]
DOCUMENTS = (
    "infra/README.md",
    "docs/test-data.md",
    "docs/cost.md",
    "docs/maintenance.md",
    "docs/authentication.md",
    "docs/troubleshooting.md",
)
OURS = ("data", "baseline", "cost", "users", "doctor", "rehearse")
COMMAND = re.compile(r"acceptance ((?:data|baseline|cost|users|doctor|rehearse)\b[^`\n']*)")


def commands() -> list[str]:
    found = {match for path in DOCUMENTS for match in COMMAND.findall((ROOT / path).read_text(encoding="utf-8"))}
    return sorted(command.strip() for command in found)


@pytest.mark.parametrize("command", commands())
def test_each_command_can_be_given_as_shown(command: str) -> None:
    name, *arguments = shlex.split(command)
    [entry_point] = entry_points(group="acceptance.commands", name=name)
    current: click.Command = typer.main.get_command(entry_point.load())
    context = click.Context(current, info_name=name)
    while isinstance(current, click.Group) and arguments and arguments[0] in current.commands:
        current = current.commands[arguments.pop(0)]
        context = click.Context(current, info_name=current.name, parent=context)

    current.parse_args(context, arguments)


def test_enough_commands_are_found_to_mean_something() -> None:
    assert {command.split()[0] for command in commands()} == set(OURS)
    assert len(commands()) >= 12


def test_the_templates_with_the_parameters_and_outputs_shown_exist() -> None:
    text = (ROOT / "infra/README.md").read_text(encoding="utf-8")
    known: set[str] = set()
    for path in TEMPLATES.glob("*.yaml"):
        assert path.name in text
        template = Template(path, {}, "1", "us-east-1")
        known |= {*template.parameters, *template.output_names}

    shown = set(re.findall(r"`([A-Z][A-Za-z]+(?:Arn|Repository|Branch))`", text))
    assert shown
    assert shown <= known


def test_every_setting_is_explained_in_the_template() -> None:
    text = (ROOT / ".env.test.example").read_text(encoding="utf-8")
    explained = set(re.findall(r"^#?([A-Z_]+)=", text, re.MULTILINE))
    settings = {
        str(field.validation_alias or f"{kind.model_config['env_prefix']}{name.upper()}")
        for kind in (LiveSettings, Buckets, Accounts)
        for name, field in kind.model_fields.items()
    }

    assert settings == explained

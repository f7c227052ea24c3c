"""``acceptance users``: the four users of a test catalog, their roles and their passwords."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from environment.console import say
from environment.errors import unknown
from environment.targets.opening import TargetKind, deployment

if TYPE_CHECKING:
    from environment.targets.target import Target
    from infra.secret_store import SecretStore
    from quilt_stack import UserBlueprint

users = typer.Typer(help="The users of a test catalog, their roles and passwords.", no_args_is_help=True)

Where = Annotated[TargetKind, typer.Option(help="deployment whose registry is meant")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="only say what would be done")]


@users.command("create")
def create(target: Where = TargetKind.EMBEDDED, dry_run: DryRun = False) -> None:
    """Create what is missing of the four users and their roles, and put right what differs."""
    # Late, as in environment.targets.opening.
    from environment.observers.registry import RegistryObserver
    from environment.targets.blueprint import suite_blueprint
    from infra.users import UserProvisioning

    with deployment(target, account="admin") as opened:
        blueprint = suite_blueprint(opened.buckets, opened.accounts)
        registry = RegistryObserver(opened.graphql_endpoint, opened.token("admin"))
        right = True
        for change in UserProvisioning(registry, blueprint).changes():
            right = False
            if not dry_run:
                change.apply()
            say(f"would {change.what}" if dry_run else change.what)
        if right:
            say("the users and their roles are as they should be")
        for user in blueprint.users:
            _look_after_password(opened, user, dry_run=dry_run)


@users.command("password")
def password(
    name: Annotated[str, typer.Argument(help="user name")],
    target: Where = TargetKind.EMBEDDED,
    dry_run: DryRun = False,
) -> None:
    """Give a user a new random password through the mailed link, which is asked for; keep it in the secret store."""
    from environment.targets.blueprint import suite_blueprint
    from infra.passwords import choose_password

    with deployment(target, account="admin") as opened:
        known = [user.name for user in suite_blueprint(opened.buckets, opened.accounts).users]
        if name not in known:
            raise unknown("test user", name, known)
        store = _store(opened)
        if dry_run:
            say(f"would store a new password of {name} as {store.name(name)}")
            return
        link = typer.prompt("Link of the mail", hide_input=True)
        choose_password(opened.registry_url, store, name, link)
        say(f"stored the new password of {name} as {store.name(name)}")


def _look_after_password(opened: Target, user: UserBlueprint, *, dry_run: bool) -> None:
    """Choose a password through the mail if this is an embedded deployment; else say how."""
    from infra.passwords import choose_password

    store = _store(opened)
    if store.password(user.name) is not None:
        return
    links = [link for mail in opened.control.mails(user.email) for link in mail.links] if opened.control else []
    if links:
        if not dry_run:
            choose_password(opened.registry_url, store, user.name, links[-1])
        say(f"{'would store' if dry_run else 'stored'} a password of {user.name} as {store.name(user.name)}")
    elif opened.control is None:
        say(
            f"{user.name} has no password in the store: 'acceptance users password {user.name} --target {opened.kind}' "
            f"chooses one with the link mailed to {user.email}"
        )


def _store(opened: Target) -> SecretStore:
    from environment.settings import LiveSettings
    from infra.secret_store import DEFAULT_PREFIX, SecretStore

    return SecretStore(opened.client("secretsmanager"), LiveSettings().secret_store or DEFAULT_PREFIX)

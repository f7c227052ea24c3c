"""How the things that scenarios make are undone, and on which target clean-up undoes them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from environment.arrangement.kept import must_be_nobody_of_the_four, must_not_be_kept
from environment.arrangement.manifests import delete_manifests
from environment.arrangement.outsiders import OutsiderArranger
from environment.arrangement.query_results import QueryResults
from environment.arrangement.roles import RoleArranger
from environment.arrangement.single_sign_on import SingleSignOnArranger
from environment.arrangement.tables import TableArranger
from environment.arrangement.versions import delete_versions, set_versioning, versions_under
from environment.clients.users import UserArranger
from environment.errors import SuiteError
from environment.observers.directory import DirectoryObserver
from environment.observers.registry import RegistryObserver
from environment.observers.storage import POINTERS
from environment.people.names import run_of
from environment.settings import LiveSettings
from environment.targets.embedded import EmbeddedTarget
from environment.targets.live import LiveTarget
from environment.targets.target import Target
from environment.undo.actions import undoes
from environment.undo.clean_up import DeploymentGone
from environment.undo.kept_texts import forget_text, is_name_of, kept_text
from environment.undo.records import TargetReference


@undoes("package")
def delete_package(target: Target, *, bucket: str, name: str, run: str | None = None) -> None:
    """Delete a package's manifests, its pointers and the objects that were copied for it.

    A manifest is named by its content, so that packages may share it; only those go whose message says that they are
    of the run, which the package's name tells or the booking. No other process makes any of these. An embedded
    deployment does the same in one request.
    """
    pointers_prefix, objects_prefix = f"{POINTERS}{name}/", f"{name}/"
    for prefix in (pointers_prefix, objects_prefix):
        must_not_be_kept(target.buckets, bucket, prefix)
    run = run or run_of(name)
    if isinstance(target, EmbeddedTarget):
        target.require_control("Undo").purge_package(bucket, name, run)
        return
    s3 = target.client("s3")
    pointers = versions_under(s3, bucket, pointers_prefix)
    if run is not None:
        delete_manifests(s3, bucket, pointers, run)
    delete_versions(s3, bucket, pointers)
    _delete_under(target, bucket, objects_prefix)


@undoes("objects")
def delete_objects(target: Target, *, bucket: str, prefix: str) -> None:
    """Delete the objects under a prefix that a scenario wrote."""
    _delete_under(target, bucket, prefix)


@undoes("versioning")
def resume_versioning(target: Target, *, bucket: str) -> None:
    """Let a bucket keep versions again; what was overwritten meanwhile is gone."""
    set_versioning(target.client("s3"), bucket, kept=True)


@undoes("user")
def delete_user(target: Target, *, name: str) -> None:
    """Delete a user."""
    must_be_nobody_of_the_four(target.accounts, name)
    UserArranger(_registry(target)).delete(name)


@undoes("role")
def delete_role(target: Target, *, name: str) -> None:
    """Delete a role; whoever had it is booked later and so deleted earlier."""
    RoleArranger(_registry(target)).delete_role(name)


@undoes("policy")
def delete_policy(target: Target, *, title: str) -> None:
    """Delete a policy."""
    RoleArranger(_registry(target)).delete_policy(title)


@undoes("default role")
def restore_default_role(target: Target, *, name: str) -> None:
    """Make the role the default one that was it before."""
    registry = _registry(target)
    # Asked first: while an SSO configuration is in force, the registry refuses even the same one (registry facts 5).
    if DirectoryObserver(registry).default_role() != name:
        RoleArranger(registry).set_default(name)


@undoes("SSO configuration")
def restore_sso_configuration(target: Target, *, kept: str | None) -> None:
    """Put the configuration in force that was so before, unless it still is; None: none was.

    `kept` is the name of its text in `environment.undo.kept_texts`. Its time and uploader are then those of the
    restoring: the registry sets them itself.

    Raises:
        SuiteError: if its text was kept on another machine.
    """
    registry = _registry(target)
    found = DirectoryObserver(registry).sso_configuration()
    still_is = found is None if kept is None else found is not None and is_name_of(kept, found.text)
    if not still_is:
        arranger = SingleSignOnArranger(registry)
        if kept is None:
            arranger.remove()
        else:
            arranger.store(_kept(kept))
    if kept is not None:
        forget_text(kept)


@undoes("Tabulator table")
def delete_table(target: Target, *, bucket: str, name: str) -> None:
    """Delete a Tabulator table."""
    TableArranger(_registry(target)).delete(bucket, name)


@undoes("query results")
def delete_query_results(target: Target, *, table: str) -> None:
    """Delete what Athena stored of the queries that name a table."""
    QueryResults(target).delete(table)


@undoes("open query")
def restore_open_query(target: Target, *, enabled: bool) -> None:
    """Turn open query on or off, as it was before."""
    TableArranger(_registry(target)).set_open_query(enabled)


@undoes("IAM user")
def delete_iam_user(target: Target, *, name: str) -> None:
    """Delete an IAM user with its keys and policy."""
    OutsiderArranger(target).delete(name)


@undoes("clock")
def reset_clock(target: Target) -> None:
    """Let the deployment's clock go right."""
    target.require_control("Set the clock right").reset_clock()


@undoes("conditions")
def restore_conditions(target: Target) -> None:
    """Let everything that the stack depends on be well."""
    control = target.require_control("Restore the stack's conditions")
    control.set_conditions(subscription_valid=True, mail_accepted=True)


@undoes("fault")
def remove_fault(target: Target, *, rule: dict[str, Any]) -> None:
    """Take a fault rule out, and let all others be."""
    control = target.require_control("Remove a fault")
    for fault in control.faults():
        if fault.rule.model_dump(mode="json") == rule:
            control.remove_fault(fault.id)


def target_of(reference: TargetReference) -> Target:
    """The target that an undo log entry names, for clean-up.

    Raises:
        DeploymentGone: if it is an embedded deployment that no longer runs.
        SuiteError: if the settings of the live target are not complete.
    """
    if reference.kind == "live":
        return LiveTarget(LiveSettings())
    found = EmbeddedTarget.attach(Path(reference.identity.rpartition("#")[0]))
    if found is None or found.reference != reference:
        raise DeploymentGone("that deployment no longer runs")
    return found


def _registry(target: Target) -> RegistryObserver:
    return RegistryObserver(target.graphql_endpoint, target.token("admin"))


def _kept(name: str) -> str:
    text = kept_text(name)
    if text is None:
        raise SuiteError(
            "Restored the SSO configuration",
            f"its text (SHA-256 {name[:12]}…) lies on the machine of the run alone, in no undo log",
            "Run 'acceptance clean-up' there, or store the configuration by hand",
        )
    return text


def _delete_under(target: Target, bucket: str, prefix: str) -> None:
    """Delete every version of every object under a prefix, unless something of it is to be kept."""
    must_not_be_kept(target.buckets, bucket, prefix)
    if isinstance(target, EmbeddedTarget):
        target.require_control("Undo").purge_objects(bucket, prefix)
        return
    s3 = target.client("s3")
    delete_versions(s3, bucket, versions_under(s3, bucket, prefix))

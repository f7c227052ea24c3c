"""Links and downloads: what people get of a package's files, immediately or later, and where links lead."""

from __future__ import annotations

import re
import time
from pathlib import Path

from pytest_bdd import given, then, when

from environment.arrangement.failures import ELSEWHERE
from environment.checking.comparing import must_agree
from environment.clients.downloads import DownloadRefused, expiry_seconds, fetch
from environment.clients.mutations import must_be_done
from environment.clients.quilt3_elsewhere import Installed, Quilt3Elsewhere
from environment.driving.downloads import KeptLink, Received, checksum_behind, download
from environment.driving.packages import Package, PackageRevision
from environment.driving.refusals import refused_with
from environment.driving.session import Session
from environment.driving.work import link
from environment.errors import SuiteError
from environment.gherkin.embedded import embedded_only
from environment.gherkin.references import ValueKind, parse, register
from environment.gherkin.values import Refusal
from environment.observers.registry import RegistryObserver
from environment.product.outcome import keep_answer
from environment.targets.target import Target
from quilt_stack import Surface

_SESSION = re.compile("^/browse/([^/]+)/")
_DISPOSE = """
mutation ($id: ID!) { browsingSessionDispose(id: $id) { __typename ... on OperationError { name message } } }
"""
_UNTIL_IT_EXPIRES = " to anyone, without signing in, until it expires"

register(
    ValueKind(
        "Gives",
        "gives|still gives|no longer gives",
        "no longer gives".__ne__,
        ("gives", "still gives", "no longer gives"),
    ),
    ValueKind("UntilItExpires", f"(?:{_UNTIL_IT_EXPIRES})?", bool, ("", _UNTIL_IT_EXPIRES)),
)

# --- what people do ---------------------------------------------------------------------------------------------------


@given(parse("{persona:Persona} has asked for {kept:NewLink} to {path:FileName} in {package:Package}"))
@when(parse("{persona:Persona} asks for {kept:NewLink} to {path:FileName} in {package:Package}"))
def ask_for_link(persona: Session, kept: KeptLink, path: str, package: Package) -> None:
    """Ask for a link that downloads one file of the latest revision of a package; it can be tried later, too."""
    kept.outcome = link(persona, package, package.latest.key_of(path) if package.revisions else path)


@given(parse("{persona:Persona} has downloaded {path:WhichFiles} from {package:Package}"))
@when(parse("{persona:Persona} downloads {path:WhichFiles} from {package:Package}"))
def download_files(persona: Session, path: str | None, package: Package) -> None:
    """Fetch a file of the latest revision, or all of them, through the person's own links; S3 may also refuse."""
    download(persona, package, _keys(path, package))


@given(parse("{persona:Persona} has installed {revision:Revision} with quilt3"))
@when(parse("{persona:Persona} installs {revision:Revision} with quilt3"))
def install_with_quilt3(persona: Session, revision: PackageRevision, target: Target, tmp_path: Path) -> None:
    """Write every file of a revision to a disk with quilt3 alone, on a machine without quilt-mcp.

    A package stands for its latest revision, which is asked for without its top hash.
    """
    package = revision.package
    package.require_success()
    client = Quilt3Elsewhere(target.catalog_url, persona.account.token(), tmp_path)
    top_hash = None if revision.is_latest else revision.top_hash()
    keep_answer(persona.name, "install", client.install(package.name, package.registry, top_hash))


@given(parse("the registry has ended {persona:Persona}'s browsing session"))
@when(parse("the registry ends {persona:Persona}'s browsing session"))
@embedded_only
def end_browsing_session(persona: Session, target: Target) -> None:
    """The session behind the persona's last link is ended early, with the registry's own API."""
    began = time.time() - (time.perf_counter() - persona.last_outcome("get_content_url").started)
    asked = target.require_control("Find the browsing session").journal(surface=Surface.CATALOG, since=began)
    found = [match[1] for each in asked if (match := _SESSION.match(each.target))]
    if not found:
        raise SuiteError(f"Looked for {persona}'s browsing session", "there is none", "Ask for a link before")
    registry = RegistryObserver(target.graphql_endpoint, persona.account.token())
    must_be_done("End a browsing session", registry.ask(_DISPOSE, id=found[-1])["browsingSessionDispose"], "Ok")


# --- what they get ----------------------------------------------------------------------------------------------------


@then(parse("{persona:Persona} {unless:UnlessRefused}gets {path:WhichFiles} of {revision:Revision}, byte for byte"))
def gets_files(persona: Session, unless: Refusal | None, path: str | None, revision: PackageRevision) -> None:
    """What was downloaded or installed last, or what the last link gives, has the checksums of what was published.

    "is refused: …, or gets …" is for a path written in an unusual way. A package stands for its latest revision.
    """
    outcome = persona.last_outcome("download", "install", "get_content_url")
    if unless is not None and outcome.error is not None:
        refused_with(outcome, unless.errors)
        return
    got = _received(outcome.value)
    known = revision.expected()
    if path is None:
        must_agree(got, known.checksums, "files")
        return
    key = known.key_of(path)
    found = next(iter(got.values())) if len(got) == 1 else got.get(key)
    must_agree({key: found}, {key: known.named(path).sha256}, "files")


@then(parse("{persona:Persona} can download {path:WhichFiles} from {package:Package}, byte for byte"))
def can_download(persona: Session, path: str | None, package: Package) -> None:
    """Each file, downloaded through the persona's own link, has the checksum of what was published last."""
    keys, known = _keys(path, package), package.latest.checksums
    found = {key: checksum_behind(link(persona, package, key).value) for key in keys}
    must_agree(found, {key: known[key] for key in keys}, "files")


@then(parse("{kept:Link} {gives:Gives} {path:FileName} of {revision:Revision}{expires:UntilItExpires}"))
def link_gives_file(
    kept: KeptLink, gives: bool, path: str, revision: PackageRevision, expires: bool, target: Target
) -> None:
    """A plain HTTP GET without credentials gives the file's bytes, or nothing; an expired link always gives nothing.

    A package stands for its latest revision: a file that was replaced after the link was made has other bytes.
    """
    wanted = revision.expected().named(path).sha256
    if gives:
        assert checksum_behind(kept.url) == wanted, f'the link gives other bytes than "{path}" has in that revision'
    else:
        _must_give_nothing(kept.url, f'the link gives "{path}"')
    if expires:
        with target.time_passed(expiry_seconds(kept.url) + 1):
            _must_give_nothing(kept.url, "the link gives bytes after it has expired")


@then(parse("{persona:Persona} is given the address that the catalog redirects to"))
def given_address(persona: Session) -> None:
    """The link is exactly the address of the redirect."""
    address = persona.last_outcome("get_content_url").value
    assert address == ELSEWHERE, f"the link is {address}, not {ELSEWHERE}"


def _received(answer: str | Received | Installed) -> Received:
    """What a person got: through a link, which then has no path, or as files."""
    if isinstance(answer, Installed):
        return answer.checksums
    return {"": checksum_behind(answer)} if isinstance(answer, str) else answer


def _keys(path: str | None, package: Package) -> list[str]:
    """The logical keys that a name means, of all files if it is None; the name itself if there is no such file."""
    if path is None:
        return list(package.latest.files)
    return [package.latest.key_of(path) if package.revisions else path]


def _must_give_nothing(url: str, otherwise: str) -> None:
    try:
        fetch(url)
    except DownloadRefused as error:
        assert error.stands_for in ("PermissionError", "NotFoundError"), str(error)
        return
    raise AssertionError(otherwise)

"""Downloads: links to files, what they give, and how long."""

from __future__ import annotations

import hashlib

from pytest_bdd import then, when

from environment.checking.comparing import must_agree
from environment.clients.downloads import download, expiry_seconds
from environment.gherkin.references import parse
from environment.product.outcome import Outcome, attempt
from environment.sessions.session import Session
from environment.targets.target import Target
from steps.arrangement import MadePackage
from steps.baseline import Baseline
from steps.creation import Publication


def _link(persona: Session, name: str, path: str) -> Outcome:
    return attempt(persona.ops.get_content_url, name, registry=persona.registry, path=path)


def _fetched_sha256(url: str) -> str:
    return hashlib.sha256(download(url)).hexdigest()


@when(parse('{persona:Persona} asks for a link to "{path:Text}" in "{name:Text}"'), target_fixture="outcome")
def ask_for_link(persona: Session, path: str, name: str, baseline: Baseline) -> Outcome:
    """Ask for a link that downloads one file of a package."""
    return _link(persona, name, path)


@then(parse('whoever has the link gets "{path:Text}" of "{name:Text}" without signing in'))
def link_gives_the_bytes(outcome: Outcome, path: str, name: str, baseline: Baseline) -> None:
    """A plain HTTP GET without credentials gives the bytes whose checksum the dataset pins."""
    assert _fetched_sha256(outcome.value) == baseline.dataset(name).latest.file(path).sha256


@then(parse("the link is refused once it has expired"))
def link_expires(outcome: Outcome, target: Target) -> None:
    """It gives bytes now, and when the time that the link itself names has passed, it gives them no more."""
    url: str = outcome.value
    assert download(url), "the link gives no bytes to begin with"
    with target.time_passed(expiry_seconds(url) + 1):
        assert download(url, refused=True) == b""


@then(parse("{persona:Persona} gets the file's bytes through a link to it"))
def link_to_made_file(persona: Session, made: MadePackage) -> None:
    """The link downloads what was put there."""
    found = {name: _fetched_sha256(_link(persona, made.name, name).value) for name in made.checksums}
    must_agree(found, made.checksums, "files")


@then(parse("what {persona:Persona} downloads is what {publisher:Persona} published, byte for byte"))
def downloads_what_was_published(persona: Session, publisher: Session, publication: Publication) -> None:
    """Every published file, through a link of the persona's own, has the checksum of what was published."""
    publication.must_be_of(publisher)
    name = publication.package_name
    found = {path: _fetched_sha256(_link(persona, name, path).value) for path in publication.files}
    must_agree(found, publication.checksums, "files")

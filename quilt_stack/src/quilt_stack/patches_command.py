"""The list of what is changed in third parties: `quilt-stack patches`, and the text of a page."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from itertools import groupby

from quilt_stack.patches import DECLARED, Patch, digest, source

__all__ = ["patches_page"]

DECLARING = (
    "quilt_stack.aws.repairs",
    "quilt_stack.aws.athena.glue_responses",
    "quilt_stack.aws.cloud",
    "quilt_stack.aws.cloudformation.change_sets",
    "quilt_stack.aws.cloudformation.drift",
    "quilt_stack.aws.cloudformation.stacks",
    "quilt_stack.aws.moto_snapshot",
    "quilt_stack.aws.s3_reading",
    "quilt_stack.registry.graphql.older_catalog",
    "quilt_stack.registry.packages.library",
    "quilt_stack.wire.serving",
)
"""Modules that declare what the stack changes, or import all that do; loaded when asked, because it takes seconds."""


def patches(digests: bool = False) -> None:
    """Say what the stack changes in third parties, why, which test holds it, and what would make it go.

    With --digests: print the digest of each body as it is installed, as declarations have it.
    """
    found = declared(DECLARING)
    lines = (f'"{place}": "{now}",' for place, now in installed_digests(found).items()) if digests else _sections(found)
    sys.stdout.write("\n".join(lines) + "\n")


def patches_page(modules: Iterable[str]) -> str:
    """A page in Markdown on what these modules, what they import and the stack declare."""
    return "\n".join([*_INTRODUCTION, *_sections(declared((*DECLARING, *modules)))]) + "\n"


def declared(modules: Iterable[str]) -> tuple[Patch, ...]:
    """All declarations of these modules and of what they import, by distribution and module."""
    for name in modules:
        import_module(name)
    return tuple(sorted(DECLARED, key=lambda patch: (patch.distribution, patch.module, patch.reason)))


def installed_digests(found: Iterable[Patch]) -> Mapping[str, str]:
    """The digest of each declared body as it is installed, by place.

    Raises:
        ImportError, AttributeError, OSError: a body is not there, or has no source.
    """
    return {place: digest(source(place)) for patch in found for place in patch.bodies}


_INTRODUCTION = (
    "# Patches of third parties",
    "",
    "What this project replaces in libraries, and where it rests on their private names. Made by",
    "`acceptance patches --write` from the declarations beside the code; a test keeps it in step.",
    "`quilt-stack patches` prints the stack's part.",
    "",
    "The stack and a run refuse to start when a body named here is another one than its author saw. Then read both,",
    "run the fence, and put the new digest into the declaration: `quilt-stack patches --digests` prints those of the",
    "stack. A test in `tests/upstream` that passes unexpectedly says that a repair can go.",
    "",
    "quilt-mcp is not here: each version of it is judged with the same code, and the tests of",
    "`environment/driving/process_state.py` hold the names that are put back after a scenario.",
)


def _sections(found: Iterable[Patch]) -> Iterator[str]:
    for distribution, group in groupby(found, key=lambda patch: patch.distribution):
        yield from ("", f"## {distribution}")
        for patch in group:
            yield from ("", f"**{patch.reason}** Done in `{patch.module}`.", "")
            yield f"- bodies: {', '.join(f'`{place}`' for place in patch.bodies)}"
            yield f"- fence: `{patch.fence}`"
            if patch.needed:
                yield f"- still needed: `{patch.needed}`"
            yield f"- goes when: {patch.until}"

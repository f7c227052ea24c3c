"""A certificate for a deployment's origins, and the authority that its clients have to trust.

Both are made anew at each start, are good for this machine's names alone, and the authority's key is kept nowhere.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import certifi

from quilt_stack.errors import DeploymentError


@dataclass(frozen=True)
class Certificates:
    """Files in PEM: ``served`` is the certificate with its key (mode 0600), ``bundle`` what clients trust.

    ``bundle`` has the public authorities, too, because clients that are told to trust it trust nothing else.
    """

    served: Path
    bundle: Path


def make_certificates(served: Path, bundle: Path, host: str) -> Certificates:
    """Make an authority and a certificate for the names of this machine that a deployment answers to.

    Raises:
        DeploymentError: they cannot be made or written.
    """
    import trustme  # late, for those who serve without TLS

    try:
        authority = trustme.CA(organization_name="quilt-stack")
        names = dict.fromkeys(("localhost", "*.localhost", "127.0.0.1", host))
        certificate = authority.issue_cert(*names, common_name="quilt-stack")
        with os.fdopen(os.open(served, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(certificate.private_key_and_cert_chain_pem.bytes())
        bundle.write_text(certifi.contents() + authority.cert_pem.bytes().decode(), encoding="ascii")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        what = f"A certificate for {host} cannot be made in {bundle.parent}"
        raise DeploymentError(f"{what}: {reason.lower()}. Choose another one, or serve without TLS.") from error
    return Certificates(served, bundle)

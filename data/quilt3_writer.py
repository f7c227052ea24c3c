"""Writing baseline packages with quilt3 itself, where QuiltOps cannot make them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout

import requests
from botocore.exceptions import BotoCoreError, ClientError

from data.baseline import PackageRevision
from environment.errors import SuiteError
from environment.secrecy.redaction import redact


class Quilt3Writer:
    """Writes packages with quilt3, as whoever is signed in to it: a session of local mode, which has to be active.

    No file is copied. quilt3 reads each object for its hash (sha2-256-chunked), so that the manifest says what lies in
    S3, whatever digests are pinned. A revision is given whole, so it replaces whatever is there under its name.
    """

    def __init__(self, registry: str) -> None:
        """``registry`` is ``s3://bucket``."""
        self._registry = registry

    def write(self, revision: PackageRevision) -> str:
        """Make it the latest revision of its package; return its top hash.

        Raises:
            SuiteError: quilt3 or S3 refuses it.
        """
        import quilt3

        tried = f"Created package {revision.name} in {self._registry} with quilt3"
        # Package.push tells people where to browse: these are the lines of a command, which programs read.
        with quilt3_refusals_in_words(tried), redirect_stdout(io.StringIO()):
            package = quilt3.Package()
            for file in revision.files:
                package.set(file.logical_key, file.physical_key)
            package.set_meta(revision.metadata)
            pushed = package.push(
                revision.name,
                registry=self._registry,
                message=revision.message,
                selector_fn=lambda logical_key, entry: False,
                force=True,
            )
        return str(pushed.top_hash)


@contextmanager
def quilt3_refusals_in_words(tried: str) -> Iterator[None]:
    """Turn what quilt3 raises inside, when the registry or S3 refuses, into an error for people.

    Args:
        tried: what is done inside, as "Signed in with quilt3".

    Raises:
        SuiteError: instead of the exceptions of quilt3, requests and botocore.
    """
    from quilt3.data_transfer import S3NoValidClientError
    from quilt3.util import QuiltException

    try:
        yield
    except (QuiltException, S3NoValidClientError, requests.RequestException, ClientError, BotoCoreError) as error:
        raise SuiteError(
            tried,
            redact(str(error)),
            "Dana's token must be good, and her role in the catalog must read the data bucket and write the packages "
            "bucket: 'acceptance doctor' looks at a live deployment, 'acceptance users create' puts its roles right",
        ) from error

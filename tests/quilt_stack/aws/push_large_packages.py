"""Run by ``test_aws_quilt3`` in a process of its own: unmodified quilt3 with a package that needs multipart uploads.

Arguments: source bucket, target bucket, folder to work in. Prints what it found as one JSON object.
"""

from __future__ import annotations

import functools
import json
import random
import sys
from pathlib import Path

import botocore.loaders
import botocore.session
import quilt3

# quilt3 makes a botocore session for each client, and each parses the same JSON: half of this script's time.
botocore.session.create_loader = functools.cache(botocore.loaders.create_loader)

SIZE = 20 * 1024 * 1024


def main(source: str, target: str, folder: Path) -> None:
    body = random.Random(7).randbytes(SIZE)
    large = folder / "large.bin"
    large.write_bytes(body)
    (folder / "a+b c.txt").write_text("small" * 400)  # quilt3 sends less than 1 KiB anew each time

    package = quilt3.Package()
    package.set("large.bin", str(large))
    package.set("a+b c.txt", str(folder / "a+b c.txt"))
    pushed = package.push("team/large", f"s3://{source}", force=True)

    again = quilt3.Package()
    again.set("large.bin", str(large))
    again.set("a+b c.txt", str(folder / "a+b c.txt"))
    repushed = again.push("team/large", f"s3://{source}", force=True)

    browsed = quilt3.Package.browse("team/large", f"s3://{source}")
    copied = browsed.push("team/copy", f"s3://{target}", force=True)
    fetched = folder / "fetched"
    copied.fetch(str(fetched))
    found = {
        "top_hashes": [pushed.top_hash, repushed.top_hash, copied.top_hash],
        "copied_to": copied["large.bin"].physical_key.bucket,
        "same_bytes": (fetched / "large.bin").read_bytes() == body,
        "verified": copied.verify(str(fetched)),
    }
    print(json.dumps(found))  # noqa: T201 -- the answer to the test


main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))

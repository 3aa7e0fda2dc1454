"""Objects are listed by the thousand: the number of requests is that of the pages, not that of the objects."""

import hashlib
import json
import logging
from concurrent.futures import ThreadPoolExecutor

import pytest

from mlgitops.audit import audit
from tests.mlgitops.audit.conftest import config
from tests.mlgitops.audit.remotes import BUCKET, BucketHand
from tests.repositories import WorkingTree

OBJECTS = 3_000
PAGE = 1_000  # keys that S3 lists at once


@pytest.mark.slow
def test_a_bucket_is_listed_page_by_page(
    tree: WorkingTree, bucket, server: str, caplog: pytest.LogCaptureFixture
) -> None:
    config(tree, f"s3://{BUCKET}/data", endpointurl=server)
    hand, files = BucketHand(bucket), {f"{n}.txt": str(n).encode() for n in range(OBJECTS)}
    listing = [{"md5": hashlib.md5(content).hexdigest(), "relpath": name} for name, content in files.items()]
    content = json.dumps(listing).encode()
    name = hashlib.md5(content).hexdigest() + ".dir"
    with ThreadPoolExecutor() as pool:
        list(pool.map(hand.write, [entry["md5"] for entry in listing], files.values()))
    hand.write(name, content)
    for path in ("dvc.lock", "data/raw.dvc"):
        (tree.root / path).unlink()
    size = sum(map(len, files.values()))
    tree.write("many.dvc", f"outs:\n- {{md5: {name}, size: {size}, nfiles: {OBJECTS}, hash: md5, path: many}}\n")
    caplog.clear()
    caplog.set_level(logging.INFO, "werkzeug")
    report = audit(tree.repository, None)
    assert (report.objects, report.lost) == (OBJECTS + 1, [])
    requests = [record for record in caplog.records if record.name == "werkzeug"]
    assert OBJECTS / PAGE <= len(requests) <= OBJECTS / PAGE + 6

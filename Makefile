# Two commands for a newcomer: `make demo` and `make test`. `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SHARED ?= ../shared

.DEFAULT_GOAL := help
.PHONY: help lock

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-18s %s\n", $$1, $$2}'

$(VENV)/.installed: requirements/dev.txt pyproject.toml scripts/bootstrap.sh
	@PYTHON="$(PYTHON)" sh scripts/bootstrap.sh $(VENV)

lock: $(VENV)/.installed ## resolve the requirement files anew (hashes, no addresses)
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements/core.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra verify -c requirements/core.txt pyproject.toml -o requirements/verify.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra verify --extra dev -c requirements/verify.txt pyproject.toml requirements/tools.in -o requirements/dev.txt

.PHONY: eval-onboarding
eval-onboarding: $(VENV)/.installed ## score detection on the evaluation set (MIRROR=folder of fetched sources: whole apps)
	$(BIN)/python scripts/eval_onboarding.py --shared $(SHARED) --mirror "$(MIRROR)"

# What can be done with a checkout; `make help` lists it.
#
# Needs Python 3.11 or newer, by the name python3 or as `make up PYTHON=…`.

PYTHON ?= python3
RUN := .venv/bin
TOO_OLD = This is not Python 3.11 or newer: name one, make $@ PYTHON=/path/to/python3
environment = @$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	|| { echo "$(TOO_OLD)" >&2; exit 1; }; $(PYTHON) -m preceptor.environment
step = @printf '\n\033[1m%s\033[0m\n' "$(1)";

SOURCES := preceptor pairings reviews progress
# Every value that production asks for, so that its settings can be checked.
PRODUCTION := PRECEPTOR_ENV=production \
	PRECEPTOR_SECRET_KEY=checked-but-never-used-0123456789-abcdefghijklmnopqrstuvwxyz \
	PRECEPTOR_ALLOWED_HOSTS=preceptor.example \
	PRECEPTOR_BASE_URL=https://preceptor.example \
	PRECEPTOR_EMAIL_URL=submission://user:password@mail.example:587 \
	PRECEPTOR_EMAIL_FROM=preceptor@preceptor.example \
	DATABASE_URL=postgres://preceptor@database.example/preceptor \
	REDIS_URL=redis://cache.example:6379

# What Python compiles is kept: tests start some fifty processes, each of which would
# otherwise compile the product anew where the machine says not to keep it.
test: export PYTHONDONTWRITEBYTECODE =
# One process more than two cores: each waits a good part of its time for the database,
# for what it started or for the browser.
WORKERS := 3

.DEFAULT_GOAL := help
.PHONY: help up test lint bench faults fuzz reset

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-6s  %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: ## Run Preceptor on this machine (PORT=8000 unless named)
	$(environment) embedded
	@exec $(RUN)/python -m preceptor.up

test: ## Pass every test: on real servers, then in a real browser
	$(environment) embedded dev
	@$(RUN)/python -m tests.chromium
	@$(RUN)/python -m tests.pgbouncer
	$(call step,Unit and integration tests) \
		$(RUN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --ignore tests/browser
	$(call step,Browser tests) \
		$(RUN)/pytest -n $(WORKERS) --dist worksteal -m "not timed" tests/browser
	$(call step,Browser tests that measure time) $(RUN)/pytest -m timed tests/browser

lint: ## Check style, types, weaknesses, imports, templates, migrations, settings
	$(environment) embedded dev
	$(call step,ruff check) $(RUN)/ruff check .
	$(call step,ruff format) $(RUN)/ruff format --check .
	$(call step,mypy) $(RUN)/mypy .
	$(call step,bandit) \
		$(RUN)/bandit --quiet --configfile pyproject.toml --recursive $(SOURCES)
	$(call step,Known weaknesses of packages) $(RUN)/python -m tests.audit
	$(call step,Imports) $(RUN)/lint-imports
	$(call step,Templates) $(RUN)/djlint templates --lint --quiet
	$(call step,Missing migrations) \
		$(RUN)/python -W ignore manage.py makemigrations --check --dry-run
	$(call step,Production settings) \
		$(PRODUCTION) $(RUN)/python manage.py check --deploy --fail-level WARNING

bench: ## Measure on a large organisation (it is built on the first run)
	$(environment) embedded dev
	@$(RUN)/python -m bench

faults: ## Kill servers and processes under the reminders, 200 times (ROUNDS=200)
	$(environment) embedded dev
	@$(RUN)/python -m tests.faults --rounds $(or $(ROUNDS),200)

fuzz: ## Send every route what no page of ours would (MINUTES=15)
	$(environment) embedded dev
	@FUZZ_MINUTES=$(or $(MINUTES),15) FUZZ_SEED=$(SEED) $(RUN)/pytest -q tests/fuzz

reset: ## Delete all data under var/, after asking
	@$(PYTHON) -m preceptor.reset

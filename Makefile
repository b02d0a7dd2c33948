# Two targets do everything on a fresh machine: `make site` and `make test`. Plain `make` prints the list.
# ARGS passes options on, e.g. make site ARGS="--set sources.cboe.base_url=http://127.0.0.1:8765/cdn.cboe.com"

ARGS ?=
PORT ?= 8000
BASE ?= main
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3.13 python3.14 python3.12 python3.11 python3 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo $$p; break; }; done)

.DEFAULT_GOAL := help
.PHONY: help site fetch build check serve sample live commit-data pack-data unpack-data through heartbeat watch alert notify-flip notify-failure keep-assets newest oldest lock quick test test-all lint bench bench-analytics bench-coverage calibration bench-archive bench-page same audit lighthouse docs clean

help:  ## Print this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

site: $(VENV)/.ready node_modules/.ready  ## Environment, fetch, build into site/ (stored or sample data without network)
	@$(BIN)/ivts-site fetch $(ARGS); status=$$?; case $$status in \
		0) ;; \
		3|4) echo "Fetch failed (exit $$status): building from what is stored." >&2 ;; \
		*) exit $$status ;; esac
	@$(BIN)/ivts-site build $(ARGS)

fetch: $(VENV)/.ready  ## Fetch only: vendors into data/
	@$(BIN)/ivts-site fetch $(ARGS)

build: $(VENV)/.ready node_modules/.ready  ## Build only: data/ into site/ (SITE_URL=https://... where config.yaml names no address)
	@address=$$(.ci/site-url) && $(BIN)/ivts-site build $$address $(ARGS)

check: $(VENV)/.ready  ## Check settings, content, stored closes, their age and the built site
	@$(BIN)/ivts-site check $(ARGS)

serve: build  ## Build and preview on this machine (PORT=8000)
	@$(BIN)/ivts-site serve --port $(PORT)

sample: $(VENV)/.ready node_modules/.ready  ## Simulated closes into sample-data/, the site from them into site-sample/
	@$(BIN)/ivts-site sample --out sample-data
	@$(BIN)/ivts-site build --data-dir sample-data --out site-sample

live: $(VENV)/.ready  ## Ask every configured source once, into a temporary folder: do vendors still send what is parsed?
	@$(BIN)/python .ci/live.py

watch: $(VENV)/.ready  ## Read the status of the deployed site (site.base_url, or SITE_URL) and say whether it is as it should be
	@$(BIN)/python .ci/watch.py

commit-data: ## Commit data/ if a fetch changed it, and push (for the nightly job)
	@.ci/commit-data

pack-data: ## Pack data/ into closes.tar, encrypted with DATA_KEY if that is set (hands closes from job to job)
	@.ci/closes pack

unpack-data: ## Make data/ equal to what closes.tar holds
	@.ci/closes unpack

through: ## Print the last session that the built site speaks about
	@.ci/through

heartbeat: ## Tell a monitor that the job ran: HEALTHY=true|false, its address in IVTS_HEARTBEAT_URL
	@.ci/heartbeat

alert: ## Open, update or close the issue of a scheduled job: HEALTHY=true|false MESSAGE=... (needs gh)
	@.ci/alert

notify-flip: $(VENV)/.ready  ## Tell the webhook of `notify` of each flip it has not taken yet
	@address=$$(.ci/site-url) && $(BIN)/ivts-site notify --event flip $$address $(ARGS)

keep-assets: $(VENV)/.ready  ## Copy the assets of the deployed site into the new one, for pages held in caches: SITE_URL=...
	@$(BIN)/python .ci/keep_assets.py

newest: ## Test with the newest version of everything, upper bounds lifted (weekly job)
	@.ci/newest

oldest: ## Test with the oldest versions that pyproject.toml allows
	@.ci/oldest

lock: ## Write requirements.txt and requirements-dev.txt anew, and npm's plotly.js as the locked plotly.py carries it
	@.ci/lock

notify-failure: $(VENV)/.ready  ## Tell the webhook of `notify` that a run failed: MESSAGE=...
	@$(BIN)/ivts-site notify --event failure --message "$${MESSAGE:-}" $(ARGS)

# coverage is judged by the whole suite alone, not by the files that ARGS names; `coverage report` has it by file
PYTEST := env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder
COVERAGE = $(if $(findstring tests/,$(ARGS)),,--cov --cov-report=)

quick: $(VENV)/.ready-dev node_modules/.ready-dev  ## Unit and architecture tests alone, without coverage
	@$(PYTEST) -p no:playwright tests/architecture tests/unit $(ARGS)

test: $(VENV)/.ready-dev node_modules/.ready-dev  ## The test suite with long tables sampled, or the files that ARGS names
	@$(PYTEST) $(COVERAGE) $(ARGS)

test-all: $(VENV)/.ready-dev node_modules/.ready-dev  ## The test suite with every kill, evening, fault and example (weekly job)
	@$(PYTEST) --whole $(COVERAGE) $(ARGS)

lint: $(VENV)/.ready-dev  ## ruff, mypy --strict, import-linter, and the workflows with zizmor, their schema and actionlint
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/zizmor --offline --pedantic --quiet .github
	@$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	@$(BIN)/actionlint

bench: $(VENV)/.ready node_modules/.ready  ## Build time and memory as ratios to baselines of the same run
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m benchmarks.bench_build

same: $(VENV)/.ready-dev node_modules/.ready  ## Every file of the site that differs from another revision's: BASE=main
	@$(BIN)/python -m benchmarks.same $(BASE)

audit: $(VENV)/.ready-dev node_modules/.ready-dev  ## axe and HTML validity on every page, sizes within their budgets
	@$(BIN)/python -m pytest --whole tests/browser/test_audit.py tests/browser/test_budgets.py $(ARGS)

lighthouse: $(VENV)/.ready-dev node_modules/.ready-dev  ## Lighthouse scores, mobile, median of three
	@$(BIN)/python -m benchmarks.lighthouse $(ARGS)

bench-analytics: $(VENV)/.ready-dev  ## The numbers' own cost beside plain loops and another bootstrap, up to a million sessions
	@$(BIN)/python -m benchmarks.bench_analytics $(ARGS)

# one thread: the products of small arrays gain nothing from more, and other work on the machine goes on
COVERAGE_ENV := env OPENBLAS_NUM_THREADS=1 MALLOC_MMAP_THRESHOLD_=100000000 MALLOC_TRIM_THRESHOLD_=400000000

bench-coverage: $(VENV)/.ready-dev  ## Score the studies' intervals on histories without an effect (ten minutes of CPU, resumable)
	@$(COVERAGE_ENV) $(BIN)/python -m benchmarks.bench_coverage $(ARGS)

calibration: $(VENV)/.ready-dev  ## Make the quantiles behind the studies' intervals anew (four minutes of CPU, resumable)
	@$(COVERAGE_ENV) $(BIN)/python -m benchmarks.bench_coverage --make $(ARGS)

bench-archive: $(VENV)/.ready node_modules/.ready  ## Builds with every page of the past, 1 to 170 years: time, size, memory
	@$(BIN)/python -m benchmarks.bench_archive $(ARGS)

bench-page: $(VENV)/.ready-dev node_modules/.ready-dev  ## The page beside pages that draw eagerly: bytes and times as ratios
	@$(BIN)/python -m benchmarks.bench_page $(ARGS)

docs: $(VENV)/.ready-dev node_modules/.ready  ## Regenerate the references in docs/, the JSON Schemas, the list of JSON keys and the README's picture (not that: ARGS=--no-picture)
	@$(BIN)/python -m tests.docs.generate $(ARGS)

clean:  ## Remove everything generated but the stored closes
	rm -rf $(VENV) .venv-newest .venv-oldest node_modules site site-sample site-look sample-data .site*.lock .site*.spare .cache .pytest_cache .mypy_cache .ruff_cache \
		.import_linter_cache .hypothesis .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# compiled explicitly: some environments set PYTHONDONTWRITEBYTECODE, and pandas then starts three times slower
define install
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python" >&2; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV) …" >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r $(1)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps --no-build-isolation -e .
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m compileall -q -j 0 $(VENV)/lib src >/dev/null 2>&1 || true
	@touch $@
endef

$(VENV)/.ready: pyproject.toml requirements.txt
	$(call install,requirements.txt)

$(VENV)/.ready-dev: pyproject.toml requirements-dev.txt
	$(call install,requirements-dev.txt)
	@touch $(VENV)/.ready

# npm brings the small Plotly bundle; without npm the build takes the full one out of the plotly package
node_modules/.ready: package-lock.json
	@mkdir -p node_modules
	@if command -v npm >/dev/null 2>&1; then \
		npm ci --omit=dev --ignore-scripts --loglevel=error --no-progress >&2 || echo "npm failed: the full Plotly bundle is used." >&2; \
	fi
	@mkdir -p node_modules && touch $@

# the tools of the page's tests: axe, html-validate, lighthouse; tests that lack theirs are skipped and say so
node_modules/.ready-dev: package-lock.json
	@mkdir -p node_modules
	@if command -v npm >/dev/null 2>&1; then \
		npm ci --ignore-scripts --loglevel=error --no-progress >&2 || echo "npm failed: audits are skipped." >&2; \
	fi
	@mkdir -p node_modules && touch node_modules/.ready $@

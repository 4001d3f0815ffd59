# Everything a person or CI does here. Needs Python 3.11 or newer, make and a package registry.
PYTHON ?= python3

BIN := .venv/bin
UV := uv==0.13.9
INSTALLED := .venv/.installed

# To compile every module anew in every process that a test starts would take minutes.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup run demo test check format bench peers bench-peers replay quality messages lock image

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(INSTALLED) ## install what uv.lock names into .venv, and make the cache of word forms, unless they are there

run: setup ## start the daemon with SQLite and the page on 127.0.0.1:8000
	$(BIN)/monitor run

demo: setup ## show the program on sample feeds, offline
	$(BIN)/monitor demo

test: setup ## run every test
	$(BIN)/pytest -n 2 --dist loadfile

check: setup ## format, lint, types, imports, and branch coverage by the tests that do the same every time
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n 2 --dist loadfile -m "not processes and not hypothesis" --cov --cov-report term

format: setup ## format the code and mend what ruff can mend
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

bench: setup ## run the benchmarks and print their numbers
	$(BIN)/python -m tests.benchmarks

peers: .peers/.installed ## install lemon24's reader in .peers, and look for newsboat, to measure against
	@command -v newsboat >/dev/null || echo "newsboat is not there; install your system's package, in Debian: apt-get install newsboat" >&2

bench-peers: setup peers ## poll 1,000 feeds with this program, reader and newsboat; takes a quarter of an hour
	$(BIN)/python -m tests.benchmarks.peers

quality: setup ## measure the judgements on the labelled news of the shared data
	$(BIN)/python -m tests.quality

replay: setup ## replay all the publishers' documents of the shared data; takes a quarter of an hour
	MONITOR_FULL_REPLAY=1 $(BIN)/pytest --log-cli-level info tests/e2e/test_replay.py

messages: setup ## bring new sentences of digests into the catalogues of languages
	$(BIN)/pybabel -q extract -k _label -k _mark -k text -k count:2,3 --no-location --sort-output --omit-header -o .venv/digest.pot monitor/digest/language.py
	for file in monitor/digest/locale/*.po; do \
	  $(BIN)/pybabel -q update --omit-header --no-fuzzy-matching --ignore-obsolete -l $$(basename $$file .po) -i .venv/digest.pot -o $$file; \
	done

lock: setup ## renew uv.lock within the ranges of pyproject.toml
	$(BIN)/uv lock --upgrade

image: ## build the Docker image monitor:latest
	docker build --tag monitor .

$(INSTALLED): pyproject.toml uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "monitor needs Python 3.11 or newer, and $(PYTHON) is not; name another: make PYTHON=python3.12 ..." >&2; \
	  exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $(UV)
	UV_PROJECT_ENVIRONMENT=.venv $(BIN)/uv sync --quiet --locked --all-extras --compile-bytecode --no-python-downloads
	$(BIN)/python -m monitor.forms
	@touch $@

# reader's own copy of feedparser needs sgmllib3k. Nothing else belongs here: niquests puts another urllib3 in place of
# the one that reader uses, and reader then waits forever.
.peers/.installed: Makefile
	$(PYTHON) -m venv .peers
	.peers/bin/python -m pip install --quiet --disable-pip-version-check reader==3.26 sgmllib3k==1.0.0
	@touch $@

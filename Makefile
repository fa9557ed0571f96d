# Two commands: `make report` finds the symmetries and renders the report, `make test` runs every test.
# Both build .venv first, from the versions in envs/constraints.txt. `make help` lists the rest.

SHELL       := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

VENV   := .venv
BIN    := $(VENV)/bin
CORES  ?= all
SIZE   ?= full
# The first that runs and is new enough; a pyenv shim may exist without running.
RECENT := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do "$$p" -c '$(RECENT)' 2>/dev/null && echo "$$p" && break; done)
STAMP  := $(VENV)/.installed-with

.PHONY: help env report smoke test slurm fuzz torture docs docs-results lint types format schema lock bench clean

help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

env: $(STAMP) ## build .venv with everything the project needs

$(STAMP): pyproject.toml envs/constraints.txt
	@"$(or $(PYTHON),false)" -c '$(RECENT)' 2>/dev/null || { \
	  echo "symscope: Python 3.11 or newer is needed, and '$(or $(PYTHON),python3)' is none; name one: make PYTHON=/path/to/python3.11"; exit 1; }
	@echo "symscope: building $(VENV) from envs/constraints.txt (about a minute)"
	@"$(PYTHON)" -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]' -c envs/constraints.txt
	@touch $@

report: env ## run the default workflow on all cores and print where the report is
	@$(BIN)/snakemake --cores $(CORES)
	@echo
	@echo "symscope: the report is at $$(pwd)/results/report/index.html"

smoke: env ## the whole DAG at toy size, in some minutes, under results/smoke
	@$(BIN)/snakemake --cores $(CORES) --configfile config/smoke.yaml

# The plugin for SLURM lives in an environment of its own, which sees the packages of .venv: Snakemake imports every plugin
# at every start, and this one costs a second and more.
SLURM_VENV := .venv-slurm

$(SLURM_VENV)/.installed-with: $(STAMP)
	@echo "symscope: building $(SLURM_VENV) with the plugin for SLURM"
	@rm -rf $(SLURM_VENV)
	@$(BIN)/python -m venv $(SLURM_VENV)
	@$(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))' \
	  > "$$($(SLURM_VENV)/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/venv.pth"
	@$(SLURM_VENV)/bin/python -m pip install --quiet --disable-pip-version-check -c envs/constraints.txt \
	  'snakemake-executor-plugin-slurm>=2.8,<3'
	@touch $@

slurm: $(SLURM_VENV)/.installed-with ## the workflow through a real SLURM on this machine (as root, some minutes)
	@OMP_NUM_THREADS=1 SYMSCOPE_INSTALL_SLURM=1 $(SLURM_VENV)/bin/python -m pytest -m slurm tests/cluster

test: env ## all tests but those of `make slurm`
	@# One thread for each worker: two workers with two threads each only get in each other's way.
	@OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --dist loadfile -m 'not slurm'

fuzz: env ## damage thousands of small files, and see that each is read or refused
	@$(BIN)/python tests/robustness/fuzz.py --inputs 12000

torture: env ## kill the smoke run a hundred times, and see that it ends with the same files (an hour)
	@$(BIN)/python tests/robustness/random_kills.py --kills 100

docs: env ## the documentation, as pages that can be read from disk
	@$(BIN)/python -m sphinx -q -W --keep-going -b html docs docs/_build/html
	@echo "symscope: the documentation is at $$(pwd)/docs/_build/html/index.html"

docs-results: env ## numbers and figures of the documentation, from a finished default run
	@$(BIN)/python docs/take_results.py results

lint: env ## style of code, workflow and words
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/snakefmt --check Snakefile workflow
	$(BIN)/snakemake --lint
	$(BIN)/codespell

types: env ## static types
	$(BIN)/mypy

format: env ## rewrite code and workflow in the house style
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(BIN)/snakefmt Snakefile workflow

schema: env ## export schema and reference of the configuration from the models in src/
	$(BIN)/python -m symscope.config.export

lock: env $(SLURM_VENV)/.installed-with ## refresh envs/constraints.txt from the current environment
	@{ sed -n '/^#/p' envs/constraints.txt; \
	  for venv in $(VENV) $(SLURM_VENV); do $$venv/bin/python -m pip freeze --exclude-editable; done | sed 's/+cpu//' | sort -fu; \
	} > envs/constraints.txt.new
	@mv envs/constraints.txt.new envs/constraints.txt

bench: env ## the benchmarks: each prints a ratio against a plain reference
	@for script in tests/benchmarks/bench_*.py; do echo "== $$script"; \
	  $(BIN)/python -m "tests.benchmarks.$$(basename "$$script" .py)" --size $(SIZE); done

clean: ## remove what a run wrote (results, logs, benchmarks), keep .venv
	rm -rf results logs benchmarks .snakemake

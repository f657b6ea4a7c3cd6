# Every target makes the environment it needs; `make help` lists them.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo serve test clusters check format parity jars bench soak lock docs examples clean

PYTHON := .venv/bin/python
WORKERS ?= 2
ARGS ?=

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

demo: ## answer a question over the bundled example data
	@scripts/setup run
	@scripts/demo

serve: ## answer questions over HTTP on http://127.0.0.1:8000 (ARGS="--port 9000")
	@scripts/setup run
	@.venv/bin/spark-interpreter serve $(ARGS)

test: ## install what the tests need and run all but the long groups (ARGS="-k word" to choose)
	@scripts/setup dev
	@scripts/setup spark
	@scripts/jars || [ "$${CI:-}" != true ]
	@$(PYTHON) -m pytest -n $(WORKERS) --dist loadgroup -m "not clusters" $(ARGS)

clusters: ## run the tests on Apache Spark clusters and EMR jobs; needs Java and Maven
	@scripts/setup dev
	@scripts/setup spark
	@scripts/jars
	@$(PYTHON) -m pytest -n $(WORKERS) --dist loadgroup -m clusters $(ARGS)

check: ## lint, formatting, types, import directions, documentation in step
	@scripts/setup dev
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	.venv/bin/lint-imports
	$(PYTHON) scripts/docs.py --check

format: ## format the code and apply the safe fixes
	@scripts/setup dev
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

parity: ## run the question scripts on Apache Spark and compare the answers; needs Java
	@scripts/setup dev
	@scripts/setup spark
	@$(PYTHON) -m pytest -m parity $(ARGS)

jars: ## fetch what Apache Spark needs to read S3 and databases into jars/; needs Maven
	@scripts/jars

bench: ## measure speed and memory (ARGS="--only csv" to choose)
	@scripts/setup dev
	@scripts/setup spark
	@$(PYTHON) -m benchmarks.run $(ARGS)

soak: ## use the service for a simulated week and watch what may not grow (ARGS="--turns 5000")
	@scripts/setup dev
	@$(PYTHON) -m benchmarks.soak $(ARGS)

docs: ## write the generated parts of the documentation
	@scripts/setup dev
	$(PYTHON) scripts/docs.py

examples: ## write the example data
	@scripts/setup run
	$(PYTHON) examples/make_shop.py

lock: ## resolve the requirements again; UPGRADE=1 takes newer versions
	@scripts/setup tools
	@scripts/lock $(if $(UPGRADE),--upgrade)

clean: ## remove environments, caches and builds
	rm -rf jars .venv .venv-spark .venv-tools .*_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

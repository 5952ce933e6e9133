# Two commands on a fresh machine: `make demo` and `make test`.
.DEFAULT_GOAL := help
.PHONY: help demo demo-reset test coverage check bench faults setup screenshots hostile trust

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## Serve the demo until Ctrl-C (PARVIS_PORT, PARVIS_HOME, DATABASE_URL, REDIS_URL)
	@platform/bin/demo

demo-reset: ## Stop the demo and delete its data: the next `make demo` starts over
	@platform/bin/demo reset

test: ## Run the whole suite, browser journeys included
	@platform/bin/test

coverage: ## Run the whole suite and measure what it covers; fails under 90 %
	@PARVIS_COVERAGE=1 PARVIS_TEST_SECONDS=3600 platform/bin/test

check: ## Check format, lint, types, imports, templates, migrations, translations
	@platform/bin/check

bench: ## Measure, and compare with the targets (P=race: one group)
	@platform/bin/bench $(P)

faults: ## Kill and cut things, and check that nothing is lost (P="S3 S5", SEED, MUTANTS=1, REPORT)
	@platform/bin/faults $(P)

hostile: ## Send every address 21,000 hostile requests; prints N passed, N failed (P="commune-booking")
	@PARVIS_HOSTILE_AT="$(P)" platform/bin/hostile

trust: ## Write the pages of docs/trust/ that come from the sources: ASVS, isolation, personal data
	@platform/bin/trust

setup: ## Only install the locked dependencies in .venv
	@platform/bin/setup

screenshots: ## Take the pictures of the README from a running demo
	@platform/bin/setup
	@.venv/bin/python platform/bin/screenshots

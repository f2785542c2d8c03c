# Everyday commands. `make` or `make help` lists them.

# How `make run` and `make build` build: dev (PROFILE=dev) takes half the time of release, dist twice that time.
PROFILE ?= release
# Where the notebook environment is built. The hub keeps its data in .perijove too, unless its config says otherwise.
ENVIRONMENTS ?= $(CURDIR)/.perijove/environments
# Options for `perijove serve`, such as ARGS="--config perijove.toml".
ARGS ?=

TARGET = $(or $(CARGO_TARGET_DIR),$(CURDIR)/target)
BINARY = $(TARGET)/$(if $(filter dev,$(PROFILE)),debug,$(PROFILE))/perijove

.DEFAULT_GOAL := help
.PHONY: help run build environments test test-unit test-it test-machine conformance e2e containers screenshots fuzz-api fuzz-edge lint format docs bench advisories clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## build, prepare the notebook environment, start on http://127.0.0.1:8000
	@environments/build.sh lab "$(ENVIRONMENTS)/lab"
	@environments/perijove-lab/install.sh "$(ENVIRONMENTS)/lab"
	@PERIJOVE_SPAWNER_PROCESS_ENVIRONMENT_DIR="$${PERIJOVE_SPAWNER_PROCESS_ENVIRONMENT_DIR:-$(ENVIRONMENTS)/lab}" \
	  exec "$(BINARY)" serve $(ARGS)

build: ## build the binary
	cargo build --locked -p perijove --profile $(PROFILE)

environments: build ## build every environment that servers can run in: two gigabytes and some minutes
	"$(BINARY)" environments build datascience lab marimo

test: ## every check, installing what it needs where it can; says at the end what was skipped and why
	@scripts/test.sh

test-unit: ## the tests beside the code
	cargo test --workspace --lib --bins

test-it: ## the integration tests, with a throw-away PostgreSQL
	scripts/with-postgres.sh cargo test -p perijove --test it

test-machine: ## what needs systemd, control groups of version 2 and project quotas, in a virtual machine
	@scripts/machine.sh

# FILTER='^test_shares' runs a part of it.
conformance: ## JupyterHub's own tests against this hub and behind this edge, where their kit is; see conformance/README.md
	@scripts/conformance.sh $(if $(FILTER),'$(FILTER)')
	@$(if $(FILTER),true,scripts/conformance-proxy.sh)

e2e: ## the walk in a real browser
	@scripts/e2e.sh

containers: ## images and compose stacks, on an engine of its own
	@scripts/containers.sh

# BEFORE=DIR compares with the pictures in a folder instead of the run before; STRICT=1 makes a difference a failure.
screenshots: ## pictures of all pages, and what has changed in them since the run before; see e2e/README.md
	@scripts/screenshots.sh $(if $(BEFORE),'$(BEFORE)') $(if $(STRICT),--strict)

fuzz-api: ## ask the REST API what nobody would, and hold its answers to its description; FUZZ_EXAMPLES=100 asks more
	@scripts/fuzz-api.sh

fuzz-edge: ## throw at the edge's routes and REST API what nobody would write, a minute each; SECONDS=600 longer
	@scripts/fuzz-edge.sh $(or $(SECONDS),60)

lint: ## formatting and lints, as `make test` has them
	@scripts/test.sh format lint

format: ## format the code
	cargo fmt --all

docs: ## the API documentation of the crates
	RUSTDOCFLAGS="-D warnings -A rustdoc::private-intra-doc-links" cargo doc --workspace --no-deps --document-private-items --locked

bench: ## measure start-up, memory and speed; see bench/README.md
	@bench/run.sh

advisories: ## ask the RustSec database about our dependencies (needs the network and cargo-deny)
	cargo deny --locked check advisories

clean: ## remove what was built: binaries, artefacts, node modules; keeps the state of `make run`
	cargo clean
	rm -rf artifacts e2e/node_modules

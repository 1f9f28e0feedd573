# Two commands matter: `make run` shows the whole job on this machine, `make test` checks everything.
# Either works in a fresh clone: missing tools are installed, at fixed versions, outside the checkout.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

.PHONY: help
help:
	@echo 'make run     build everything, start the Worker and a model of Atlassian, print the address'
	@echo 'make test    formatting, lints, native tests, component tests and journeys in browsers'
	@echo 'make build   build everything, start nothing'
	@echo 'make size    the size of the first load and of the Worker'
	@echo 'make bench   the grid, the proxy and charts beside others of their kind (one: PARTS=proxy)'
	@echo 'make forge   build and check the Forge app, which shows charts in Confluence and Jira (see README.md)'
	@echo 'make load    calls for a quarter of an hour, while keys are revoked and the Worker is killed'
	@echo 'make prove   the protocol explored, the parsers fuzzed, the Worker killed at every arrow: half an hour'
	@echo 'make mutants change the code in many small ways and see whether a test fails: hours'
	@echo 'make deploy  build, then deploy to Cloudflare (see README.md)'

# ---- where the tools are ---------------------------------------------------------------------------------------------

CACHE := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/causeway
TOOLS := $(CACHE)/tools

TRUNK := $(TOOLS)/trunk-0.21.14/bin/trunk
WASM_BINDGEN := $(TOOLS)/wasm-bindgen-cli-0.2.129/bin/wasm-bindgen
WORKER_BUILD := $(TOOLS)/worker-build-0.8.7/bin/worker-build
WASM_SPLIT := $(TOOLS)/wasm_split_cli_support-0.2.4/bin/wasm-split-cli
MACHETE := $(TOOLS)/cargo-machete-0.9.1/bin/cargo-machete
GECKODRIVER := $(TOOLS)/geckodriver-0.37.1/bin/geckodriver
MUTANTS := $(TOOLS)/cargo-mutants-27.1.0/bin/cargo-mutants
TEST_RUNNER := $(dir $(WASM_BINDGEN))wasm-bindgen-test-runner

# One folder per lock file, so that checkouts with different locks do not share packages.
NPM_LOCKED := package.json package-lock.json .npmrc
NPM := $(CACHE)/npm-$(shell cat $(NPM_LOCKED) | { sha256sum 2>/dev/null || shasum -a 256; } | cut -c 1-16)
NODE_MODULES := $(NPM)/node_modules
# Wrangler needs a newer Node than many systems have, so the one from npm comes first on the PATH.
NODE_ARCH := $(if $(filter aarch64 arm64,$(shell uname -m)),arm64,x64)
NODE_BIN := $(NODE_MODULES)/node-linux-$(NODE_ARCH)/bin

export PATH := $(NODE_BIN):$(NODE_MODULES)/.bin:$(dir $(WASM_BINDGEN)):$(PATH)
export CAUSEWAY_NODE_MODULES := $(NODE_MODULES)
export CAUSEWAY_GECKODRIVER := $(GECKODRIVER)
export WRANGLER_SEND_METRICS := false
export CARGO_TERM_PROGRESS_WHEN := never

say = printf '\n\033[1m== %s\033[0m\n'
need = command -v $(1) >/dev/null || { echo "$(1) is missing: $(2)" >&2; exit 1; }

# ---- tools, each a file that exists only when it is whole ------------------------------------------------------------

# They are compiled once for a machine and run for seconds, so they are compiled without optimisation, except for the
# crates that read and write WebAssembly, and without the features that nothing here uses: TLS (nothing may be
# downloaded) and Trunk's check for updates.
TOOL_PROFILE := CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
  CARGO_PROFILE_RELEASE_DEBUG=0 CARGO_PROFILE_RELEASE_PANIC=unwind
FAST_WASM := $(foreach crate,walrus wasmparser wasm-encoder,--config profile.release.package.$(crate).opt-level=2)

# What `cargo install` is given, and how many seconds it takes on two cores after those before it.
BUILD_TOOLS := $(WASM_BINDGEN) $(WASM_SPLIT) $(WORKER_BUILD) $(TRUNK)
$(WASM_BINDGEN)_INSTALL := 50 wasm-bindgen-cli@0.2.129 --no-default-features $(FAST_WASM)
$(WASM_SPLIT)_INSTALL := 20 wasm_split_cli_support@0.2.4 --features build-binary $(FAST_WASM)
$(WORKER_BUILD)_INSTALL := 60 worker-build@0.8.7
$(TRUNK)_INSTALL := 120 trunk@0.21.14 --no-default-features
$(MACHETE)_INSTALL := 30 cargo-machete@0.9.1
$(GECKODRIVER)_INSTALL := 60 geckodriver@0.37.1
$(MUTANTS)_INSTALL := 120 cargo-mutants@27.1.0

# $(1) the tools: those that are missing are built beside their places in one shared folder, so that what they have in
# common is compiled once. Each is moved to its place when it is whole; an interrupted build leaves no half of one.
# Without --locked when the tool's own lock file names a version that the registry does not have.
define install_tools
	@$(call need,cargo,install Rust with rustup: https://rustup.rs)
	@mkdir -p '$(TOOLS)' && partial="$$(mktemp -d '$(TOOLS)/.partial-XXXXXX')" && trap 'rm -rf "$$partial"' EXIT; \
	export $(TOOL_PROFILE) CARGO_TARGET_DIR="$$partial/target"; \
	missing=(); left=0; \
	$(foreach tool,$(1),[ -x '$(tool)' ] || { missing+=('$(tool) $($(tool)_INSTALL)'); \
	  left=$$((left + $(firstword $($(tool)_INSTALL)))); };) \
	number=0; for one in $${missing[@]+"$${missing[@]}"}; do \
	  read -r path seconds crate options <<<"$$one"; number=$$((number + 1)); place="$${path%/bin/*}"; \
	  $(say) "Installing tool $$number of $${#missing[@]}, $${crate/@/ }; about $$(((left + 59) / 60)) min left for tools"; \
	  cargo install --locked --root "$$partial/root" "$$crate" $$options || { \
	    echo "Its lock file does not work here: the newest dependencies that fit are taken instead." >&2; \
	    cargo install --root "$$partial/root" "$$crate" $$options; }; \
	  rm -rf "$$place"; mv "$$partial/root" "$$place"; left=$$((left - seconds)); \
	done
endef

# Each rule installs all that are missing, in that order; those after it then find theirs in place.
$(BUILD_TOOLS):
	$(call install_tools,$(BUILD_TOOLS))
$(MACHETE):
	$(call install_tools,$(MACHETE))
$(GECKODRIVER):
	$(call install_tools,$(GECKODRIVER))
$(MUTANTS):
	$(call install_tools,$(MUTANTS))

# For journeys that are run without make.
.PHONY: geckodriver
geckodriver: $(GECKODRIVER)
	@echo '$(GECKODRIVER)'

# `npm install`, not `npm ci`: `npm ci` fails if the registry lacks a package that only another system needs. Both check
# packages against the sums in the lock file. Install scripts are off: the packages used here work without them.
NPM_READY := $(NPM)/.complete
$(NPM_READY):
	@$(call need,npm,install Node.js 18 or newer with npm; on Debian: apt-get install -y nodejs npm)
	@$(say) 'Installing wrangler, workerd, binaryen, esbuild and Node into $(NPM) (once; about half a gigabyte)'
	@mkdir -p '$(CACHE)' && partial="$$(mktemp -d '$(CACHE)/.npm-XXXXXX')" && trap 'rm -rf "$$partial"' EXIT && \
	cp $(NPM_LOCKED) "$$partial/" && (cd "$$partial" && npm install --ignore-scripts --no-save --loglevel=error) && \
	touch "$$partial/.complete" && rm -rf '$(NPM)' && mv "$$partial" '$(NPM)'

.PHONY: node
node: $(NPM_READY)
	@node --version | grep -qE '^v(2[2-9]|[3-9][0-9])\.' || \
	{ echo "Node 22 or newer is needed, and npm has none for this system: this is $$(node --version)" >&2; exit 1; }

# For journeys that are run without make.
.PHONY: node-modules
node-modules: node
	@echo '$(NODE_MODULES)'

# The folder's name depends on the lock file and on the version of Python, for which packages are compiled.
OAUTHLIB_LOCKED := edge/core/tests/oauthlib/requirements.txt
OAUTHLIB := $(CACHE)/python-oauthlib-3.3.1-$(shell { cat $(OAUTHLIB_LOCKED); python3 --version; } 2>&1 | \
	{ sha256sum 2>/dev/null || shasum -a 256; } | cut -c 1-16)
export CAUSEWAY_OAUTHLIB := $(OAUTHLIB)

OAUTHLIB_READY := $(OAUTHLIB)/.complete
$(OAUTHLIB_READY):
	@$(call need,python3,install Python 3.11 or newer with pip; on Debian: apt-get install -y python3 python3-pip)
	@python3 -m pip --version >/dev/null || { echo 'pip is missing; on Debian: apt-get install -y python3-pip' >&2; exit 1; }
	@$(say) 'Installing oauthlib for Python into $(OAUTHLIB) (once; tests check OAuth 1.0a against it)'
	@mkdir -p '$(CACHE)' && partial="$$(mktemp -d '$(CACHE)/.python-oauthlib-XXXXXX')" && trap 'rm -rf "$$partial"' EXIT && \
	python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --require-hashes --only-binary=:all: \
	  --target "$$partial" --requirement $(OAUTHLIB_LOCKED) && \
	touch "$$partial/.complete" && rm -rf '$(OAUTHLIB)' && mv "$$partial" '$(OAUTHLIB)'

# For those tests when they are run without make.
.PHONY: oauthlib
oauthlib: $(OAUTHLIB_READY)
	@echo '$(OAUTHLIB)'

# Clients of Jira that journeys run through a connection, as people install them.
CLIENTS_LOCKED := $(addprefix tests/journeys/clients/,requirements.txt package.json package-lock.json .npmrc)
CLIENTS := $(CACHE)/clients-$(shell { cat $(CLIENTS_LOCKED); python3 --version; } 2>&1 | \
	{ sha256sum 2>/dev/null || shasum -a 256; } | cut -c 1-16)
export CAUSEWAY_CLIENTS := $(CLIENTS)

CLIENTS_READY := $(CLIENTS)/.complete
$(CLIENTS_READY):
	@$(call need,npm,install Node.js 18 or newer with npm; on Debian: apt-get install -y nodejs npm)
	@$(call need,python3,install Python 3.11 or newer with pip; on Debian: apt-get install -y python3 python3-pip)
	@python3 -m pip --version >/dev/null || { echo 'pip is missing; on Debian: apt-get install -y python3-pip' >&2; exit 1; }
	@$(say) 'Installing clients of Jira (jira, atlassian-python-api, jira.js) into $(CLIENTS) (once)'
	@mkdir -p '$(CACHE)' && partial="$$(mktemp -d '$(CACHE)/.clients-XXXXXX')" && trap 'rm -rf "$$partial"' EXIT && \
	cp $(CLIENTS_LOCKED) "$$partial/" && \
	python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --require-hashes \
	  --only-binary=:all: --target "$$partial/python" --requirement "$$partial/requirements.txt" && \
	(cd "$$partial" && npm install --ignore-scripts --no-save --loglevel=error) && \
	touch "$$partial/.complete" && rm -rf '$(CLIENTS)' && mv "$$partial" '$(CLIENTS)'

# For journeys that are run without make.
.PHONY: clients
clients: $(CLIENTS_READY)
	@echo '$(CLIENTS)'
# What reads openapi.json as others do: Schemathesis, and the generators of clients for Python and TypeScript.
CONTRACT_PYTHON_LOCKED := tests/contract/requirements.txt
CONTRACT_PYTHON := $(CACHE)/python-contract-$(shell { cat $(CONTRACT_PYTHON_LOCKED); python3 --version; } 2>&1 | \
	{ sha256sum 2>/dev/null || shasum -a 256; } | cut -c 1-16)
export CAUSEWAY_CONTRACT_PYTHON := $(CONTRACT_PYTHON)

CONTRACT_PYTHON_READY := $(CONTRACT_PYTHON)/.complete
$(CONTRACT_PYTHON_READY):
	@$(call need,python3,install Python 3.11 or newer with pip; on Debian: apt-get install -y python3 python3-pip)
	@python3 -m pip --version >/dev/null || { echo 'pip is missing; on Debian: apt-get install -y python3-pip' >&2; exit 1; }
	@$(say) 'Installing Schemathesis and openapi-python-client into $(CONTRACT_PYTHON) (once; about 130 MB)'
	@mkdir -p '$(CACHE)' && partial="$$(mktemp -d '$(CACHE)/.python-contract-XXXXXX')" && trap 'rm -rf "$$partial"' EXIT && \
	python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --require-hashes --only-binary=:all: \
	  --target "$$partial" --requirement $(CONTRACT_PYTHON_LOCKED) && \
	touch "$$partial/.complete" && rm -rf '$(CONTRACT_PYTHON)' && mv "$$partial" '$(CONTRACT_PYTHON)'

CONTRACT_NPM_LOCKED := $(addprefix tests/contract/,package.json package-lock.json .npmrc)
CONTRACT_NPM := $(CACHE)/npm-contract-$(shell cat $(CONTRACT_NPM_LOCKED) | { sha256sum 2>/dev/null || shasum -a 256; } | cut -c 1-16)
export CAUSEWAY_CONTRACT_NPM := $(CONTRACT_NPM)

CONTRACT_NPM_READY := $(CONTRACT_NPM)/.complete
$(CONTRACT_NPM_READY): | node
	@$(say) 'Installing openapi-typescript and TypeScript into $(CONTRACT_NPM) (once)'
	@mkdir -p '$(CACHE)' && partial="$$(mktemp -d '$(CACHE)/.npm-contract-XXXXXX')" && trap 'rm -rf "$$partial"' EXIT && \
	cp $(CONTRACT_NPM_LOCKED) "$$partial/" && (cd "$$partial" && npm install --ignore-scripts --no-save --loglevel=error) && \
	touch "$$partial/.complete" && rm -rf '$(CONTRACT_NPM)' && mv "$$partial" '$(CONTRACT_NPM)'

# For those tests when they are run without make: eval "$(make -s contract-tools)"
.PHONY: contract-tools
contract-tools: $(CONTRACT_PYTHON_READY) $(CONTRACT_NPM_READY)
	@echo "export CAUSEWAY_CONTRACT_PYTHON='$(CONTRACT_PYTHON)' CAUSEWAY_CONTRACT_NPM='$(CONTRACT_NPM)'"

# What builds and checks the Forge app: the bridge, and Atlassian's validator. `make forge FORGE_APP_ID=… FORGE_REMOTE=…`
# builds the operator's app; the tests use one with an id and an address of nobody.
FORGE_LOCKED := $(addprefix app/forge/,package.json package-lock.json .npmrc)
FORGE_NPM := $(CACHE)/npm-forge-$(shell cat $(FORGE_LOCKED) | { sha256sum 2>/dev/null || shasum -a 256; } | cut -c 1-16)
FORGE_READY := $(FORGE_NPM)/.complete
$(FORGE_READY): | node
	@$(say) "Installing Atlassian's bridge and checks of Forge apps into $(FORGE_NPM) (once; about 110 MB)"
	@mkdir -p '$(CACHE)' && partial="$$(mktemp -d '$(CACHE)/.npm-forge-XXXXXX')" && trap 'rm -rf "$$partial"' EXIT && \
	cp $(FORGE_LOCKED) "$$partial/" && (cd "$$partial" && npm install --ignore-scripts --no-save --loglevel=error) && \
	touch "$$partial/.complete" && rm -rf '$(FORGE_NPM)' && mv "$$partial" '$(FORGE_NPM)'

FORGE_TESTED := target/forge-tested/csp.txt
FORGE_SOURCES := $(shell find app/forge app/embed -type f) edge/chart/src/draw/chart.css app/styles/atlaskit.css
build_forge = node app/forge/build.mjs '$(FORGE_NPM)' '$(NODE_MODULES)'

.PHONY: forge
forge: node $(FORGE_READY)
	@FORGE_APP_ID='$(FORGE_APP_ID)' FORGE_REMOTE='$(FORGE_REMOTE)' $(build_forge) target/forge

# The build is quick; what it checks are the manifest, the sizes and that nothing needs `eval`.
$(FORGE_TESTED): $(FORGE_SOURCES) $(FORGE_READY) | node
	@$(say) 'The Forge app: its manifest, its pages, their policy; and what embeds say to pages around them'
	@node --test --test-force-exit app/forge/*.test.mjs app/embed/*.test.mjs
	@FORGE_APP_ID=ari:cloud:ecosystem::app/3f6f1c1e-0000-4000-8000-000000000000 FORGE_REMOTE=https://causeway.example.com \
	$(build_forge) target/forge-tested

.PHONY: forge-tested
forge-tested: $(FORGE_TESTED)

.PHONY: wasm-target
wasm-target:
	@$(call need,cargo,install Rust with rustup: https://rustup.rs)
	@test -d "$$(rustc --print sysroot)/lib/rustlib/wasm32-unknown-unknown" || { \
	$(call need,rustup,it adds the target wasm32-unknown-unknown: https://rustup.rs); \
	$(say) 'Adding the Rust target wasm32-unknown-unknown'; rustup target add wasm32-unknown-unknown; }

# Journeys also run in Firefox and in WebKit, the engine of Safari, on a screen that nobody sees.
.PHONY: other-browsers
other-browsers: $(GECKODRIVER)
	@$(say) 'Looking for Firefox and WebKit'
	@find_one() { for name in "$$@"; do command -v "$$name" && return; done; return 1; }; \
	all() { find_one firefox-esr firefox && command -v WebKitWebDriver && command -v xvfb-run; }; \
	all || { \
	  root=''; [ "$$(id -u)" = 0 ] || root='sudo -n'; \
	  if command -v apt-get >/dev/null && { [ -z "$$root" ] || $$root true 2>/dev/null; }; then \
	    echo 'Installing them with apt-get (once)'; \
	    $$root apt-get update -qq && \
	    $$root apt-get install -y -qq firefox-esr webkit2gtk-driver xvfb xauth >/dev/null && all; \
	  else \
	    echo 'Missing: firefox, WebKitWebDriver with its MiniBrowser, or xvfb-run, on the PATH.' >&2; \
	    echo 'On Debian: sudo apt-get install -y firefox-esr webkit2gtk-driver xvfb xauth' >&2; exit 1; \
	  fi; }
# Every build takes the versions of Cargo.lock. Trunk and worker-build call Cargo themselves, so the lock is checked before.
.PHONY: locked
locked:
	@cargo metadata --locked --format-version 1 >/dev/null

.PHONY: browser
browser:
	@$(say) 'Looking for Chromium and ChromeDriver'
	@find_one() { for name in "$$@"; do command -v "$$name" && return; done; return 1; }; \
	both() { find_one chromium chromium-browser google-chrome && find_one chromedriver; }; \
	both || { \
	  root=''; [ "$$(id -u)" = 0 ] || root='sudo -n'; \
	  if command -v apt-get >/dev/null && { [ -z "$$root" ] || $$root true 2>/dev/null; }; then \
	    echo 'Installing them with apt-get (once)'; \
	    $$root apt-get update -qq && $$root apt-get install -y -qq chromium chromium-driver >/dev/null && both; \
	  else \
	    echo 'Missing: chromium (or google-chrome) and a chromedriver of the same version, on the PATH.' >&2; \
	    echo 'On Debian: sudo apt-get install -y chromium chromium-driver' >&2; exit 1; \
	  fi; }

# ---- building --------------------------------------------------------------------------------------------------------

APP_SOURCES := $(shell find app edge/api public -type f 2>/dev/null) Cargo.toml Cargo.lock $(wildcard Trunk.toml)
EDGE_SOURCES := $(shell find edge -path edge/build -prune -o -type f -print) Cargo.toml Cargo.lock .dev.vars.example
APP := dist/index.html
EDGE := edge/build/index.js

# One build at a time in a checkout, because two would overwrite each other's intermediate files. A build that has waited
# checks again what is left to do. The lock ends with the process that holds it; without flock, the lock is a symbolic
# link that names the process.
LOCK := target/build.lock
define in_turn
mkdir -p target; \
if command -v flock >/dev/null; then exec 9>'$(LOCK)'; flock -n 9 || { echo 'Waiting for another build here'; flock 9; }; \
else until ln -s "$$$$" '$(LOCK).held' 2>/dev/null; do \
  kill -0 "$$(readlink '$(LOCK).held')" 2>/dev/null || rm -f '$(LOCK).held'; sleep 1; done; \
  trap "rm -f '$(LOCK).held'" EXIT; fi;
endef

# $(1) the variable for its process id, $(2) a command. In a process group of its own, so that whatever ends this shell
# ends all of the command.
in_background = set -m; $(2) </dev/null & $(1)=$$!; set +m; trap "kill -- -$$$(1)" EXIT

.PHONY: build
build:
	@$(in_turn) $(MAKE) --no-print-directory built

# The Worker alone.
.PHONY: worker
worker: wasm-target locked
	@$(in_turn) $(MAKE) --no-print-directory $(EDGE)

# The app and the Worker at the same time, because each spends half of its build on one core. They have hardly a
# dependency with the same features in common, so a target folder of its own costs the Worker little.
.PHONY: built
built: node wasm-target locked $(BUILD_TOOLS)
	@$(call in_background,app,$(MAKE) --no-print-directory $(APP)); \
	$(MAKE) --no-print-directory $(EDGE); trap - EXIT; wait $$app

$(APP): $(APP_SOURCES) $(NPM_READY) | node wasm-target $(TRUNK) $(WASM_BINDGEN) $(WASM_SPLIT)
	@$(say) 'Building the app for release (optimising for size takes a few minutes the first time)'
	@PATH='$(CURDIR)/app/bundle:'"$$PATH" REAL_WASM_BINDGEN='$(WASM_BINDGEN)' WASM_SPLIT='$(WASM_SPLIT)' \
	'$(TRUNK)' build --release --offline
	@touch $@

# worker-build keeps the names of all functions, a fifth of the upload, and has no option to drop them: this second pass
# does. It allows the same WebAssembly features as worker-build, so that workerd can run the result.
WORKERD_WASM := $(addprefix --enable-,mutable-globals sign-ext nontrapping-float-to-int bulk-memory multivalue \
  reference-types exception-handling)

$(EDGE): $(EDGE_SOURCES) $(NPM_READY) | node wasm-target $(WORKER_BUILD) $(WASM_BINDGEN)
	@$(say) 'Building the Worker for release (optimising for size takes a few minutes the first time)'
	@cd edge && CARGO_TARGET_DIR='$(CURDIR)/target/worker' WASM_BINDGEN_BIN='$(WASM_BINDGEN)' WASM_OPT_BIN='$(NODE_MODULES)/.bin/wasm-opt' \
	ESBUILD_BIN='$(NODE_MODULES)/.bin/esbuild' '$(WORKER_BUILD)' --release
	@esbuild edge/src/entry.js --bundle --minify --format=esm --log-level=error --allow-overwrite \
	'--external:cloudflare:*' '--external:*.wasm' --outfile=edge/build/index.js
	@wasm-opt -Oz $(WORKERD_WASM) edge/build/index_bg.wasm -o edge/build/index_bg.wasm
	@touch $@

# ---- running ---------------------------------------------------------------------------------------------------------

.PHONY: run
run: build
	@$(say) 'Building the program that starts the Worker and the model of Atlassian'
	@cargo build --locked -p journeys --bin causeway-run
	@exec target/debug/causeway-run

.PHONY: deploy
deploy: build
	@wrangler deploy

# Any other wrangler command: make wrangler ARGS='secret put SEALING_KEYS'
.PHONY: wrangler
wrangler: node
	@wrangler $(ARGS)

.PHONY: size
size: build
	@node tests/journeys/scripts/size.mjs

# Screenshots of every screen, for people to judge: make pictures FOLDER=/tmp/pictures PARTS='lists connecting'
FOLDER ?= target/pictures
.PHONY: pictures
pictures: browser build
	@cargo build --locked -p journeys --bin causeway-pictures
	@target/debug/causeway-pictures '$(FOLDER)' $(PARTS)

# These numbers are printed and not asserted. What Causeway is measured against is installed by its own lock file, outside the checkout.
BENCH_LOCKED := $(addprefix tests/bench/,package.json package-lock.json .npmrc)
BENCH := $(CACHE)/bench-$(shell cat $(BENCH_LOCKED) | { sha256sum 2>/dev/null || shasum -a 256; } | cut -c 1-16)
BENCH_READY := $(BENCH)/.complete
$(BENCH_READY):
	@$(say) 'Installing what Causeway is measured against into $(BENCH) (once)'
	@mkdir -p '$(CACHE)' && partial="$$(mktemp -d '$(CACHE)/.bench-XXXXXX')" && trap 'rm -rf "$$partial"' EXIT && \
	cp $(BENCH_LOCKED) "$$partial/" && (cd "$$partial" && npm install --ignore-scripts --no-save --loglevel=error) && \
	touch "$$partial/.complete" && rm -rf '$(BENCH)' && mv "$$partial" '$(BENCH)'

# The parts of the bench: the grid, the proxy beside other Workers, what a proxied call costs in messages to objects, how
# quick tasks are, and charts.
# One alone: make bench PARTS=proxy ROUNDS=9
ALL_OF_BENCH := grid proxy messages tasks charts
PARTS_OF_BENCH := $(or $(filter $(ALL_OF_BENCH),$(PARTS)),$(ALL_OF_BENCH))
.PHONY: bench bench-grid bench-proxy bench-messages bench-tasks bench-charts
bench: $(addprefix bench-,$(PARTS_OF_BENCH))

bench-grid: browser build $(BENCH_READY) | node
	@$(say) 'The grid over 10,000 connections, beside a React page that does the same'
	@node tests/bench/bench.mjs dist '$(BENCH)' \
	"$$(command -v chromium || command -v chromium-browser || command -v google-chrome)"

bench-proxy: worker $(BENCH_READY) | node
	@mkdir -p target/bench; NODE_PATH='$(BENCH)/node_modules' esbuild tests/bench/proxy/hono.mjs --bundle --minify \
	--format=esm --log-level=warning --outfile=target/bench/hono.mjs
	@$(say) 'Calls through a connection, beside a Worker that passes them through and one that does the same with hono'
	@cargo run --locked --quiet -p journeys --bin causeway-proxy-bench

bench-messages: build | node
	@$(say) 'Messages for calls through a connection, in the steady state'
	@cargo run --locked --quiet -p journeys --bin causeway-messages

bench-tasks: build | node
	@$(say) 'Tasks that are pushed, until they are in Jira, and a resync of them'
	@cargo run --locked --quiet -p journeys --bin causeway-tasks

bench-charts: browser build forge-tested $(WASM_BINDGEN) $(BENCH_READY) | node
	@cargo build --locked --quiet --release -p chart-bench --target wasm32-unknown-unknown
	@'$(WASM_BINDGEN)' --target web --no-typescript --out-dir target/bench/charts target/wasm32-unknown-unknown/release/chart_bench.wasm
	@$(say) 'Charts: drawing one, beside uPlot and Chart.js; then 10,000 readers of one'
	@node tests/bench/charts/charts.mjs target/bench/charts '$(BENCH)' \
	"$$(command -v chromium || command -v chromium-browser || command -v google-chrome)" target/forge-tested dist
	@cargo run --locked --quiet -p journeys --bin causeway-charts

# Ten minutes with kills and three without, by default: make load MINUTES=2 QUIET=3 RATE=100
.PHONY: load
load: build | node
	@$(say) 'Load through a hundred connections, while keys are revoked and the Worker is killed'
	@MINUTES='$(MINUTES)' QUIET='$(QUIET)' RATE='$(RATE)' CONNECTIONS='$(CONNECTIONS)' KEYS='$(KEYS)' \
	cargo run --locked --quiet -p journeys --bin causeway-load

# ---- checking --------------------------------------------------------------------------------------------------------

NATIVE := --workspace --exclude app --exclude bundle --exclude edge --features edge-core/fakes
WASM := -p app -p bundle -p edge --target wasm32-unknown-unknown

# The journeys are built apart from the native tests, although most dependencies are then compiled twice: the browser's
# driver turns on `preserve_order` in serde_json, which the Worker does not have, and Cargo unites the features of all
# packages that it builds together.
#
# The counts of all test runners are added up at the end, even if an earlier step failed.
.PHONY: test
test:
	@mkdir -p target; status=0; \
	$(MAKE) --no-print-directory checks </dev/null 2>&1 | tee target/test.log || status=$$?; \
	awk '/^test result: / { passed += $$4; failed += $$6; skipped += $$8 } \
	  END { printf "\n%d passed, %d failed, %d skipped\n", passed, failed, skipped }' target/test.log; \
	exit $$status

# The release build of the app and the Worker runs at the same time as the checks that do not need it: most of it is link
# time optimisation on one core. Tools are installed before, so that only one of the two installs them.
.PHONY: checks
checks: browser node wasm-target $(BUILD_TOOLS) $(MACHETE) $(CLIENTS_READY) other-browsers
	@$(call in_background,build,$(MAKE) --no-print-directory build >target/build.log 2>&1); \
	$(MAKE) --no-print-directory lint native-tests component-tests; \
	cargo test --locked --no-run -p journeys; \
	$(say) 'Waiting for the release build of the app and the Worker'; \
	wait $$build || { cat target/build.log; exit 1; }; trap - EXIT; \
	$(MAKE) --no-print-directory journeys

.PHONY: lint
lint: wasm-target $(MACHETE)
	@$(say) 'Formatting'
	@cargo fmt --all --check
	@$(say) 'Lints, for this machine'
	@cargo clippy --locked $(NATIVE) --all-targets -- -D warnings
	@$(say) 'Lints, for WebAssembly'
	@cargo clippy --locked $(WASM) --all-targets -- -D warnings
	@$(say) 'Documentation'
	@RUSTDOCFLAGS='-D warnings' cargo doc --locked --no-deps $(NATIVE)
	@RUSTDOCFLAGS='-D warnings' cargo doc --locked --no-deps $(WASM)
	@$(say) 'Dependencies that nobody uses'
	@'$(MACHETE)'

# What is known to be unsafe in the dependencies. Both need a network that has the databases; what cannot be asked is
# named and skipped, so this is no part of `make test`.
.PHONY: advisories
advisories: node
	@$(say) 'Known weaknesses of the JavaScript tools'
	@mkdir -p target; npm audit --package-lock-only --audit-level=high >target/advisories.log 2>&1 || { \
	  if grep -q 'audit endpoint returned an error' target/advisories.log; then \
	    echo 'Skipped: the registry does not answer questions about advisories.'; \
	  else cat target/advisories.log; exit 1; fi; }
	@$(say) 'Known weaknesses of the crates'
	@if ! command -v cargo-audit >/dev/null; then echo 'Skipped: cargo-audit is not installed (cargo install --locked cargo-audit).'; \
	elif ! git ls-remote https://github.com/RustSec/advisory-db HEAD >/dev/null 2>&1; then \
	  echo 'Skipped: the RustSec database cannot be reached.'; \
	else cargo audit; fi

.PHONY: native-tests
native-tests: $(OAUTHLIB_READY) $(CLIENTS_READY)
	@$(say) 'Native tests'
	@cargo test --locked --no-fail-fast $(NATIVE) --exclude journeys
	@$(say) 'Native tests of the app: what needs no browser'
	@cargo test --locked --no-fail-fast -p app --lib

# One component test: make component-tests ARGS=a_rows_menu_works_by_keyboard; with NO_HEADLESS=1 in your own browser.
.PHONY: component-tests
component-tests: browser wasm-target $(WASM_BINDGEN)
	@$(say) 'Component tests, in headless Chromium'
	@CHROMEDRIVER="$$(command -v chromedriver)" WASM_BINDGEN_TEST_TIMEOUT=600 CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER='$(TEST_RUNNER)' \
	cargo test --locked --no-fail-fast -p app --target wasm32-unknown-unknown $(ARGS)

# One journey: make journeys ARGS=a_cancelled_consent; with SHOW_BROWSER=1 in a window. A journey often waits, so one
# more runs than there are cores.
.PHONY: journeys
journeys: browser other-browsers build $(FORGE_TESTED) $(CLIENTS_READY) $(CONTRACT_PYTHON_READY) $(CONTRACT_NPM_READY)
	@$(say) 'Journeys: a real browser, the real Worker, the model of Atlassian'
	@RUST_TEST_THREADS="$${RUST_TEST_THREADS:-$$(($$(getconf _NPROCESSORS_ONLN) + 1))}" \
	cargo test --locked --no-fail-fast -p journeys $(ARGS)

# ---- proving ---------------------------------------------------------------------------------------------------------

# What `make test` does within small bounds, within wide ones. FUZZ_SECONDS is for each parser, PROPTEST_CASES for each
# claim about JQL.
FUZZ_SECONDS ?= 60
PROVE := target/prove.log

.PHONY: prove
prove: build
	@mkdir -p target; : >'$(PROVE)'; status=0; \
	$(MAKE) --no-print-directory proofs </dev/null 2>&1 | tee '$(PROVE)' || status=$$?; \
	printf '\n\033[1m== Proven\033[0m\n'; \
	sed -nE 's/^test .* \.\.\. ([A-Z].* states)/\1/; /[0-9] (states|texts)|fuzzed::|, killed [0-9]+ times|^  (Held|Write)\(|^test result: /p' '$(PROVE)' || true; \
	exit $$status

.PHONY: proofs
proofs:
	@$(say) 'The protocol of a grant, explored'
	@cargo test --locked -p explore -- --include-ignored --nocapture --test-threads 1
	@$(say) 'Parsers that strangers reach, fuzzed: $(FUZZ_SECONDS) s each'
	@FUZZ_SECONDS='$(FUZZ_SECONDS)' cargo test --locked -p edge-core --lib fuzzed -- --nocapture
	@PROPTEST_CASES=200000 cargo test --locked -p chart --lib jql
	@$(say) 'The Worker, killed at every arrow'
	@cargo test --locked -p journeys --test journeys kill_matrix -- --ignored --nocapture --test-threads 1

# Which files, and which mutants are none: .cargo/mutants.toml. Some of them: make mutants ARGS='--shard 1/12', or
# ARGS='--file edge/core/src/sealing.rs'.
.PHONY: mutants
mutants: $(MUTANTS)
	@PATH='$(dir $(MUTANTS))'":$$PATH" cargo mutants --package edge-core --output target $(ARGS)

# ---- cleaning --------------------------------------------------------------------------------------------------------

.PHONY: clean
clean:
	@rm -rf target dist edge/build .run .wrangler

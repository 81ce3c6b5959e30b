# callpace. `make help` lists what can be done.
GO       ?= go
FUZZTIME ?= 10s

.DEFAULT_GOAL := build
.PHONY: build run test lint assets bench torture fuzz help

build: assets ## build ./callpace
	CGO_ENABLED=1 $(GO) build -trimpath -o callpace ./cmd/callpace

LISTEN   ?= localhost:8080
run: build ## build, make the demo company and serve it on http://localhost:8080
	./callpace demo --listen $(LISTEN)

test: assets lint ## lint, then run every test under the race detector
	cd internal/web/assets && npm test --silent
	$(GO) test -race -timeout 30m ./...

# What browsers get is built from npm packages, by the lock file, where it is older than its sources.
WEB    := internal/web/assets
assets: $(WEB)/dist/manifest.json

$(WEB)/dist/manifest.json: $(WEB)/package-lock.json $(WEB)/build.mjs $(wildcard $(WEB)/src/* $(WEB)/src/*/*)
	cd $(WEB) && npm ci --no-audit --no-fund --silent && npm run build --silent

lint: ## gofmt, go vet and staticcheck (settings with reasons: staticcheck.conf)
	@files=$$(gofmt -l $$(git ls-files -co --exclude-standard -- '*.go')); \
	  if [ -n "$$files" ]; then echo "not formatted, run gofmt -w on:"; echo "$$files"; exit 1; fi
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

# make bench BENCH="-calls 1M,10M -peers duckdb,postgres"; what it can: go run ./internal/bench -help
BENCH    ?=
bench: build ## callpace beside PostgreSQL, MariaDB, SQLite, ClickHouse and bare DuckDB: writes docs/benchmarks.md
	$(GO) run ./internal/bench -write docs/benchmarks.md $(BENCH)

TORTURE  ?=
torture: build ## kill it, fill its disk, damage its files (under 10 minutes; TORTURE=-long: hours, TORTURE=-help: the rest)
	$(GO) run ./internal/torture $(TORTURE)

fuzz: ## run every fuzz target for FUZZTIME each (default 10s)
	@set -e; for package in $$($(GO) list ./...); do \
	  for target in $$($(GO) test -list '^Fuzz' $$package | grep '^Fuzz' || true); do \
	    echo "$$package $$target"; \
	    $(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) $$package; \
	  done; \
	done

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

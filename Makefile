# callpace. `make help` lists what can be done.
GO       ?= go
FUZZTIME ?= 10s

.DEFAULT_GOAL := build
.PHONY: build run test lint bench fuzz help

build: ## build ./callpace
	CGO_ENABLED=1 $(GO) build -trimpath -o callpace ./cmd/callpace

run: build ## build, fill the demo company and print its overview
	./callpace demo

test: lint ## lint, then run every test under the race detector
	$(GO) test -race -timeout 30m ./...

lint: ## gofmt, go vet and staticcheck (settings with reasons: staticcheck.conf)
	@files=$$(gofmt -l $$(git ls-files -co --exclude-standard -- '*.go')); \
	  if [ -n "$$files" ]; then echo "not formatted, run gofmt -w on:"; echo "$$files"; exit 1; fi
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

BENCH    ?=
bench: build ## import and KPIs beside bare DuckDB, on 5 M generated calls
	$(GO) run ./internal/bench $(BENCH)

fuzz: ## run every fuzz target for FUZZTIME each (default 10s)
	@set -e; for package in $$($(GO) list ./...); do \
	  for target in $$($(GO) test -list '^Fuzz' $$package | grep '^Fuzz' || true); do \
	    echo "$$package $$target"; \
	    $(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) $$package; \
	  done; \
	done

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

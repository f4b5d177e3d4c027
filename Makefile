# `make help` lists what there is to do.
SHELL := /bin/bash
.DEFAULT_GOAL := help
export GOFLAGS ?= -buildvcs=false

# The generators at pinned versions. The first build of sqlc took 146 s on two
# cores with its downloads (it compiles PostgreSQL's parser), later ones come
# from Go's cache: little enough for verify to be part of `make test`.
SQLC := go run github.com/sqlc-dev/sqlc/cmd/sqlc@v1.31.1
OAPI := go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2
VULNCHECK := go run golang.org/x/vuln/cmd/govulncheck@v1.9.0

# Where goroutines meet: tested with the race detector.
RACY := ./server/... ./jobs/... ./db/...
CHAOS_TIME ?= 2m

# Every folder with Go code; not found by git, which a checkout may be without.
GO_FOLDERS := cmd db jobs migrations providers server sql

# Targets build on what those before them installed, so `make -j` runs them in
# turn; lint and verify alone may run beside each other, see checks.
ifneq ($(filter-out lint verify,$(MAKECMDGOALS)),)
.NOTPARALLEL:
endif

.PHONY: help setup run demo test test-postgres17 lint dependencies vulncheck generate snapshot verify bench chaos long_runs checks tests scrub build

help: ## show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install what is missing: PostgreSQL >= 15, pgvector, the test tools
	@db/localpg/setup.sh

run: setup build ## start everything on http://localhost:8080, with demo clinics
	@exec bin/voxanne dev

demo: setup build ## play a whole phone call and check every promise
	@exec bin/voxanne demo

bench: ## measure everything, tool calls beside pgbench doing the same transactions: one table, some minutes (BENCH_ARGS=-save)
	@db/localpg/setup.sh
	@go run ./cmd/bench $(BENCH_ARGS)

# One static file: nothing in it needs C. The version is the tag of the commit, else dev.
build: VERSION ?= $(or $(shell git describe --tags --exact-match 2>/dev/null),dev)
build: COMMIT ?= $(or $(shell git describe --always --abbrev=40 --dirty --exclude '*' 2>/dev/null),unknown)
build:
	@CGO_ENABLED=0 go build -ldflags "-X main.linkedVersion=$(VERSION) -X main.linkedCommit=$(COMMIT)" -o bin/voxanne ./cmd/voxanne

test: ## everything that must hold, in some twenty minutes on two cores
	@db/localpg/setup.sh --tests
	@status=0; $(MAKE) --no-print-directory checks || status=$$?; go run ./cmd/testdb stop; exit $$status

# On Debian 12 the packages of Debian 13 are unpacked beside the system: nothing is installed.
test-postgres17: ## the schema and what stands on it, on PostgreSQL 17
	@db/localpg/setup.sh --tests
	@bin=$$(db/localpg/postgres17.sh) || exit 1; export VOXANNE_TEST_POSTGRES="$$bin"; status=0; \
	  go test ./sql ./db ./jobs/messenger || status=$$?; \
	  go test ./server/reception -run 'Book|Crowd' || status=$$?; go run ./cmd/testdb stop; exit $$status

# sqlc's C parser compiles on one core for minutes when Go's cache is cold: lint uses the other one meanwhile.
checks:
	@$(MAKE) --no-print-directory --output-sync -j2 lint verify
	@$(MAKE) --no-print-directory tests
	@$(MAKE) --no-print-directory scrub

# What the tests' servers log and answer, kept for scrub.
tests scrub: export VOXANNE_TEST_LOGS := $(CURDIR)/.local/test-logs
tests:
	rm -rf "$(CURDIR)/.local/test-logs"
	go test -race $(RACY)
	go test $$(go list ./... | grep -v -E '/voxanne/(server|jobs|db)(/|$$)')

scrub:
	go run ./cmd/logscrub

lint: dependencies ## formatting, go vet, the rules for SQL files, dependencies, and no secrets
	@unformatted=$$(gofmt -l $(GO_FOLDERS)); \
	  if [ -n "$$unformatted" ]; then echo "gofmt these: $$unformatted"; exit 1; fi
	go vet ./...
	go test ./sql -run '^TestLint'
	go run ./cmd/published secrets

# Only the last step asks the network, and says so where nobody answers.
dependencies: ## what is linked: unchanged, needed, licensed, and not retracted
	go mod verify
	go mod tidy -diff
	go run ./cmd/published licences
	@direct=$$(go list -m -f '{{if not (or .Indirect .Main)}}{{.Path}}{{end}}' all); \
	  if [ "$$(go env GOPROXY)" != off ] && withdrawn=$$(go list -m -u -retracted -f '{{if or .Retracted .Deprecated}}{{.Path}} {{.Version}}: {{.Retracted}} {{.Deprecated}}{{end}}' $$direct 2>/dev/null); \
	  then [ -z "$$withdrawn" ] || { echo "retracted or deprecated: $$withdrawn"; exit 1; }; \
	  else echo "nobody answers at GOPROXY: not looked whether versions were retracted"; fi

vulncheck: ## known vulnerabilities in what is called; asks vuln.go.dev, so it is no part of make test
	$(VULNCHECK) ./...

generate: ## write the generated Go code again
	$(SQLC) generate
	cd server/api && $(OAPI) -config config.yaml ../openapi.yaml

verify: ## fail when generated code is stale or a query does not fit the database
	$(SQLC) diff
	go run ./cmd/testdb run $(SQLC) vet
	@stale=$$(mktemp -d); trap 'rm -rf "$$stale"' EXIT; \
	  sed "s|^output:.*|output: $$stale/api.gen.go|" server/api/config.yaml > "$$stale/config.yaml"; \
	  $(OAPI) -config "$$stale/config.yaml" server/openapi.yaml; \
	  diff -u server/api/*.gen.go "$$stale/api.gen.go" || { echo "server/api is stale: make generate"; exit 1; }

snapshot: ## write changed sql/ files as a migration: make snapshot NAME=what_changes
	@go run ./cmd/snapshot "$(NAME)"

chaos: ## long runs: faults while callers book, every test many times under race, then the fuzz targets (CHAOS_TIME=2m each)
	@db/localpg/setup.sh --tests
	@status=0; $(MAKE) --no-print-directory long_runs || status=$$?; go run ./cmd/testdb stop; exit $$status

long_runs:
	go run ./cmd/chaos -time $(CHAOS_TIME)
	go test -race -count=10 -timeout 2h ./...
	@set -e; grep -rl --include='*_test.go' '^func Fuzz' . | while read -r file; do \
	  for target in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\).*/\1/p' "$$file"); do \
	    go test "$$(dirname "$$file")" -run '^$$' -fuzz "^$$target$$" -fuzztime $(CHAOS_TIME) </dev/null; \
	  done; \
	done

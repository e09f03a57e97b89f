# All work on the project goes through these targets; .ci/run calls nothing else.
GO       ?= go
PACKAGE  := ./src/cmd/ct_anomaly
BUILD    := build
BINARY   := $(BUILD)/ct_anomaly$(shell $(GO) env GOEXE)
VERSION  := $(shell cat VERSION)
LDFLAGS  := -s -w -X main.version=$(VERSION)
TAGS     ?=
GOBUILD  := CGO_ENABLED=0 $(GO) build -trimpath -tags '$(TAGS)' -ldflags '$(LDFLAGS)'
PLATFORMS := linux/amd64 linux/arm64 windows/amd64 windows/arm64 darwin/amd64 darwin/arm64
FUZZTIME ?= 10s
CORPUS   ?= $(BUILD)/corpus

.DEFAULT_GOAL := help
.PHONY: help build demo test race fuzz bench lint cross package check-app check-aws cost simulate clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "%-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## build the binary for this machine into build/; TAGS=scs: with Splunk Cloud Services (docs/sinks.md)
	$(GOBUILD) -o $(BINARY) $(PACKAGE)

demo: build ## write an invented organization's logs, learn, detect, and tell the story
	$(BINARY) demo $(BUILD)/demo

test: ## run all tests, and those of a program that is built with Splunk Cloud Services
	$(GO) test -timeout 20m ./...
	$(GO) test -tags scs -run SCS ./src/cmd/ct_anomaly

race: ## run all tests under the race detector, of the longest ones a part
	$(GO) test -race -short -timeout 20m ./...

fuzz: ## fuzz each target for FUZZTIME (default 10s)
	@$(GO) list ./... | while read -r p; do \
	  $(GO) test -list '^Fuzz' "$$p" | grep '^Fuzz' | while read -r f; do \
	    echo "$$p $$f"; $(GO) test -run '^$$' -fuzz "^$$f\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x "$$p" || exit 1; \
	  done || exit 1; \
	done

bench: ## measure speed as ratios against gunzip and the rivals, on CORPUS
	GO='$(GO)' CORPUS='$(CORPUS)' ./bench/run.sh

lint: ## gofmt, vet, tidy modules, staticcheck
	@unformatted=$$(gofmt -l src bench check); test -z "$$unformatted" || { echo "gofmt would change:"; echo "$$unformatted"; exit 1; }
	$(GO) vet ./...
	$(GO) vet -tags scs ./src/cmd/ct_anomaly
	$(GO) mod tidy -diff
	$(GO) run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...

cross: ## build for linux, windows and darwin on amd64 and arm64
	@for p in $(PLATFORMS); do \
	  os=$${p%/*}; arch=$${p#*/}; out=$(BUILD)/$$os-$$arch/ct_anomaly; test $$os = windows && out=$$out.exe; \
	  GOOS=$$os GOARCH=$$arch $(GOBUILD) -o $$out $(PACKAGE) || exit 1; \
	  printf '%-15s %s bytes\n' $$p "$$(wc -c < $$out)"; \
	done

package: ## build the packages of the app into dist/, with sums and a bill of materials
	GO='$(GO)' ./package.sh

check-app: ## build the packages and show them to Splunk's validators and our own checks
	GO='$(GO)' ./check/app.sh

check-aws: ## try the AWS side on moto, DynamoDB Local, Trino and Hive's parser
	GO='$(GO)' ./check/aws.sh

cost: ## measure what an hour costs on AWS, beside the older tools (needs no AWS)
	COST_TABLE='$(CURDIR)/$(BUILD)/cost.md' GO='$(GO)' ./check/aws.sh ./check/cost && cat $(BUILD)/cost.md

simulate: ## let collectors watch SEEDS (default 1000) invented organizations from seed FIRST on; TOOL=netflix or TOOL=jellyparks: an older tool
	@GO='$(GO)' SEEDS='$(or $(SEEDS),1000)' FIRST='$(or $(FIRST),1)' MINUTES='$(MINUTES)' TOOL='$(TOOL)' ./check/simulate.sh

clean: ## remove what was built
	rm -rf $(BUILD) dist

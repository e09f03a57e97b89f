package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestAWSAStatementLess(t *testing.T) {
	o := organize(t, 6)
	o.begin(t)
	o.workers(t)
	o.deliver(t, o.members[0].id, deed{role: "app", session: "i-0123456789abcdef0", ip: "203.0.113.9", action: "s3.amazonaws.com:ListBuckets", at: today.Add(-time.Hour)})
	must(t, exitDone, "setup", "dynamodb", "--dynamo-table-name", baselineTable)
	g := o.policy(t, o.reaching()...)
	for _, i := range g.Identities {
		for _, s := range i.PermissionPolicy.Statement {
			o.install(t, g, i.Identity+" "+s.Sid, "")
			must(t, exitDone, "teardown", "--yes", "--dynamo-table-name", baselineTable)
			must(t, exitDone, "setup", "dynamodb", "--dynamo-table-name", baselineTable)
			o.authorise(t, true)
			o.taken()
			file := filepath.Join(t.TempDir(), "coverage.jsonl")
			r := at(t, today, o.detect(t.TempDir(), file)...)
			o.authorise(t, false)
			fmt.Println("=====", i.Identity, s.Sid, s.Action, s.Resource, "code", r.code, len(lines(t, r.out)))
			fmt.Println(r.err)
			text, _ := os.ReadFile(file)
			for id, c := range coverages(t, string(text)) {
				fmt.Println("  ", id, c.Status, c.ErrorCode, c.Error, "|", c.NextStep, "|", c.Warnings)
			}
			for _, c := range o.taken() {
				if c.status == 403 {
					fmt.Println("     refused", c.name(), c.who)
				}
			}
		}
	}
}

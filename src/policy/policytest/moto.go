// Package policytest prepares policies for moto, whose authorising mode knows less than IAM.
//
// moto compares every action but those of S3 and STS with the resource *, so that a resource that is named is never met, and calls actions by
// the operation where IAM does not (s3:HeadBucket for s3:ListBucket, dynamodb:TransactWriteItems for its parts). What is left of a test is
// which identity may carry out which action, and for S3 and STS on what; conditions it looks at in trust policies alone.
package policytest

import (
	"slices"
	"strings"

	"cloudtrail_anomaly/src/policy"
)

// ForMoto gives statements as moto takes them: with moto's names beside those of their actions, and without the names of resources that it
// does not know.
func ForMoto(statements []policy.Statement) []policy.Statement {
	all := slices.Clone(statements)
	for i := range all {
		s := &all[i]
		var known, unknown []string
		for _, action := range motoActions(s.Action) {
			if strings.HasPrefix(action, "s3:") || strings.HasPrefix(action, "sts:") {
				known = append(known, action)
			} else {
				unknown = append(unknown, action)
			}
		}
		s.Action = append(known, unknown...)
		if len(unknown) > 0 {
			s.Resource = []string{"*"}
		}
	}
	return all
}

// motoActions are actions with the operations that ask for them.
func motoActions(actions []string) []string {
	all := slices.Clone(actions)
	for _, c := range policy.Calls {
		operation, _, _ := strings.Cut(c.Operation, ".")
		if name := c.Service + ":" + operation; slices.ContainsFunc(c.Asks(), func(a string) bool { return slices.Contains(actions, a) }) && !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

package dynamodb_test

import (
	"testing"

	"cloudtrail_anomaly/src/baseline/baselinetest"
)

func TestSuite(t *testing.T) {
	of := map[baselinetest.Store]string{}
	baselinetest.Run(t, baselinetest.Maker{
		New: func(t *testing.T) baselinetest.Store {
			_, table := fresh(t)
			s := open(t, options(local(t, address()), table))
			of[s] = table
			return s
		},
		Again: func(t *testing.T, s baselinetest.Store) baselinetest.Store {
			again := open(t, options(local(t, address()), of[s]))
			of[again] = of[s]
			return again
		},
	})
}

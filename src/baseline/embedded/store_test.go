package embedded_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/baseline/baselinetest"
	"cloudtrail_anomaly/src/baseline/embedded"
)

func TestSuite(t *testing.T) {
	reopen := func(t *testing.T, path string) *embedded.Store {
		s, err := embedded.Open(path)
		require.NoError(t, err)
		t.Cleanup(func() { s.Close() })
		return s
	}
	baselinetest.Run(t, baselinetest.Maker{
		New: func(t *testing.T) baselinetest.Store {
			return reopen(t, filepath.Join(t.TempDir(), "state", "baseline.db"))
		},
		Again: func(t *testing.T, s baselinetest.Store) baselinetest.Store {
			old := s.(*embedded.Store)
			require.NoError(t, old.Close())
			return reopen(t, old.Path())
		},
	})
}

package athenatest

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// ParseDDL has Hive's own parser read a statement, whose grammar Athena's DDL is; the error says line and column. It skips the test where
// CT_HIVE, the parser's command, is not set.
func ParseDDL(t testing.TB, statement string) error {
	t.Helper()
	command := os.Getenv("CT_HIVE")
	if command == "" {
		t.Skip("CT_HIVE is not set: check/aws.sh installs Hive's parser, make check-aws runs all that needs it")
	}
	file := filepath.Join(t.TempDir(), "statement.sql")
	require.NoError(t, os.WriteFile(file, []byte(statement), 0o600))
	out, err := exec.Command(command, file).CombinedOutput()
	var wrong *exec.ExitError
	if errors.As(err, &wrong) && wrong.ExitCode() == 1 && strings.HasPrefix(string(out), file+": ") {
		return errors.New(strings.TrimSpace(strings.TrimPrefix(string(out), file+": ")))
	}
	require.NoError(t, err, string(out))
	return nil
}

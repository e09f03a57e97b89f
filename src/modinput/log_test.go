package modinput_test

import (
	"bytes"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/modinput"
)

func TestEachLineBeginsWithItsLevel(t *testing.T) {
	var out bytes.Buffer
	log := modinput.NewLog(&out, slog.LevelInfo).With("input", "my input")
	log.Debug("not shown")
	log.Info("run ends", "action", "run_end", "files", 3, "empty", "", "quoted", `a "b"`)
	log.WithGroup("g").Warn("two\nlines", "path", "C:\\logs", "more", "x\r\ny")
	log.Error("bad")
	require.Equal(t, `INFO run ends input="my input" action=run_end files=3 empty="" quoted="a \"b\""
WARN two lines input="my input" g.path=C:\logs g.more="x y"
ERROR bad input="my input"
`, out.String())
}

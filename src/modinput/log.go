package modinput

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"sync"
)

// NewLog makes the logger of a run. splunkd reads standard error line by line, takes the first word for the level, and puts the rest
// into splunkd.log under ExecProcessor; a line that begins otherwise becomes an ERROR. So a line here is
//
//	LEVEL message key=value key="some value"
//
// which Splunk also takes apart by itself.
func NewLog(to io.Writer, least slog.Level) *slog.Logger {
	return slog.New(&lines{to: to, least: least, mu: &sync.Mutex{}})
}

// lines is a slog.Handler.
type lines struct {
	mu    *sync.Mutex
	to    io.Writer
	least slog.Level
	with  string // attributes of every line, each after a space
	group string // before every key
}

func (l *lines) Enabled(_ context.Context, level slog.Level) bool { return level >= l.least }

func (l *lines) Handle(_ context.Context, r slog.Record) error {
	var line strings.Builder
	line.WriteString(levelOf(r.Level))
	line.WriteString(" " + flat.Replace(r.Message) + l.with)
	r.Attrs(func(a slog.Attr) bool {
		line.WriteString(l.attribute(a))
		return true
	})
	line.WriteByte('\n')
	l.mu.Lock()
	defer l.mu.Unlock()
	_, err := io.WriteString(l.to, line.String())
	return err
}

func (l *lines) WithAttrs(attrs []slog.Attr) slog.Handler {
	more := *l
	for _, a := range attrs {
		more.with += l.attribute(a)
	}
	return &more
}

func (l *lines) WithGroup(name string) slog.Handler {
	more := *l
	more.group += name + "."
	return &more
}

func (l *lines) attribute(a slog.Attr) string {
	value := flat.Replace(fmt.Sprint(a.Value.Resolve().Any()))
	if value == "" || strings.ContainsAny(value, " \"=,") {
		value = strconv.Quote(value)
	}
	return " " + l.group + a.Key + "=" + value
}

// flat keeps a message on its line.
var flat = strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ")

func levelOf(level slog.Level) string {
	switch {
	case level >= slog.LevelError:
		return "ERROR"
	case level >= slog.LevelWarn:
		return "WARN"
	case level >= slog.LevelInfo:
		return "INFO"
	default:
		return "DEBUG"
	}
}

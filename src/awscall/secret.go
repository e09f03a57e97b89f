package awscall

import (
	"fmt"
	"io"
	"log/slog"
)

// A Secret is a text that no print, log or JSON document shows; string(s) is the way to it.
type Secret string

const hidden = "(hidden)"

// String is the same for every Secret.
func (Secret) String() string { return hidden }

// GoString is what %#v shows.
func (Secret) GoString() string { return hidden }

// Format covers the verbs that String and GoString leave open, %d and %x among them.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// LogValue is what slog writes.
func (Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText is what encoding/json writes.
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// UnmarshalText takes the text as it is.
func (s *Secret) UnmarshalText(text []byte) error {
	*s = Secret(text)
	return nil
}

// Package baseline writes a baseline as text and reads it back: one JSON object a line, so that it can be looked at, moved and mended.
//
// The stores themselves are its sub-packages; each offers Walk and discern.Baseline, which is all that is asked for here.
package baseline

package baseline

import (
	"errors"
	"fmt"
)

// theEnd is the kind of the line that says how many were before it: without it nobody could tell a file that was cut at the end of a line.
const theEnd = "end"

// A counter holds the lines of exports, one or several after each other, against what each of them says at its end.
type counter struct {
	lines int // since the last end
	ended bool
}

// end takes the line that ends an export.
func (c *counter) end(l *Line) error {
	there := c.lines
	c.lines, c.ended = 0, true
	switch {
	case l.Lines == nil:
		return errors.New("lines: how many came before the end is missing")
	case *l.Lines != there:
		return fmt.Errorf("%d lines were exported, and %d are here: the file was cut or changed; export it again, or take this line out to import the others alone", *l.Lines, there)
	}
	return nil
}

// rest finds fault with lines that no end follows, where one was there before.
func (c *counter) rest() error {
	if c.ended && c.lines > 0 {
		return fmt.Errorf("the lines after the end of an export (%d here) have no end of their own: they are of another one, which was cut or never had an end; import it by itself", c.lines)
	}
	return nil
}

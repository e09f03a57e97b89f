package baseline

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"cloudtrail_anomaly/src/discern"
)

// A Walker is a store that can show all it holds: sorted by holder, the items of one holder in any order.
type Walker interface {
	Walk(ctx context.Context, kinds []discern.Kind, visit func(h discern.Holder, action string, k discern.Known) error) error
}

// Export writes the pairs, sorted by principal and action, expired ones too; with all, the bookkeeping as well, and at the end how many lines there
// were. It gives the number of lines.
func Export(ctx context.Context, from Walker, to io.Writer, all bool) (lines int, err error) {
	out := bufio.NewWriter(to)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	var held []Line
	flush := func() error {
		slices.SortFunc(held, func(a, b Line) int { return cmp.Compare(a.Action, b.Action) })
		for i := range held {
			if err := enc.Encode(&held[i]); err != nil {
				return fmt.Errorf("write the baseline: %w", err)
			}
		}
		lines += len(held)
		held = held[:0]
		return nil
	}
	wanted := []discern.Kind{discern.Principal}
	if all {
		wanted = wanted[:0]
		for _, k := range kinds {
			wanted = append(wanted, k.kind)
		}
	}
	var last discern.Holder
	err = from.Walk(ctx, wanted, func(h discern.Holder, action string, k discern.Known) error {
		if h != last {
			if err := flush(); err != nil {
				return err
			}
			last = h
		}
		if all || action != "" {
			held = append(held, lineOf(h, action, k))
		}
		return nil
	})
	if err != nil {
		return lines, err
	}
	if err := flush(); err != nil {
		return lines, err
	}
	if all {
		before := lines
		if err := enc.Encode(Line{Kind: theEnd, Lines: &before}); err != nil {
			return lines, fmt.Errorf("write the baseline: %w", err)
		}
		lines++
	}
	if err := out.Flush(); err != nil {
		return lines, fmt.Errorf("write the baseline: %w", err)
	}
	return lines, nil
}

package splunkd

import (
	"context"
	"errors"
	"fmt"
	"regexp"
)

var indexName = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// Index tells whether this server has an index. On a forwarder and on a search head the indexes are elsewhere, so false is no more than a
// hint. "default" is how inputs.conf names the index of events that name none; it is always there.
func (c *Client) Index(ctx context.Context, name string) (bool, error) {
	if name == "default" {
		return true, nil
	}
	if !indexName.MatchString(name) {
		return false, nil // no index can have such a name
	}
	found, err := get[struct{}](ctx, c, "", "services", "data", "indexes", name)
	switch {
	case errors.Is(err, errNotFound):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("whether there is an index %s: %w", name, err)
	}
	return len(found) > 0, nil
}

package splunkd

import (
	"context"
	"fmt"
	"slices"
)

// A Server is what splunkd says of itself.
type Server struct {
	Name    string
	Version string
	Roles   []string // as splunkd spells them: search_head, shc_member, heavyweight_forwarder, …
	cloud   bool
}

// Server asks splunkd what it is. Any user may.
func (c *Client) Server(ctx context.Context) (Server, error) {
	type info struct {
		Name     string   `json:"serverName"`
		Version  string   `json:"version"`
		Roles    []string `json:"server_roles"`
		Instance string   `json:"instance_type"`
	}
	found, err := get[info](ctx, c, "", "server/info", "services", "server", "info")
	if err != nil {
		return Server{}, fmt.Errorf("what server this is: %w", err)
	}
	if len(found) != 1 {
		return Server{}, fmt.Errorf("what server this is: %w: %d servers", ErrAnswer, len(found))
	}
	i := found[0].Content
	return Server{Name: i.Name, Version: i.Version, Roles: i.Roles, cloud: i.Instance == "cloud"}, nil
}

// ClusterMember tells whether the server is a member of a search head cluster, its captain included: what is in a local file is not the
// other members'.
func (s Server) ClusterMember() bool {
	return slices.Contains(s.Roles, "shc_member") || slices.Contains(s.Roles, "shc_captain")
}

// Cloud tells whether the server is one of Splunk Cloud Platform.
func (s Server) Cloud() bool { return s.cloud }

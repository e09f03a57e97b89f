// Package splunkd makes the few REST calls that an input needs of the splunkd that started it: a secret from storage/passwords, and
// what kind of server this is.
//
// It speaks to that one server only, reads and never writes, keeps nothing, and knows nothing of what its answers are for. The paths and
// shapes are those of Splunk's REST API reference. What it reads is secret, so no error of it holds a word of an answer or of a session key.
package splunkd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// mostAnswer bounds what is read of an answer: the largest that is expected has a hundredth of it.
const mostAnswer = 1 << 20

// Options say which splunkd to ask and how.
type Options struct {
	URI        string        // of its REST interface, as splunkd gives it to an input: https://127.0.0.1:8089
	SessionKey string        // likewise; a secret
	Home       string        // $SPLUNK_HOME; without it only the system's authorities are known
	App        string        // the app whose entries of storage/passwords come first
	Timeout    time.Duration // of one call; 0 is ten seconds
}

// A Client asks one splunkd. It is safe for concurrent use and has nothing to close.
type Client struct {
	base string // without a slash at its end
	key  string
	app  string
	http *http.Client
}

// New makes a client, and asks nothing yet. It refuses what could give the session key away: a URI without TLS of another machine, or
// one with a user in it.
func New(o Options) (*Client, error) {
	u, err := url.Parse(o.URI)
	switch {
	case err != nil || u.Hostname() == "":
		return nil, errors.New("splunkd's address is not a URL; splunkd gives one such as https://127.0.0.1:8089")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "":
		return nil, errors.New("splunkd's address holds more than scheme, host and port; splunkd gives one such as https://127.0.0.1:8089")
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, fmt.Errorf("splunkd's address begins with %q; splunkd gives one such as https://127.0.0.1:8089", u.Scheme)
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return nil, fmt.Errorf("splunkd at %s would be asked without TLS, which is done on this machine only; use https", u.Host)
	case o.SessionKey == "":
		return nil, errors.New("there is no session key, and splunkd answers nothing without; it comes on standard input of an input that splunkd starts")
	case o.App == "":
		return nil, errors.New("no app is named")
	}
	transport, err := transport(u.Hostname(), o.Home)
	if err != nil {
		return nil, err
	}
	timeout := o.Timeout
	if timeout == 0 {
		timeout = 10 * time.Second
	}
	// A redirect is not followed: the session key would go along.
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Client{
		base: u.Scheme + "://" + u.Host, key: o.SessionKey, app: o.App,
		http: &http.Client{Transport: transport, CheckRedirect: stay, Timeout: timeout},
	}, nil
}

// An entry is one of the things that an answer lists.
type entry[T any] struct {
	ACL struct {
		App   string `json:"app"`
		Owner string `json:"owner"`
	} `json:"acl"`
	Content T `json:"content"`
}

// get asks for a path, whose parts are joined and escaped here; errors call it by what it is, for a part may be what nobody should read. What is not there is errNotFound; a refusal names the capability it
// needs, if that is known.
func get[T any](ctx context.Context, c *Client, capability, what string, path ...string) ([]entry[T], error) {
	for i := range path {
		path[i] = url.PathEscape(path[i])
	}
	at := "/" + strings.Join(path, "/")
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+at+"?output_mode=json", nil)
	if err != nil {
		return nil, fmt.Errorf("ask splunkd for %s: %w", what, err)
	}
	req.Header.Set("Authorization", "Splunk "+c.key)
	res, err := c.http.Do(req)
	if err != nil {
		return nil, c.unreachable(ctx, what, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, mostAnswer+1))
	switch {
	case err != nil:
		return nil, c.unreachable(ctx, what, err)
	case res.StatusCode != http.StatusOK:
		return nil, refusal(what, res.StatusCode, body, capability)
	case len(body) > mostAnswer:
		return nil, fmt.Errorf("%w: to %s, with more than 1 MiB", ErrAnswer, what)
	}
	var answer struct {
		Entry []entry[T] `json:"entry"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return nil, fmt.Errorf("%w: to %s, not the JSON that was asked for", ErrAnswer, what)
	}
	return answer.Entry, nil
}

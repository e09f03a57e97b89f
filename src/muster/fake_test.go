package muster

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/awscall"
)

// fakeOrganizations answers as Organizations does: 20 at most, in pages, with an empty page wherever asked for.
type fakeOrganizations struct {
	caller   *awscall.Caller
	accounts []fakeAccount
	units    map[string][]fakeUnit // by parent
	paths    bool                  // ListAccounts tells them
	empty    bool                  // each second page is empty
	refuse   map[string]string     // operation -> code
	throttle map[string]int        // operation -> how many times first

	mu    sync.Mutex
	sizes map[string]int // operation -> the last MaxResults asked for
}

type fakeAccount struct {
	id, name, email, state, status, parent string
	tags                                   map[string]string
}

type fakeUnit struct{ id, name string }

func (f *fakeOrganizations) start(t *testing.T) *fakeOrganizations {
	s := httptest.NewServer(f)
	t.Cleanup(s.Close)
	var err error
	f.caller, err = awscall.Open(t.Context(), awscall.Options{EndpointURL: s.URL, Region: "eu-central-1",
		Keys: awscall.Keys{AccessKeyID: "AKIAEXAMPLE", SecretAccessKey: "x"}})
	require.NoError(t, err)
	return f
}

// calls are the operations asked for, without the service's name.
func (f *fakeOrganizations) calls() map[string]int {
	calls := make(map[string]int)
	for name, n := range f.caller.Calls() {
		calls[strings.TrimPrefix(name, "organizations:")] = n.Operations
	}
	return calls
}

func (f *fakeOrganizations) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	var in struct {
		MaxResults                      int
		NextToken, ParentId, ResourceId string
	}
	_ = json.NewDecoder(r.Body).Decode(&in)
	if f.sizes == nil {
		f.sizes = make(map[string]int)
	}
	f.sizes[operation] = in.MaxResults
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	fail := func(code string) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprintf(w, `{"__type":%q,"Message":"no"}`, code)
	}
	if code := f.refuse[operation]; code != "" {
		fail(code)
		return
	}
	if f.throttle[operation] > 0 {
		f.throttle[operation]--
		fail("TooManyRequestsException")
		return
	}
	name, items := f.answer(operation, in.ParentId, in.ResourceId)
	page, next := f.page(items, in.NextToken, in.MaxResults)
	_ = json.NewEncoder(w).Encode(map[string]any{name: page, "NextToken": next})
}

func (f *fakeOrganizations) answer(operation, parent, resource string) (name string, items []any) {
	switch operation {
	case "ListRoots":
		return "Roots", []any{map[string]string{"Id": "r-ab12", "Name": "Root"}}
	case "ListOrganizationalUnitsForParent":
		for _, u := range f.units[parent] {
			items = append(items, map[string]string{"Id": u.id, "Name": u.name})
		}
		return "OrganizationalUnits", items
	case "ListTagsForResource":
		for _, a := range f.accounts {
			for key, value := range a.tags {
				if a.id == resource {
					items = append(items, map[string]string{"Key": key, "Value": value})
				}
			}
		}
		return "Tags", items
	}
	for _, a := range f.accounts {
		if operation == "ListAccountsForParent" && a.parent != parent {
			continue
		}
		account := map[string]any{"Id": a.id, "Name": a.name, "Email": a.email, "State": a.state, "Status": a.status,
			"Arn": "arn:aws:organizations::111111111111:account/o-example111/" + a.id}
		if f.paths {
			account["Paths"] = []string{"o-example111/" + strings.Join(f.above(a.parent), "/") + "/" + a.id + "/"}
		}
		items = append(items, account)
	}
	return "Accounts", items
}

// above is the unit and those it lies in, the root first.
func (f *fakeOrganizations) above(id string) []string {
	for parent, units := range f.units {
		if slices.ContainsFunc(units, func(u fakeUnit) bool { return u.id == id }) {
			return append(f.above(parent), id)
		}
	}
	return []string{id}
}

// page tokens are the place to go on from; an odd count of x before it says that an empty page went before.
func (f *fakeOrganizations) page(items []any, token string, size int) ([]any, *string) {
	if size == 0 || size > pageSize {
		size = pageSize
	}
	at, _ := strconv.Atoi(strings.TrimPrefix(token, "x"))
	if f.empty && at > 0 && !strings.HasPrefix(token, "x") {
		return []any{}, aws.String("x" + token)
	}
	end := min(at+size, len(items))
	if end == len(items) {
		return items[at:end], nil
	}
	return items[at:end], aws.String(strconv.Itoa(end))
}

// someOrganization has 26 accounts: the management account under the root, 24 in Workloads/Prod and Workloads/Test, one suspended.
func someOrganization() *fakeOrganizations {
	f := &fakeOrganizations{units: map[string][]fakeUnit{
		"r-ab12":           {{"ou-ab12-11111111", "Workloads"}, {"ou-ab12-99999999", "Suspended"}, {"ou-ab12-55555555", "Empty"}},
		"ou-ab12-11111111": {{"ou-ab12-22222222", "Prod"}, {"ou-ab12-33333333", "Test"}},
	}}
	add := func(id, name, state, parent string, tags map[string]string) {
		f.accounts = append(f.accounts, fakeAccount{id, name, name + "@example.com", state, "", parent, tags})
	}
	for i := range 24 {
		parent, stage := "ou-ab12-22222222", "prod"
		if i%2 == 1 {
			parent, stage = "ou-ab12-33333333", "test"
		}
		tags := map[string]string{"stage": stage}
		if i == 4 {
			tags["owner"] = "payments team"
		}
		add(fmt.Sprintf("2%011d", 23-i), fmt.Sprintf("%s-%d", stage, i), "ACTIVE", parent, tags)
	}
	add("111111111111", "Management", "ACTIVE", "r-ab12", nil)
	add("300000000000", "old", "SUSPENDED", "ou-ab12-99999999", map[string]string{"stage": "prod"})
	return f
}

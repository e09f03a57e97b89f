package cloud

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"
)

// Management is the account whose credentials the collectors have: the management account, which also holds the trail's bucket.
const Management = "999999999999"

// Organization is the id of the organization.
const Organization = "o-simulated1"

// A Directory is an STS and an Organizations.
type Directory struct {
	mu       sync.Mutex
	accounts []Member
	sessions int
}

// A Member is an account of the organization.
type Member struct{ ID, Name, State string }

// The states of accounts, as Organizations names them.
const (
	Active    = "ACTIVE"
	Suspended = "SUSPENDED"
)

// Set makes these the organization's accounts.
func (d *Directory) Set(accounts []Member) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.accounts = accounts
}

// ServeHTTP speaks both protocols: a form is for STS, JSON for Organizations.
func (d *Directory) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if r.Header.Get("X-Amz-Target") == "" {
		_ = r.ParseForm()
		w.Header().Set("Content-Type", "text/xml")
		d.session(w, r.Form)
		return
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	switch operation(r) {
	case "DescribeOrganization":
		_ = json.NewEncoder(w).Encode(map[string]any{"Organization": map[string]string{"Id": Organization, "MasterAccountId": Management,
			"Arn": "arn:aws:organizations::" + Management + ":organization/" + Organization}})
	case "ListAccounts", "ListAccountsForParent":
		d.list(w, r)
	case "ListRoots":
		_, _ = fmt.Fprint(w, `{"Roots":[{"Id":"r-root","Name":"Root"}]}`)
	case "ListOrganizationalUnitsForParent":
		_, _ = fmt.Fprint(w, `{"OrganizationalUnits":[]}`)
	default:
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprintf(w, `{"__type":"UnsupportedAPIEndpointException","Message":"this organization does not know %s"}`, operation(r))
	}
}

// pageOfAccounts is how many Organizations gives at once.
const pageOfAccounts = 20

func (d *Directory) list(w http.ResponseWriter, r *http.Request) {
	var in struct{ NextToken string }
	_ = json.NewDecoder(r.Body).Decode(&in)
	from, _ := strconv.Atoi(in.NextToken)
	accounts := []map[string]string{}
	out := map[string]any{}
	for i, a := range d.accounts[min(from, len(d.accounts)):] {
		if i == pageOfAccounts {
			out["NextToken"] = strconv.Itoa(from + i)
			break
		}
		accounts = append(accounts, map[string]string{"Id": a.ID, "Name": a.Name, "State": a.State, "Status": a.State,
			"Arn": "arn:aws:organizations::" + Management + ":account/" + Organization + "/" + a.ID})
	}
	out["Accounts"] = accounts
	_ = json.NewEncoder(w).Encode(out)
}

const stsNamespace = `xmlns="https://sts.amazonaws.com/doc/2011-06-15/"`

func (d *Directory) session(w http.ResponseWriter, form url.Values) {
	if form.Get("Action") == "GetCallerIdentity" {
		_, _ = fmt.Fprintf(w, `<GetCallerIdentityResponse %s><GetCallerIdentityResult><Arn>arn:aws:iam::%s:user/collector</Arn>`+
			`<UserId>AIDACOLLECTOR</UserId><Account>%s</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`, stsNamespace, Management, Management)
		return
	}
	d.sessions++
	_, _ = fmt.Fprintf(w, `<AssumeRoleResponse %s><AssumeRoleResult><Credentials><AccessKeyId>ASIASESSION%d</AccessKeyId>`+
		`<SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken><Expiration>%s</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
		stsNamespace, d.sessions, time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
}

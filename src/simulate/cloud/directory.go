package cloud

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Management is the account whose credentials the collectors have: the management account, which also holds the trail's bucket.
const Management = "999999999999"

// Organization is the id of the organization.
const Organization = "o-simulated1"

// A Directory is an STS, an Organizations and an IAM.
type Directory struct {
	mu       sync.Mutex
	accounts []Member
	roles    []Role
	sessions []string // by the number in their keys, the account of the role that was assumed
}

// A Role is one of an account's.
type Role struct {
	Account, Name, ID string
	Made              time.Time
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

// SetRoles makes these the roles that IAM knows.
func (d *Directory) SetRoles(roles []Role) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.roles = roles
}

// ServeHTTP speaks both protocols: a form is for STS and IAM, JSON for Organizations.
func (d *Directory) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if r.Header.Get("X-Amz-Target") == "" {
		_ = r.ParseForm()
		w.Header().Set("Content-Type", "text/xml")
		if r.Form.Get("Action") == "GetRole" {
			d.role(w, r)
			return
		}
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
	arn := strings.Split(form.Get("RoleArn"), ":")
	if len(arn) != 6 {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	d.sessions = append(d.sessions, arn[4])
	_, _ = fmt.Fprintf(w, `<AssumeRoleResponse %s><AssumeRoleResult><Credentials><AccessKeyId>ASIASESSION%d</AccessKeyId>`+
		`<SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken><Expiration>%s</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
		stsNamespace, len(d.sessions)-1, time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
}

// signer is the account of the session by which a request is signed.
func (d *Directory) signer(r *http.Request) string {
	_, key, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=ASIASESSION")
	number, _, _ := strings.Cut(key, "/")
	if n, err := strconv.Atoi(number); err == nil && n < len(d.sessions) {
		return d.sessions[n]
	}
	return Management
}

// role answers GetRole, in the account that asks.
func (d *Directory) role(w http.ResponseWriter, r *http.Request) {
	account, name := d.signer(r), r.Form.Get("RoleName")
	at := slices.IndexFunc(d.roles, func(of Role) bool { return of.Account == account && of.Name == name })
	if at < 0 {
		w.WriteHeader(http.StatusNotFound)
		_, _ = fmt.Fprint(w, `<ErrorResponse><Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>there is no such role</Message></Error></ErrorResponse>`)
		return
	}
	trust := url.QueryEscape(`{"Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}`)
	_, _ = fmt.Fprintf(w, `<GetRoleResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetRoleResult><Role><Path>/</Path><RoleName>%[1]s</RoleName><RoleId>%[2]s</RoleId>`+
		`<Arn>arn:aws:iam::%[3]s:role/%[1]s</Arn><CreateDate>%[4]s</CreateDate><AssumeRolePolicyDocument>%[5]s</AssumeRolePolicyDocument></Role></GetRoleResult></GetRoleResponse>`,
		name, d.roles[at].ID, account, d.roles[at].Made.UTC().Format(time.RFC3339), trust)
}

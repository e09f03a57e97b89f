package cost

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// serveOrganizations answers for an organization whose accounts lie right under its root.
func (c *cloud) serveOrganizations(w http.ResponseWriter, operation string) {
	var accounts []map[string]string
	for _, id := range c.accounts {
		accounts = append(accounts, map[string]string{"Id": id, "Name": "app-" + id, "Email": id + "@example.com", "Status": "ACTIVE", "State": "ACTIVE"})
	}
	answer, known := map[string]any{
		"DescribeOrganization":             map[string]any{"Organization": map[string]string{"Id": "o-exampleorg", "MasterAccountId": management}},
		"ListAccounts":                     map[string]any{"Accounts": accounts},
		"ListAccountsForParent":            map[string]any{"Accounts": accounts},
		"ListRoots":                        map[string]any{"Roots": []map[string]string{{"Id": "r-ab12", "Name": "Root"}}},
		"ListOrganizationalUnitsForParent": map[string]any{"OrganizationalUnits": []any{}},
	}[operation]
	if !known {
		c.fault(w, fmt.Errorf("it knows no %s of Organizations", operation))
		return
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	_ = json.NewEncoder(w).Encode(answer)
}

// serveForm answers STS, which knows every role, and IAM's ListRoles, whose pages are of a hundred unless asked for less.
func (c *cloud) serveForm(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/xml")
	switch action := r.PostFormValue("Action"); action {
	case "GetCallerIdentity":
		fmt.Fprintf(w, `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::%s:user/collector</Arn><UserId>AIDAEXAMPLE</UserId>`+
			`<Account>%[1]s</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`, home)
	case "AssumeRole":
		fmt.Fprint(w, `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey>`+
			`<SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`)
	case "ListRoles":
		c.listRoles(w, r.PostFormValue("Marker"))
	default:
		c.fault(w, fmt.Errorf("it knows no %s", action))
	}
}

func (c *cloud) listRoles(w http.ResponseWriter, marker string) {
	const page = 100
	first, next := 0, ""
	if marker != "" {
		_, _ = fmt.Sscan(marker, &first)
	}
	var members strings.Builder
	for p := first; p < min(first+page, c.roles); p++ {
		number := fmt.Sprintf("%03d", p)
		fmt.Fprintf(&members, `<member><RoleId>%s</RoleId><RoleName>app-%s</RoleName><Arn>arn:aws:iam::%s:role/app-%s</Arn><Path>/</Path>`+
			`<CreateDate>2020-01-01T00:00:00Z</CreateDate></member>`, roleID(c.accounts[0], p), number, c.accounts[0], number)
	}
	if first+page < c.roles {
		next = fmt.Sprintf("<IsTruncated>true</IsTruncated><Marker>%d</Marker>", first+page)
	}
	fmt.Fprintf(w, `<ListRolesResponse><ListRolesResult><Roles>%s</Roles>%s</ListRolesResult></ListRolesResponse>`, members.String(), next)
}

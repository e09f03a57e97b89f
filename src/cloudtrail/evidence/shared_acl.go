package evidence

import "strings"

// cannedACL reads a name of a ready-made access control list.
func (a *audience) cannedACL(v value) {
	if cannedACLs[v.text()] {
		a.list.lead(everyone)
	}
}

// acl reads an access control list (Amazon S3 API Reference, AccessControlPolicy). The owner's own grants are no sharing.
func (a *audience) acl(v value) {
	owner := v.get("Owner").get("ID").text()
	for grantee := range v.at([]string{"AccessControlList", "Grant", "Grantee"}) {
		for _, name := range [...]string{"URI", "ID", "EmailAddress"} {
			if who := grantee.get(name).text(); who != owner {
				a.add(who)
			}
		}
	}
}

// grantHeader reads one x-amz-grant header: id="…", uri="…" or emailAddress="…", parted by commas.
func (a *audience) grantHeader(v value) {
	for grantee := range strings.SplitSeq(v.text(), ",") {
		if _, who, ok := strings.Cut(grantee, "="); ok {
			a.add(strings.Trim(who, `" `))
		}
	}
}

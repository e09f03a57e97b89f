package policy

// exactly is StringEquals under another name, as an organization's id has no wildcards: moto looks at no more than the first key of an operator, and the
// external id is what it knows.
const exactly = "StringLike"

// assume are the roles that the caller takes on.
func (p *Plan) assume(purpose Purpose) []Statement {
	var all []Statement
	one := func(sid string, r Role, used bool) {
		if used && r != (Role{}) {
			all = append(all, allow(sid, []string{"sts:AssumeRole"}, p.roleARN(r)).when("StringEquals", "sts:ExternalId", p.ExternalID).
				when(exactly, "aws:ResourceOrgID", p.Organization))
		}
	}
	one("AssumeTheRoleThatListsAccounts", p.Organizations, p.ListAccounts)
	one("AssumeTheRoleThatReadsIAM", p.IAM, purpose == Run && p.Enrich)
	one("AssumeTheRoleThatReadsTheLogs", p.Reader, p.Athena || purpose == Run && (p.Trail.Name != "" || p.Queue != ""))
	return all
}

// trust is the trust policy of a role that the caller assumes.
func (p *Plan) trust() []Statement {
	principal := p.Principal
	if principal == "" {
		principal = p.arn("iam", "", p.Account, "root")
	}
	s := Statement{Sid: "LetCtAnomalyIn", Effect: "Allow", Principal: map[string][]string{"AWS": {principal}}, Action: []string{"sts:AssumeRole"}}
	return []Statement{s.when("StringEquals", "sts:ExternalId", p.ExternalID).when(exactly, "aws:PrincipalOrgID", p.Organization)}
}

// instanceTrust is the trust policy of the caller's own role, where an instance has it.
func (p *Plan) instanceTrust() []Statement {
	if p.InstanceProfile == "" {
		return nil
	}
	return []Statement{{
		Sid: "LetInstancesHaveIt", Effect: "Allow", Principal: map[string][]string{"Service": {"ec2." + p.domain()}}, Action: []string{"sts:AssumeRole"},
	}}
}

// organization asks which account manages the organization: every account may, and only as itself.
func (p *Plan) organization() []Statement {
	if !p.FindOrganization {
		return nil
	}
	return []Statement{allow("FindTheOrganization", []string{"organizations:DescribeOrganization"}, "*")}
}

// accounts lists the accounts, with the units they lie in.
func (p *Plan) accounts() []Statement {
	if !p.ListAccounts {
		return nil
	}
	all := []Statement{
		allow("ListTheAccounts", []string{"organizations:ListAccounts"}, "*"),
		allow("SeeTheUnitsOfAccounts", []string{
			"organizations:ListAccountsForParent", "organizations:ListOrganizationalUnitsForParent", "organizations:ListRoots"}, "*"),
	}
	if p.Tags {
		organization := p.Organization
		if organization == "" {
			organization = "*"
		}
		all = append(all, allow("ReadTheTagsOfAccounts", []string{"organizations:ListTagsForResource"},
			p.arn("organizations", "", "*", "account/"+organization+"/*")))
	}
	return all
}

// enrichment asks about roles that have an anomaly, and about instances whose credentials were used. EC2's Describe actions know no
// resources.
func (p *Plan) enrichment(purpose Purpose, account string) []Statement {
	if !p.Enrich || purpose != Run {
		return nil
	}
	return []Statement{
		allow("ReadWhoMayAssumeRoles", []string{"iam:GetRole"}, p.arn("iam", "", account, "role/*")),
		allow("SeeInstancesAndTheirNetworks", []string{
			"ec2:DescribeInstances", "ec2:DescribeNatGateways", "ec2:DescribeRegions"}, "*"),
	}
}

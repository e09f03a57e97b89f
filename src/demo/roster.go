package demo

import "slices"

// roster lists everybody who acts in the organization, account by account.
func roster(ids identities) []*principal {
	all := slices.Concat(managementRoster(), prodRoster(ids), stagingRoster(ids), dataRoster(ids), sandboxRoster())
	for _, a := range accounts {
		all = append(all, recorder(a.id))
		all = append(all, caller(a.id, "config.amazonaws.com", daily(3, 5), "sts:AssumeRole("+roleARN(a.id, "aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig")+")"))
	}
	return all
}

func roleARN(account, name string) string { return "arn:aws:iam::" + account + ":role/" + name }

// assuming is the act of taking on a role under a session's name.
func assuming(account, name, session string) string {
	return "sts:AssumeRole(" + roleARN(account, name) + "," + session + ")"
}

// permissionSet is the role that Identity Center keeps in an account for a permission set.
func permissionSet(account, name, suffix string, who []member, job ...routine) *principal {
	return &principal{kind: role, account: account, name: "AWSReservedSSO_" + name + "_" + suffix, path: "/aws-reserved/sso.amazonaws.com/",
		members: who, job: job}
}

// viewers may look everywhere, n times a day.
func viewers(account string, who []member, n float64) *principal {
	return permissionSet(account, "ViewOnly", "0d1b6b6a5c4e8f13", who, routine{when: office(n), some: viewing, least: 5, most: 14})
}

// linked is a role that belongs to a service.
func linked(account, host, name, session string, job ...routine) *principal {
	for i := range job {
		job[i].via = host
	}
	return &principal{kind: role, account: account, name: name, path: "/aws-service-role/" + host + "/", members: machine(session, host, host), job: job}
}

// recorder is AWS Config's own role, which looks at everything each night.
func recorder(account string) *principal {
	return linked(account, "config.amazonaws.com", "AWSServiceRoleForConfig", "AWSConfig-Describe", routine{when: daily(3, 6), all: recording})
}

// caller is a service that calls in its own name.
func caller(account, host string, when rhythm, all string) *principal {
	return &principal{kind: service, account: account, name: host, members: machine("", host, host), job: []routine{{when: when, all: all}}}
}

// machine is a principal's only member.
func machine(session, address, agent string) []member {
	return []member{{name: session, address: address, agent: agent}}
}

// worker is a role that one machine has.
func worker(account, name, path string, m []member, job ...routine) *principal {
	return &principal{kind: role, account: account, name: name, path: path, members: m, job: job}
}

// function is the role of a lambda function.
func function(account, name, address string, job ...routine) *principal {
	return worker(account, name+"-role", "/service-role/", machine(name, address, lambdaBoto), job...)
}

// keyholder is an IAM user whose access key a machine has.
func keyholder(account, name string, m []member, job ...routine) *principal {
	return &principal{kind: user, account: account, name: name, path: "/", members: m, job: job}
}

// visitor is somebody of another account, as this one sees them come in.
func visitor(account, owner, id string, m []member, job ...routine) *principal {
	return &principal{kind: foreign, account: account, owner: owner, ownerID: id, members: m, job: job}
}

// deployer is the role that builds become: it calls CloudFormation, which then calls on its behalf.
func deployer(account, shared string, n float64, more ...routine) *principal {
	return worker(account, "deploy", "/", build, append(more,
		routine{when: builds(n), shared: shared, lag: 8, all: deploying},
		routine{when: builds(n), shared: shared, lag: 45, via: "cloudformation.amazonaws.com", all: unfolding})...)
}

// fleet is the role of instances that reach AWS through a NAT gateway, or where there is an endpoint each from its own address.
func fleet(account, name, nat, vpce string, own []string, job ...routine) *principal {
	p := worker(account, name, "/", nil, job...)
	p.instance = true
	for i, address := range own {
		m := member{name: "i-", address: address, agent: goSDK, vpce: vpce, slot: i + 1}
		if vpce == "" {
			m.address = nat
		}
		p.members = append(p.members, m)
	}
	return p
}

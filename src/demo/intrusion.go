package demo

import (
	"fmt"
	"strings"
	"time"
)

// What the intruder is seen as. The addresses are nobody's: of the range for documentation that the organization does not use.
const (
	intruder     = "203.0.113.66"
	intruderHost = "203.0.113.201"
	intruderCLI  = "aws-cli/2.15.30 Python/3.11.8 Linux/6.6.15-amd64 exe/x86_64.kali.2024 prompt/off"
	intruderWeb  = "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0"
	backdoor     = "svc-backup-sync"
	snapshot     = "snap-0c4f1d2e3b5a69788"
)

// A scene is a step of the story before it has a time: who does what, and what must be said of it.
type scene struct {
	clock  string // since midnight
	who    string // an actor
	act    string // as in jobs
	what   string
	expect string
	rule   string
}

// The names of the rules that the story sets off.
const (
	ruleLogDeletion  = "log_deletion"
	ruleStopLogging  = "stop_logging"
	ruleCredentials  = "instance_credentials"
	ruleRoot         = "root_activity"
	ruleConsoleLogin = "console_login_without_mfa"
)

// scenes are the night in which a build server's key is used by somebody else.
var scenes = []scene{
	{"2h11m07s", "build key", "sts:GetCallerIdentity",
		"the leaked key of the build user ci-deploy is tried out from an address abroad", "new_action", ""},
	{"2h12m31s", "build key", "iam:ListUsers!", "it asks for the account's users and is refused", "new_action", ""},
	{"2h14m02s", "build key", "s3:ListBuckets", "it lists the buckets", "new_action", ""},
	{"2h17m45s", "build key", "iam:GetAccountAuthorizationDetails", "it reads every user, role and policy of the account", "new_action", ""},
	{"2h19m20s", "build key", "secretsmanager:ListSecrets", "it lists the secrets", "new_action", ""},
	{"2h23m09s", "build key", "secretsmanager:GetSecretValue(prod/payments/database)",
		"it reads the password of the payments database", "new_action", ""},
	{"2h41m54s", "build key", "iam:CreateUser(" + backdoor + ",$id)", "it makes a user named like a service", "new_action", ""},
	{"2h42m30s", "build key", "iam:CreateAccessKey(" + backdoor + ")", "and an access key for it", "new_action", ""},
	{"2h49m12s", "backdoor", "ec2:DescribeSnapshots!", "the new user svc-backup-sync is tried out and refused", "new_principal", ""},
	{"2h52m40s", "build key", "iam:AttachUserPolicy(" + backdoor + ",arn:aws:iam::aws:policy/AdministratorAccess)",
		"the build user makes the new user an administrator", "new_action", ""},
	{"2h58m03s", "backdoor", "ec2:DescribeSnapshots", "now the new user may list the snapshots", "denied_then_success", ""},
	{"3h04m26s", "backdoor", "iam:CreateLoginProfile(" + backdoor + ")", "it gives itself a password for the console", "new_action", ""},
	{"3h11m50s", "backdoor on the web", "signin:ConsoleLogin", "and signs in to the console without MFA", "new_action", ruleConsoleLogin},
	{"3h20m15s", "backdoor", "sts:AssumeRole(arn:aws:iam::" + data + ":role/data-admin,sync)",
		"it takes on the role data-admin of the data account", "new_action", ""},
	{"3h20m15s", "visitor", "sts:AssumeRole(arn:aws:iam::" + data + ":role/data-admin,sync)", "the data account sees it come in", "new_principal", ""},
	{"3h26m37s", "data-admin", "ec2:CreateSnapshot(" + snapshot + ")", "data-admin takes a snapshot of a volume", "new_action", ""},
	{"3h31m08s", "data-admin", "ec2:ModifySnapshotAttribute(" + outsider + "," + snapshot + ")",
		"and shares it with an account outside the organization", "new_action", ""},
	{"3h42m44s", "data-admin", "s3:PutBucketPolicy(customer-exports-" + data + ")",
		"data-admin opens the bucket of customer exports to everyone", "new_action", ""},
	{"4h02m19s", "backdoor", "cloudtrail:StopLogging(arn:aws:cloudtrail:us-east-1:" + management + ":trail/organization)!",
		"the new user tries to stop the organization's trail and is refused", "new_action", ruleStopLogging},
	{"4h04m33s", "backdoor", "cloudtrail:StopLogging(prod-audit)", "it stops the account's own trail", "denied_then_success", ruleStopLogging},
	{"4h06m02s", "backdoor", "cloudtrail:DeleteTrail(prod-audit)", "and deletes it", "new_action", ruleLogDeletion},
	{"4h15m28s", "backdoor", "ec2:DeleteFlowLogs", "it ends the network's flow logs", "new_action", ""},
	{"4h18m51s", "backdoor", "logs:DeleteLogGroup(vpc)", "and deletes those that were kept", "new_action", ruleLogDeletion},
	{"4h40m10s", "instance abroad", "secretsmanager:GetSecretValue(prod/payments/database)",
		"the credentials of a web instance read a secret from an address abroad, as the instance itself does from its own", "rule", ruleCredentials},
	{"4h43m35s", "instance abroad", "s3:ListBuckets", "and list the buckets", "new_action", ruleCredentials},
	{"5h21m40s", "root", "signin:ConsoleLogin", "somebody signs in as prod's root without MFA", "new_principal", ruleConsoleLogin},
	{"5h29m16s", "root", "iam:CreateAccessKey(root)", "root gets an access key", "new_action", ruleRoot},
	{"6h48m05s", "backdoor", "iam:UpdateAssumeRolePolicy(db-maintenance," + outsider + ")",
		"the new user lets an outside account take on the role db-maintenance, to come back", "new_action", ""},
}

// An actor is who a principal is in the scenes: seen from where the intruder sits.
type actor struct {
	by   *principal
	from member
}

// cast says who plays in the scenes: principals of the organization and new ones.
func (l *life) cast() map[string]actor {
	build, web, admin := l.find(prod, "ci-deploy"), l.find(prod, "web-instance"), l.find(data, "data-admin")
	user := &principal{kind: user, account: prod, name: backdoor, path: "/"}
	return map[string]actor{
		"build key":           {build, member{address: intruder, agent: intruderCLI}},
		"backdoor":            {user, member{address: intruder, agent: intruderCLI}},
		"backdoor on the web": {user, member{address: intruder, agent: intruderWeb}},
		"visitor":             {&principal{kind: foreign, account: data, owner: prod, ownerID: l.ids.of(user, lastAge)}, member{address: intruder, agent: intruderCLI}},
		"data-admin":          {admin, member{name: "sync", address: intruder, agent: intruderCLI}},
		"instance abroad":     {web, member{name: "i-", address: intruderHost, agent: intruderCLI, slot: 1}},
		"root":                {&principal{kind: root, account: prod}, member{address: intruder, agent: intruderWeb}},
	}
}

func (l *life) find(account, name string) *principal {
	for _, p := range l.roster {
		if p.account == account && p.name == name {
			return p
		}
	}
	return nil
}

// intrusion is what the intruder does on the last day, as calls and as told.
func (l *life) intrusion(d day) (calls []call, steps []Step, err error) {
	cast := l.cast()
	for _, s := range scenes {
		a, err := readAct(s.act)
		if err != nil {
			return nil, nil, err
		}
		after, err := time.ParseDuration(s.clock)
		if err != nil {
			return nil, nil, fmt.Errorf("scene at %q: %w", s.clock, err)
		}
		actor := cast[s.who]
		at := d.start + int64(after.Seconds())
		c := l.call(d, actor.by, l.session(d, actor.by, &actor.from, 0, at), a, at)
		c.story = true
		for i, arg := range a.args {
			c.args[i] = strings.Replace(arg, "$id", l.ids.id("AIDA", prod, backdoor), 1)
		}
		calls = append(calls, c)
		steps = append(steps, Step{Time: time.Unix(at, 0).UTC(), Account: c.account, Principal: l.ids.key(actor.by, d.age), Action: recorded(a.action),
			Denied: a.denied, What: s.what, Expect: s.expect, Rule: s.rule})
	}
	return calls, steps, nil
}

// recorded is an action as a baseline knows it.
func recorded(action string) string {
	source, name, _ := strings.Cut(action, ":")
	return source + ".amazonaws.com:" + name
}

package demo

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// A kind is how CloudTrail writes who acted.
type kind int

const (
	role           kind = iota // AssumedRole
	user                       // IAMUser with an access key
	consoleUser                // IAMUser signed in to the console: carries sessionIssuer {}
	root                       // Root
	federated                  // FederatedUser
	service                    // AWSService
	bareService                // no type, only invokedBy
	foreign                    // AWSAccount
	anonymous                  // AWSAccount, ANONYMOUS_PRINCIPAL
	saml                       // SAMLUser
	webIdentity                // WebIdentityUser
	identityCenter             // IdentityCenterUser
	directory                  // Directory
	unknown                    // Unknown
	unheard                    // a type that nobody knows yet
	absent                     // no userIdentity at all
)

// A principal is somebody who acts in the log of one account.
type principal struct {
	kind
	account  string // whose log it is
	name     string
	path     string // of a role, with both slashes
	owner    string // the account it belongs to, where that is another one
	ownerID  string // the id it has there
	members  []member
	job      []routine
	rebuilt  []int // ages at which the role is deleted and made again
	from     int   // the age at which it is made
	instance bool  // its sessions are those of instances
}

const identityStore = "d-9367example"

// identities makes the ids of one life: the same seed gives the same ids.
type identities struct{ seed int64 }

// id is an id as IAM forms them: AROA…, AIDA…, AKIA…, ASIA….
func (s identities) id(prefix string, parts ...any) string {
	sum := s.digest(append(parts, prefix)...)
	return prefix + base32.StdEncoding.EncodeToString(sum[:])[:20-len(prefix)]
}

// hex is n hexadecimal digits.
func (s identities) hex(n int, parts ...any) string {
	sum := s.digest(parts...)
	return hex.EncodeToString(sum[:])[:n]
}

func (s identities) digest(parts ...any) [32]byte {
	return sha256.Sum256(fmt.Appendln(nil, append(parts, s.seed)...))
}

// of is a principal's unique id at an age.
func (s identities) of(p *principal, age int) string {
	switch p.kind {
	case role:
		built := 0
		for _, at := range p.rebuilt {
			if age >= at {
				built++
			}
		}
		return s.id("AROA", p.account, p.name, built)
	case user, consoleUser:
		return s.id("AIDA", p.account, p.name)
	case foreign:
		return p.ownerID
	case saml:
		return s.hex(20, "saml", p.account) + "=:" + p.name
	case identityCenter:
		return s.person(p.name)
	case unheard:
		return "wi-" + s.hex(12, p.name)
	}
	return p.account
}

// person is somebody's id in the identity store.
func (s identities) person(name string) string {
	h := s.hex(32, "person", name)
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:32]
}

// instance is the instance in a slot of a group at an age.
func (s identities) instance(p *principal, slot, age int) string {
	return "i-0" + s.hex(16, p.account, p.name, slot, (age+1000+10*slot)/21)
}

// key is the key that a baseline knows the principal under.
func (s identities) key(p *principal, age int) string {
	id := s.of(p, age)
	switch p.kind {
	case role, user, consoleUser:
		return id
	case root:
		return "root:" + p.account
	case federated:
		return "federated:" + s.id("AIDA", p.account, p.ownerID)
	case service, bareService:
		return "service:" + p.account + "/" + p.name
	case foreign:
		id, _, _ = strings.Cut(id, ":")
		return "account:" + p.owner + "/" + id + "@" + p.account
	case anonymous:
		return "anonymous:" + p.account
	case saml:
		return "saml:" + s.hex(20, "saml", p.account) + "=/" + p.name + "@" + p.account
	case webIdentity:
		return "web:" + provider(p.account) + "/" + p.name + "@" + p.account
	case identityCenter:
		return "idc:" + identityStore + "/" + id + "@" + p.account
	case directory:
		return "directory:" + p.account + "/" + p.name
	case unknown:
		return "unknown:" + p.account + "/" + p.account
	case unheard:
		return "workloadidentity:" + p.account + "/" + id
	}
	return "none:" + p.account
}

// provider is the identity provider of an account's cluster.
func provider(account string) string {
	return "arn:aws:iam::" + account + ":oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE" + account
}

// number is a build's number at a second of its day.
func number(age, second int) string { return strconv.Itoa((age+500)*1440 + second/60) }

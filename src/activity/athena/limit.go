package athena

import (
	"strings"

	"cloudtrail_anomaly/src/cloudtrail"
	"cloudtrail_anomaly/src/discern"
)

// Names come from the query as long as they are in the records. The reader of log files cuts very long ones; so that it cuts these as it would
// have, they are given to it as what it leaves alone otherwise: an issuer's id is the principal, a recipient the account.

// shortest is the least limit of a name in src/cloudtrail: what is no longer is no other there.
const shortest = 256

func principalOf(name string) string {
	if len(name) <= shortest {
		return name
	}
	return (&cloudtrail.Record{Identity: &cloudtrail.Identity{Type: "AssumedRole", IssuerPrincipalID: name}}).Principal()
}

func actionOf(name string) string {
	if len(name) <= shortest {
		return name
	}
	source, call, _ := strings.Cut(name, ":")
	return (&cloudtrail.Record{EventSource: []byte(source), EventName: []byte(call)}).Action()
}

func accountOf(name string) string {
	if len(name) <= shortest {
		return name
	}
	return (&cloudtrail.Record{RecipientAccountID: []byte(name)}).Account()
}

// detailOf is for a rule's instance and address, whose limit is that of the account.
func detailOf(name string) string { return accountOf(name) }

func outcomeOf(word string) discern.Outcome {
	for _, o := range [...]discern.Outcome{discern.OK, discern.Denied} {
		if o.String() == word {
			return o
		}
	}
	return discern.Failed
}

// Package settings turns a config.yml, the stanza of an input and the flags of a command into one checked Settings.
//
// It opens no log, asks nobody and writes nothing: a setting that stays empty is found by the room that uses it. One table, in
// table.go, is behind the keys, the flags, the defaults and the help, so a setting is added by a row there and a field here. It is
// the first stop of a run: everything after it may trust the values to be in range and to agree with each other.
package settings

import (
	"net/netip"
	"time"
)

// Settings are all settings of a run, checked. Empty means that none was given and the value has to be found, unless said otherwise.
type Settings struct {
	Logs   Place  // where the log files are
	Engine string // EngineAthena or EngineLogs, never empty

	Credential       string // "profile:<name>", or an entry of storage/passwords; empty is the SDK's own chain
	RoleExternalID   string // sent with every AssumeRole
	ProxyURL         string // without user and password
	CAFile           string // PEM
	EndpointURL      string // instead of the endpoints of AWS
	Accounts         []string
	ExcludeAccounts  []string
	BusinessUnit     []string // each "ou:<id>", "tag:<key>=<value>" or "name:<glob>"
	AWSRegion        string
	OrgsAccountID    string
	OrgsRoleName     string
	IAMRoleName      string // empty: trusts are not looked up
	AthenaAccountID  string // EachAccount: every account's own Athena
	AthenaRoleName   string
	AthenaWorkgroup  string
	AthenaBucket     string
	AthenaPrefix     string // without slashes at its ends
	AthenaDatabase   string
	CloudTrailBucket string
	CloudTrailPrefix string // the part above AWSLogs/, without slashes at its ends
	OrganizationID   string
	DynamoTableName  string // empty: the embedded baseline

	HistoryConsentGigabytes int // the greatest history that is read without being asked for
	AllowEmbeddedOnCluster  bool
	DeleteResults           bool
	InstanceNetworks        []netip.Prefix

	HECCredential   string
	SCSCredential   string
	ProxyCredential string
	AlarmEmail      string
	AlarmTopicARN   string // instead of AlarmEmail: a topic that is there

	HistoryDays           int // HistoryAll: everything there is; 0: nothing from before the first run
	LearningDays          int
	PrincipalLearningDays int
	ForgetAfterDays       int
	RefreshDays           int
	LookbackMinutes       int
	SweepDays             int

	IgnoredActions    Globs    // over eventSource:eventName, or the same with the service's short name
	IgnoredPrincipals Globs    // for the key, the ARN and the name of a principal
	EventCategories   []string // as CloudTrail spells them; none means all

	SNSTopicARN         string
	CloudWatchNamespace string
	HECURL              string
	HECIndex            string
	SCSTenant           string

	MaxConcurrentAccounts int
	DailyScanGigabytes    int
	RunTimeout            time.Duration // 0: nine tenths of the time to the next firing
	ValidateLive          bool
	Config                string // the path of a config.yml, or its text
}

// The engines.
const (
	EngineAthena = "athena"
	EngineLogs   = "logs"
)

// HistoryAll as HistoryDays asks for everything there is.
const HistoryAll = -1

// EachAccount as AthenaAccountID stands for the account whose activity is read.
const EachAccount = "{account}"

// historyMargin is how many days the history reaches beyond the learning: what was new in them is told in the first run.
const historyMargin = 7

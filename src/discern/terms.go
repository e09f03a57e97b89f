package discern

// Terms are the settings that judging depends on.
type Terms struct {
	LearningDays          int // an account must have been watched so long before its new pairs count
	PrincipalLearningDays int // a principal likewise; until then its anomalies say learning
	ForgetAfterDays       int // after last seen, when a pair is no longer known
	RefreshDays           int // a known pair's last seen is rewritten when it is further behind; 0 = always

	// TellFrom: what happened earlier is learnt without telling. Zero tells everything, Never nothing.
	TellFrom int64

	// Suppress says whether an event is written as suppressed, and by what.
	Suppress func(*Event) (by string, suppressed bool)

	// OwnAddress tells whether an address can belong to any instance: an AWS service's name, or one of instance_networks.
	OwnAddress func(address string) bool
}

// Never is a TellFrom that is never reached.
const Never = int64(1) << 62

// span is how long after its last seen a pair is still known: LastSeen may be RefreshDays behind.
func (t Terms) span() int64    { return int64(t.ForgetAfterDays+t.RefreshDays) * Day }
func (t Terms) refresh() int64 { return int64(t.RefreshDays) * Day }

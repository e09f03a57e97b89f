package discern

// Outcome is how a call ended, as DESIGN section 5 of the product's rules divides it.
type Outcome uint8

// The outcomes, in the order in which sightings of the same second are judged.
const (
	OK     Outcome = iota // neither errorCode nor errorMessage
	Denied                // errorCode holds AccessDenied, Unauthorized or Forbidden, or a console login failed
	Failed                // any other error
)

// String gives the word the event carries: ok, denied or error.
func (o Outcome) String() string {
	switch o {
	case OK:
		return "ok"
	case Denied:
		return "denied"
	default:
		return "error"
	}
}

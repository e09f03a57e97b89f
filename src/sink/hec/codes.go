package hec

import (
	"fmt"
	"net/http"
)

// A fate is what an answer means for the events of its request.
type fate int

const (
	taken    fate = iota
	again         // nothing is wrong with them: the collector is busy, or what it said is not clear
	bad           // one of them is wrong
	tooLarge      // they are too many
	shut          // the settings are wrong, on one side or the other: nothing more is sent
)

// A rule says what to do about an answer, what Splunk calls it, and how to mend it.
type rule struct {
	fate fate
	text string
	mend string
}

// The mends that several answers share.
const (
	mendToken   = "put the value of an enabled HEC token of this collector into the entry that hec_credential names, or, for a command, into CT_ANOMALY_HEC_TOKEN"
	mendHeader  = "have what stands between here and the collector pass on the header Authorization"
	mendChannel = "have what stands between here and the collector pass on the header X-Splunk-Request-Channel"
	mendURL     = "see that hec_url is the address of an HTTP Event Collector, https://HOST:8088, and that HEC is enabled there"
	mendBusy    = "the next run sends them again; where this goes on, see the queues of the collector in Splunk's Monitoring Console"
	mendEvent   = "the next runs try it again for 7 days; splunkd.log of the collector says what it dislikes (component HttpInputDataHandler)"
)

// codes are those of Splunk's manual, "Troubleshoot HTTP Event Collector": 0-16 of all versions, 17-23 of the health endpoint and of a collector that
// stops, 24-27 of version 9.3 and later. Those that the event endpoint should not give are there for a front that answers in its place.
var codes = map[int]rule{
	0:  {taken, "success", ""},
	1:  {shut, "the token is disabled", "enable it in Splunk (Settings, Data inputs, HTTP Event Collector), or " + mendToken},
	2:  {shut, "no token arrived", mendHeader},
	3:  {shut, "the header Authorization did not arrive as it was sent", mendHeader},
	4:  {shut, "the token is not known there", mendToken},
	5:  {shut, "no data arrived", "have what stands between here and the collector pass on the body of a request"},
	6:  {bad, "invalid data format", mendEvent},
	7:  {shut, "incorrect index", "let the token write to the index"},
	8:  {again, "internal server error", mendBusy},
	9:  {again, "the server is busy", mendBusy},
	10: {shut, "the data channel is missing", mendChannel},
	11: {shut, "the data channel is invalid", mendChannel},
	12: {bad, "the field event is required", mendEvent},
	13: {bad, "the field event is blank", mendEvent},
	14: {shut, "acknowledgement is disabled for the token", "enable or disable it for all indexers behind hec_url alike"},
	15: {bad, "error in indexed fields", mendEvent},
	16: {shut, "a token in the query is not allowed there", "have what stands between here and the collector leave the token in the header"},
	17: {shut, "the health endpoint answered in place of the event endpoint", mendURL},
	18: {again, "the queues are full", mendBusy},
	19: {again, "the acknowledgement service is not available", mendBusy},
	20: {again, "the queues are full and the acknowledgement service is not available", mendBusy},
	21: {shut, "the token is not known there", mendToken},
	22: {shut, "the token is disabled", "enable it in Splunk (Settings, Data inputs, HTTP Event Collector), or " + mendToken},
	23: {again, "the server is shutting down", mendBusy},
	24: {taken, "success; the queue is almost full", ""},
	25: {taken, "success; the acknowledgement channel is almost full", ""},
	26: {again, "the queue is full", mendBusy},
	27: {again, "the acknowledgement channel is full", mendBusy},
}

// statuses are for answers without such a code, which come from a front, a proxy or something that is no collector.
var statuses = map[int]rule{
	http.StatusBadRequest:            {bad, "bad request", mendEvent},
	http.StatusUnauthorized:          {shut, "the token is refused", mendToken},
	http.StatusForbidden:             {shut, "access is forbidden", mendToken + "; or have the front of the collector let this host in"},
	http.StatusNotFound:              {shut, "there is no event endpoint", mendURL},
	http.StatusMethodNotAllowed:      {shut, "there is no event endpoint", mendURL},
	http.StatusProxyAuthRequired:     {shut, "the proxy wants a user and a password", "put them into the entry of storage/passwords that proxy_credential names"},
	http.StatusRequestTimeout:        {again, "the request took too long", mendBusy},
	http.StatusRequestEntityTooLarge: {tooLarge, "it is larger than the collector takes", "raise max_content_length in the collector's limits.conf"},
	http.StatusUnsupportedMediaType:  {shut, "compressed requests are not taken", "have the front of the collector take Content-Encoding: gzip, as Splunk does"},
	http.StatusTooManyRequests:       {again, "too many requests", mendBusy},
}

// rule finds what an answer means. A code is believed before a status, but no success that the status denies.
func (a *answer) rule() rule {
	ok := a.status == http.StatusOK
	r, known := codes[a.code]
	if a.coded && known && a.status != http.StatusRequestEntityTooLarge && (r.fate != taken || ok) {
		return r
	}
	if r, known = statuses[a.status]; known {
		return r
	}
	switch {
	case ok:
		return rule{again, "the answer is not whole, or is not that of a collector", mendURL}
	case a.status/100 == 3:
		return rule{shut, "it answers with a redirect, which the token does not follow", "put the address of the collector itself into hec_url"}
	case a.status/100 == 5:
		return rule{again, "the server does not work", mendBusy}
	default:
		return rule{shut, "the answer is not that of a collector", mendURL}
	}
}

// fault is an answer as an error. It has our words, not the answer's own, which may repeat what was sent.
func (s *Sink) fault(a *answer) error {
	r := a.rule()
	code := ""
	if a.coded {
		code = fmt.Sprintf(", code %d", a.code)
	}
	text, mend := r.text, r.mend
	if a.coded && a.code == 7 {
		text, mend = "the token may not write to its default index, or there is none", "give the token a default index that exists, among those it may write to"
		if s.Index != "" {
			text, mend = "the token may not write to index "+s.Index+", or it does not exist", "create the index in Splunk and allow it for the token, or name another"
		}
	}
	return fmt.Errorf("HTTP %d%s: %s; %s", a.status, code, text, mend)
}

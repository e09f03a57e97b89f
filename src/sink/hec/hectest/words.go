package hectest

import (
	"net/http"
)

// words are the answers of Splunk's table, by code.
var words = map[int]struct {
	status int
	text   string
}{
	0:  {http.StatusOK, "Success"},
	1:  {http.StatusForbidden, "Token disabled"},
	2:  {http.StatusUnauthorized, "Token is required"},
	3:  {http.StatusUnauthorized, "Invalid authorization"},
	4:  {http.StatusForbidden, "Invalid token"},
	5:  {http.StatusBadRequest, "No data"},
	6:  {http.StatusBadRequest, "Invalid data format"},
	7:  {http.StatusBadRequest, "Incorrect index"},
	8:  {http.StatusInternalServerError, "Internal server error"},
	9:  {http.StatusServiceUnavailable, "Server is busy"},
	10: {http.StatusBadRequest, "Data channel is missing"},
	11: {http.StatusBadRequest, "Invalid data channel"},
	12: {http.StatusBadRequest, "Event field is required"},
	13: {http.StatusBadRequest, "Event field cannot be blank"},
	14: {http.StatusBadRequest, "ACK is disabled"},
	15: {http.StatusBadRequest, "Error in handling indexed fields"},
	16: {http.StatusBadRequest, "Query string authorization is not enabled"},
	17: {http.StatusOK, "HEC is healthy"},
	18: {http.StatusServiceUnavailable, "HEC is unhealthy, queues are full"},
	19: {http.StatusServiceUnavailable, "HEC is unhealthy, ack service unavailable"},
	20: {http.StatusServiceUnavailable, "HEC is unhealthy, queues are full, ack service unavailable"},
	21: {http.StatusBadRequest, "Invalid token"},
	22: {http.StatusBadRequest, "Token disabled"},
	23: {http.StatusServiceUnavailable, "Server is shutting down"},
	24: {http.StatusOK, "Success; HEC queue is approaching capacity"}, // the wording of 24 and 25 is inferred
	25: {http.StatusOK, "Success; HEC ACK channel is approaching capacity"},
	26: {http.StatusTooManyRequests, "HEC queue is at capacity and cannot process any more requests"},
	27: {http.StatusTooManyRequests, "HEC ACK channel is at capacity and cannot process any more requests"},
}

// What is no code of the table. Splunk answers these with a page of HTML.
const (
	none    = -1
	success = 0
)

// A reply is an answer before it is written.
type reply struct {
	status int
	code   int  // none: a page of HTML
	number *int // of the wrong event
	ack    *int64
	acks   map[string]bool // in place of all of these
}

func coded(code int) reply { return reply{status: words[code].status, code: code} }

func page(status int) reply { return reply{status: status, code: none} }

func wrong(code, number int) reply {
	r := coded(code)
	r.number = &number
	return r
}

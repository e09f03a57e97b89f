package athenatest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"
)

// A refusal is an error answer of Athena's.
type refusal struct {
	code, message string
	status        int // 0 is 400
}

func (r *refusal) Error() string { return r.code + ": " + r.message }

func invalid(message string) error {
	return &refusal{code: "InvalidRequestException", message: message}
}

// notFound is how Athena hands on that its catalog knows no such thing (https://github.com/DyfanJones/noctua/issues/205).
func notFound() error {
	return &refusal{code: "MetadataException", message: "Entity Not Found (Service: AmazonDataCatalog; Status Code: 400; " +
		"Error Code: EntityNotFoundException; Request ID: 00000000-0000-0000-0000-000000000000; Proxy: null)"}
}

// serveAthena answers a call of Athena's JSON 1.1 protocol.
func (f *Front) serveAthena(w http.ResponseWriter, r *http.Request, operation string) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the caller is gone
	}
	fault := f.record(Call{Service: "athena", Operation: operation})
	switch {
	case fault == nil:
		f.answerAthena(w, operation, body)
	case fault.Hang:
		f.hang(r)
	case fault.Lose:
		f.answerAthena(discard{}, operation, body)
		lose()
	default:
		writeRefusal(w, &refusal{fault.Code, fault.Message, fault.Status})
	}
}

func (f *Front) answerAthena(w http.ResponseWriter, operation string, body []byte) {
	operations := map[string]func(json.RawMessage) (any, error){
		"StartQueryExecution":    takes(f.startQueryExecution),
		"StopQueryExecution":     takes(f.stopQueryExecution),
		"GetQueryExecution":      takes(f.getQueryExecution),
		"BatchGetQueryExecution": takes(f.batchGetQueryExecution),
		"GetQueryResults":        takes(f.getQueryResults),
		"GetWorkGroup":           takes(f.getWorkGroup),
		"GetTableMetadata":       takes(f.getTableMetadata),
		"ListTableMetadata":      takes(f.listTableMetadata),
		"GetDatabase":            takes(f.getDatabase),
		"ListDatabases":          takes(f.listDatabases),
	}
	answer, err := any(nil), error(&refusal{code: "UnknownOperationException", message: "this front does not know " + operation})
	if known := operations[operation]; known != nil {
		answer, err = known(body)
	}
	if err != nil {
		writeRefusal(w, err)
		return
	}
	encoded, err := json.Marshal(answer)
	if err != nil {
		writeRefusal(w, err)
		return
	}
	if len(encoded) > smallAnswer {
		time.Sleep(aNetworksPause)
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	_, _ = w.Write(encoded)
}

// An SDK for Go closes its request's body when the answer begins, and net/http closes the connection when it then finds that body closed
// before it has seen its end. An answer within microseconds can do that, as none does that comes through a network; a small one is read at once.
const (
	smallAnswer    = 2000 // bytes
	aNetworksPause = 3 * time.Millisecond
)

// takes reads a call's parameters, refusing those that the operation does not have: the SDK sends none, and a field that is missing here
// should be found out.
func takes[Parameters any](answer func(Parameters) (any, error)) func(json.RawMessage) (any, error) {
	return func(body json.RawMessage) (any, error) {
		var p Parameters
		in := json.NewDecoder(bytes.NewReader(body))
		in.DisallowUnknownFields()
		if err := in.Decode(&p); err != nil {
			return nil, &refusal{code: "SerializationException", message: err.Error()}
		}
		return answer(p)
	}
}

func writeRefusal(w http.ResponseWriter, err error) {
	refused := &refusal{code: "InternalServerException", message: err.Error(), status: http.StatusInternalServerError}
	_ = errors.As(err, &refused)
	if refused.status == 0 {
		refused.status = http.StatusBadRequest
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.WriteHeader(refused.status)
	_ = json.NewEncoder(w).Encode(map[string]string{"__type": refused.code, "Message": refused.message})
}

// epoch is a time as the protocol has it.
func epoch(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

// page cuts the part of all that a token and a limit ask for. The token is the number of what was given before.
func page[T any](all []T, token string, limit, most int) (part []T, next string, err error) {
	if limit < 0 || limit > most {
		return nil, "", invalid("MaxResults is out of its range")
	}
	if limit == 0 {
		limit = most
	}
	var from int
	if token != "" {
		if err := json.Unmarshal([]byte(token), &from); err != nil || from < 0 || from > len(all) {
			return nil, "", invalid("Invalid NextToken")
		}
	}
	to := min(len(all), from+limit)
	if to < len(all) {
		encoded, _ := json.Marshal(to)
		next = string(encoded)
	}
	return all[from:to], next, nil
}

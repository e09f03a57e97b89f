// Package cloudwatchtest lets the SDK speak with a moto server of CloudWatch. It is for tests alone.
//
// The SDK speaks Smithy RPC v2 CBOR with CloudWatch; moto 5 knows the service's older protocols only. The door stands before moto, puts what is CloudWatch's
// into AWS JSON 1.0 and its answers back, and passes all else on as it is.
package cloudwatchtest

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/smithy-go/encoding/cbor"
)

const operation = "/service/GraniteServiceVersion20100801/operation/"

// Door opens a door before the moto server at an address, and gives its own.
func Door(t testing.TB, moto string) string {
	to, err := url.Parse(moto)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(to)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, rpc := strings.CutPrefix(r.URL.Path, operation)
		if !rpc {
			proxy.ServeHTTP(w, r)
			return
		}
		if err := translate(w, r, to.String(), name); err != nil {
			t.Errorf("CloudWatch %s: %v", name, err)
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func translate(w http.ResponseWriter, r *http.Request, moto, name string) error {
	in, err := Read(r)
	if err != nil {
		return err
	}
	body, err := json.Marshal(plain(in))
	if err != nil {
		return err
	}
	ask, err := http.NewRequestWithContext(r.Context(), http.MethodPost, moto+"/", bytes.NewReader(body))
	if err != nil {
		return err
	}
	for _, header := range []string{"Authorization", "X-Amz-Date", "X-Amz-Security-Token"} { // they tell moto the account and the region
		ask.Header[header] = r.Header[header]
	}
	ask.Header.Set("Content-Type", "application/x-amz-json-1.0")
	ask.Header.Set("X-Amz-Target", "GraniteServiceVersion20100801."+name)
	answer, err := http.DefaultClient.Do(ask)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	out := map[string]any{}
	reader := json.NewDecoder(answer.Body)
	reader.UseNumber()
	if err := reader.Decode(&out); err != nil && err != io.EOF {
		return fmt.Errorf("moto answered with status %d: %w", answer.StatusCode, err)
	}
	Write(w, answer.StatusCode, packed("", out))
	return nil
}

// Read gives the input of a call to CloudWatch.
func Read(r *http.Request) (cbor.Map, error) {
	body := io.Reader(r.Body)
	if r.Header.Get("Content-Encoding") == "gzip" {
		unpacked, err := gzip.NewReader(r.Body)
		if err != nil {
			return nil, err
		}
		body = unpacked
	}
	data, err := io.ReadAll(body)
	if err != nil || len(data) == 0 {
		return cbor.Map{}, err
	}
	v, err := cbor.Decode(data)
	if err != nil {
		return nil, err
	}
	in, ok := v.(cbor.Map)
	if !ok {
		return nil, fmt.Errorf("the input is no map but a %T", v)
	}
	return in, nil
}

// Write answers a call to CloudWatch.
func Write(w http.ResponseWriter, status int, out cbor.Value) {
	w.Header().Set("Smithy-Protocol", "rpc-v2-cbor")
	w.Header().Set("Content-Type", "application/cbor")
	w.WriteHeader(status)
	_, _ = w.Write(cbor.Encode(out))
}

// Refuse answers with an error.
func Refuse(w http.ResponseWriter, status int, code string) {
	Write(w, status, cbor.Map{"__type": cbor.String("com.amazonaws.cloudwatch#" + code), "message": cbor.String("no")})
}

func plain(v cbor.Value) any {
	switch v := v.(type) {
	case cbor.Map:
		all := map[string]any{}
		for key, value := range v {
			all[key] = plain(value)
		}
		return all
	case cbor.List:
		all := []any{}
		for _, value := range v {
			all = append(all, plain(value))
		}
		return all
	case *cbor.Tag: // a time, as seconds
		return plain(v.Value)
	case *cbor.Nil, *cbor.Undefined:
		return nil
	case cbor.NegInt:
		return -int64(v)
	}
	return v // numbers, texts and truths are those of JSON
}

// packed is the value of a field. Times are told by the field's name.
func packed(field string, v any) cbor.Value {
	switch v := v.(type) {
	case map[string]any:
		all := cbor.Map{}
		for key, value := range v {
			all[key] = packed(key, value)
		}
		return all
	case []any:
		all := cbor.List{}
		for _, value := range v {
			all = append(all, packed(field, value))
		}
		return all
	case string:
		return cbor.String(v)
	case bool:
		return cbor.Bool(v)
	case json.Number:
		return number(field, v)
	}
	return &cbor.Nil{}
}

func number(field string, n json.Number) cbor.Value {
	f, _ := n.Float64()
	if strings.HasSuffix(field, "Timestamp") {
		return &cbor.Tag{ID: 1, Value: cbor.Float64(f)}
	}
	if i, err := n.Int64(); err == nil && i >= 0 {
		return cbor.Uint(i)
	}
	return cbor.Float64(f)
}

package cloudtrail

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

// readFast reads a file with the real parts.
func readFast(rd *Reader, src io.Reader) (reading, error) {
	g := NewGather()
	tally, err := rd.Read(context.Background(), src, func(r *Record) error { return g.Add(r, 7) })
	if err != nil {
		return reading{}, err
	}
	skipped := map[string]int{}
	maps.Copy(skipped, tally.Skipped)
	return reading{slices.Collect(g.Sightings()), tally.Records, tally.BadRecords, skipped}, nil
}

// seeds are files of every kind that the reader tells apart.
func seeds() [][]byte {
	all := [][]byte{packed([]byte(wholeFile)), packed([]byte(wholeFile))[:200], append([]byte("\ufeff"), wholeFile...)}
	for _, text := range []string{
		wholeFile, ``, ` `, `{}`, `[]`, `{"Records":[]}`, `{"Records":null}`, `{"Records":{}}`, `{"Records":[1,"a",null,[],{}]}`, `{"Records":[]}x`,
		`{"Records":[],"Records":[]}`, "{\"R\\u0065cords\":[],\"x\":{\"Records\":[1]}}", `{"Records":[{"eventTime":5}]}`, `{"Records":[{]}`,
		`{"x":[1e400,-0.5E-3,0,true,false,null],"Records":[]}`, `{"x":01,"Records":[]}`, `{"x":"\ud83d\ude00\ud83d","Records":[]}`,
		`{"Records":[{"eventTime":"2024-01-01T00:00:00Z","eventSource":"a","eventName":"b","userIdentity":"x"},]}`,
		`{"digestStartTime":"x"}`, "{\"Records\":[{\"a\":\"\x01\"}]}", `{"Records":[{"a":tru}]}`, `{"Records":[{"eventName":"b\x"}]}`,
	} {
		all = append(all, []byte(text))
	}
	return all
}

// FuzzReader holds the reader against encoding/json: any bytes give the same sightings, or are refused by both.
func FuzzReader(f *testing.F) {
	for _, file := range seeds() {
		f.Add(file)
	}
	rd, narrow := NewReader(), newReader(scanSlack+24)
	f.Fuzz(func(t *testing.T, file []byte) { sameReading(t, rd, narrow, file) })
}

func sameReading(t *testing.T, rd, narrow *Reader, file []byte) {
	want, refused := readSlowly(file)
	for _, c := range []struct {
		rd  *Reader
		src io.Reader
	}{{rd, bytes.NewReader(file)}, {narrow, iotest.HalfReader(bytes.NewReader(file))}} {
		got, err := readFast(c.rd, c.src)
		if refused != nil {
			require.Error(t, err)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

// TestReaderAgainstReference builds records at random, with keys in any order, wrong types, doubled keys and look-alikes, and files of
// them cut short or with a byte changed, and holds the reader against encoding/json.
func TestReaderAgainstReference(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	rd, narrow := NewReader(), newReader(scanSlack+100)
	for range 3000 {
		file := randomFile(random)
		switch random.IntN(4) {
		case 0:
			file = file[:random.IntN(len(file)+1)]
		case 1:
			file[random.IntN(len(file))] = byte(random.IntN(256))
		case 2:
			file = packed(file)
		}
		sameReading(t, rd, narrow, file)
	}
}

func randomFile(random *rand.Rand) []byte {
	var records []string
	for range random.IntN(6) {
		records = append(records, randomObject(random, recordValues, 2))
	}
	file := `{"Records":[` + strings.Join(records, ",") + `]}`
	if random.IntN(8) == 0 {
		file = `{"owner":` + randomObject(random, recordValues, 3) + ` , "Records" : [` + strings.Join(records, " ,\n") + "\t] } "
	}
	return []byte(file)
}

// randomObject writes an object of some of the keys, in any order, each with one of its values or now and then with any other.
func randomObject(random *rand.Rand, values map[string][]string, doubled int) string {
	names := slices.Sorted(maps.Keys(values))
	random.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	names = names[:max(len(names)-random.IntN(3), 1)]
	for range random.IntN(doubled) {
		names = append(names, names[random.IntN(len(names))])
	}
	var members []string
	for _, name := range names {
		of := values[name]
		value := of[random.IntN(len(of))]
		switch {
		case random.IntN(30) == 0:
			value = strangeValues[random.IntN(len(strangeValues))]
		case value == "identity":
			value = randomObject(random, identityValues, doubled)
		case value == "session":
			value = randomObject(random, sessionValues, doubled)
		case value == "issuer":
			value = randomObject(random, issuerValues, doubled)
		case value == "behalf":
			value = randomObject(random, behalfValues, doubled)
		}
		key := `"` + name + `"`
		if random.IntN(20) == 0 {
			key = `"\u00` + string("0123456789abcdef"[name[0]>>4]) + string("0123456789ABCDEF"[name[0]&15]) + name[1:] + `" `
		}
		members = append(members, key+":"+value)
	}
	return "{" + strings.Join(members, ",") + "}"
}

var strangeValues = []string{
	`null`, `true`, `-1.5e+7`, `""`, `[]`, `{}`, `[{"eventName":"x","a":[1,[2,"]"]]},"}"]`, `"\"\\\/\b\f\n\r\t\u0041\ud83d\ude00\udc00"`, "\"\xff\xfe é\"",
	`{"eventName":"DeleteTrail","userIdentity":{"type":"Root"},"eventTime":"\"}"}`, ` "x" `, `"` + strings.Repeat("long ", 100) + `"`,
}

var recordValues = map[string][]string{
	"eventTime":   {`"2024-02-29T23:59:59Z"`, `"2024-03-01T00:00:00Z"`, `"2024-03-01T00:00:00.5+01:00"`, `"1969-12-31T23:00:01Z"`, `"2024-02-30T00:00:00Z"`, `"soon"`},
	"eventSource": {`"iam.amazonaws.com"`, `"s3.amazonaws.com"`}, "eventName": {`"CreateUser"`, `"ConsoleLogin"`, `"GetObject"`},
	"userIdentity": {"identity", "identity", `{}`}, "recipientAccountId": {`"111111111111"`, `"222222222222"`, `""`},
	"errorCode": {`"AccessDenied"`, `"Client.UnauthorizedOperation"`, `"Throttling"`, `""`, `null`}, "errorMessage": {`"No"`, `""`, `null`},
	"responseElements": {`{"ConsoleLogin":"Failure"}`, `{"ConsoleLogin":"Success"}`, `null`}, "requestParameters": strangeValues,
	"eventCategory": {`"Management"`, `"Management"`, `"Insight"`}, "eventType": {`"AwsApiCall"`}, "readOnly": {`true`, `"false"`, `null`},
	"eventID": {`"8c3bd1f4-9d0e-4f6e-8d5c-3f5a6b7c8d9e"`}, "notAKey": strangeValues,
}

var identityValues = map[string][]string{
	"type": {`"AssumedRole"`, `"IAMUser"`, `"Root"`, `"FederatedUser"`, `"AWSService"`, `"AWSAccount"`, `"SAMLUser"`, `"WebIdentityUser"`, `"IdentityCenterUser"`,
		`"Directory"`, `"Unknown"`, `"Tomorrow"`, `""`},
	"principalId": {`"AROAEXAMPLE:session"`, `"AIDAEXAMPLE"`, `"a:b:c"`, `""`}, "arn": {`"arn:aws:sts::111111111111:assumed-role/r/s"`, `"arn"`},
	"accountId": {`"111111111111"`, `"222222222222"`, `"ANONYMOUS_PRINCIPAL"`}, "userName": {`"name"`, `"na\u006de"`}, "invokedBy": {`"ec2.amazonaws.com"`},
	"identityProvider": {`"provider"`}, "sessionContext": {"session"}, "onBehalfOf": {"behalf"},
}

var sessionValues = map[string][]string{
	"sessionIssuer": {"issuer", `{}`}, "attributes": {`{"mfaAuthenticated":"true"}`, `{"mfaAuthenticated":false}`}, "sourceIdentity": {`"who"`},
}

var issuerValues = map[string][]string{"principalId": {`"AROAISSUER"`, `""`}, "type": {`"Role"`}, "arn": {`"arn"`}, "accountId": {`"1"`}, "userName": {`"role"`}}

var behalfValues = map[string][]string{"userId": {`"user"`}, "identityStoreArn": {`"arn:aws:identitystore::1:identitystore/d-1"`}}

// FuzzScan holds the scanner against json.Valid.
func FuzzScan(f *testing.F) {
	for _, file := range seeds() {
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		b := append(bytes.Clone(text), make([]byte, scanSlack)...)
		end := new(nesting).skip(b, 0, 0)
		valid := end >= 0 && end <= len(text) && space(b, end) == len(text)
		require.Equal(t, json.Valid(text), valid)
	})
}

func packed(text []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(text)
	_ = w.Close()
	return b.Bytes()
}

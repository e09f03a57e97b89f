package cloudtrail

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

// wholeFile has records in both orders of keys, an escaped key, doubled keys, look-alikes in what an attacker writes, and what is skipped.
const wholeFile = `{"Records":[
{"eventVersion":"1.08","userIdentity":{"type":"AssumedRole","principalId":"AROAEXAMPLEEXAMPLE001:session","arn":"arn:aws:sts::111111111111:assumed-role/deploy/session","accountId":"111111111111","sessionContext":{"sessionIssuer":{"type":"Role","principalId":"AROAEXAMPLEEXAMPLE001","arn":"arn:aws:iam::111111111111:role/deploy","accountId":"111111111111","userName":"deploy"},"attributes":{"mfaAuthenticated":"true"}}},"eventTime":"2024-05-06T07:08:09Z","eventSource":"iam.amazonaws.com","eventName":"CreateUser","awsRegion":"us-east-1","sourceIPAddress":"192.0.2.1","userAgent":"a \"quoted\" agent","errorCode":"AccessDenied","errorMessage":"no","requestParameters":{"userName":"\"eventName\":\"DeleteTrail\"","eventName":"DeleteTrail"},"responseElements":null,"readOnly":false,"eventType":"AwsApiCall","recipientAccountId":"111111111111","eventCategory":"Management"},
{"awsRegion":"us-east-1","eventID":"e","eventN\u0061me":"Get\u004fbject","eventSource":"s3.amazonaws.com","eventTime":"2024-05-06T09:08:09.25+02:00","readOnly":"true","recipientAccountId":"111111111111","userIdentity":{"type":"Root","accountId":"222222222222"}},
{"eventTime":"x","eventTime":"2024-05-06T07:00:00Z","eventSource":"a","eventName":7,"eventName":"b"},
{"eventCategory":"Insight","eventTime":"2024-05-06T07:00:00Z"}, {"eventTime":"2024-05-06T07:00:00Z","eventSource":"a"}
]}`

func TestRecord(t *testing.T) {
	var got []Record
	var principals, actions []string
	tally, err := NewReader().Read(context.Background(), strings.NewReader(wholeFile), func(r *Record) error {
		got = append(got, *r)
		principals, actions = append(principals, r.Principal()), append(actions, r.Action())
		require.Equal(t, wholeFile[r.Offset:int(r.Offset)+len(r.Raw)], string(r.Raw))
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, Tally{Bytes: int64(len(wholeFile)), Records: 3, Skipped: map[string]int{SkippedInsight: 1, SkippedNoName: 1}}, tally)
	require.Equal(t, []string{"AROAEXAMPLEEXAMPLE001", "root:222222222222@111111111111", "none:"}, principals)
	require.Equal(t, []string{"iam.amazonaws.com:CreateUser", "s3.amazonaws.com:GetObject", "a:b"}, actions)

	r := &got[0]
	at, err := r.Time()
	require.NoError(t, err)
	require.Equal(t, int64(1714979289), at)
	require.Equal(t, "111111111111", r.Account())
	require.Equal(t, "192.0.2.1", string(r.SourceIPAddress))
	require.Equal(t, No, r.ReadOnly)
	require.Equal(t, "denied", r.Outcome().String())
	require.Equal(t, &Identity{
		Type: "AssumedRole", PrincipalID: "AROAEXAMPLEEXAMPLE001:session", ARN: "arn:aws:sts::111111111111:assumed-role/deploy/session",
		AccountID: "111111111111", IssuerType: "Role", IssuerPrincipalID: "AROAEXAMPLEEXAMPLE001", IssuerARN: "arn:aws:iam::111111111111:role/deploy",
		IssuerAccountID: "111111111111", IssuerUserName: "deploy", MFAAuthenticated: true,
	}, r.Identity)
	require.Equal(t, `a "quoted" agent`, r.Text("userAgent"))
	require.Equal(t, "DeleteTrail", r.Text("requestParameters", "eventName"))
	require.Equal(t, "", r.Text("responseElements"))
	require.Equal(t, "false", r.Text("readOnly"))
	require.Nil(t, r.Value("requestParameters", "userName", "no"))
	require.Equal(t, `"deploy"`, string(r.Value("userIdentity", "sessionContext", "sessionIssuer", "userName")))
	require.Equal(t, Yes, got[1].ReadOnly)
	require.Equal(t, Unsaid, got[2].ReadOnly)
	require.Equal(t, "b", got[2].Text("eventName"))
}

func TestBadRecordsAreNamed(t *testing.T) {
	const good = `{"eventTime":"2024-05-06T07:00:00Z","eventSource":"a","eventName":"b"}`
	for name, c := range map[string]struct{ record, what string }{
		"number":           {`5`, "not an object"},
		"null":             {`null`, "not an object"},
		"list":             {`[{}]`, "not an object"},
		"source a number":  {`{"eventTime":"2024-05-06T07:00:00Z","eventSource":5,"eventName":"b"}`, "eventSource is not a string"},
		"name an object":   {`{"eventTime":"2024-05-06T07:00:00Z","eventSource":"a","eventName":{}}`, "eventName is not a string"},
		"no time":          {`{"eventSource":"a","eventName":"b"}`, "eventTime is not an RFC 3339 time of the years 2000 to 2105"},
		"time a number":    {`{"eventTime":5,"eventSource":"a","eventName":"b"}`, "eventTime is not an RFC 3339 time of the years 2000 to 2105"},
		"no such day":      {`{"eventTime":"2023-02-29T00:00:00Z","eventSource":"a","eventName":"b"}`, "eventTime is not an RFC 3339 time of the years 2000 to 2105"},
		"time long ago":    {`{"eventTime":"1970-01-01T00:00:00Z","eventSource":"a","eventName":"b"}`, "eventTime is not an RFC 3339 time of the years 2000 to 2105"},
		"time out of form": {`{"eventTime":"yesterday","eventSource":"a","eventName":"b"}`, "eventTime is not an RFC 3339 time of the years 2000 to 2105"},
	} {
		file := `{"Records":[` + good + "," + c.record + "," + good + `]}`
		tally, err := NewReader().Read(context.Background(), strings.NewReader(file), func(*Record) error { return nil })
		require.NoError(t, err, name)
		require.Equal(t, []Fault{{int64(len(`{"Records":[` + good + ",")), c.what}}, tally.Bad, name)
		require.Equal(t, 2, tally.Records, name)
		require.Equal(t, 1, tally.BadRecords, name)
	}
	tally, err := NewReader().Read(context.Background(), strings.NewReader(`{"Records":[`+strings.Repeat("1,", 99)+`1]}`), nil)
	require.NoError(t, err)
	require.Equal(t, 100, tally.BadRecords)
	require.Len(t, tally.Bad, badKept)
	require.Equal(t, "record at byte 12: not an object", tally.Bad[0].String())
}

func TestBadFilesAreNamed(t *testing.T) {
	whole := packed([]byte(wholeFile))
	flipped := bytes.Clone(whole)
	flipped[len(flipped)-6] ^= 1 // in the CRC
	broken := bytes.Clone(whole)
	for i := range 20 {
		broken[100+i] ^= 0x55
	}
	nested := func(depth int) []byte {
		return []byte(`{"Records":[{"a":` + strings.Repeat("[", depth) + strings.Repeat("]", depth) + `}]}`)
	}
	for name, c := range map[string]struct {
		file []byte
		err  error
		at   string
	}{
		"empty":                   {nil, ErrEmpty, ""},
		"white space":             {[]byte(" \n"), ErrEmpty, ""},
		"nothing, packed":         {packed(nil), ErrEmpty, ""},
		"text":                    {[]byte("hello"), ErrSyntax, "at byte 0"},
		"list":                    {[]byte("[1]"), ErrNotLog, ""},
		"no Records":              {[]byte(`{"Events":[{"Records":[1]}]}`), ErrNotLog, ""},
		"Records null":            {[]byte(`{"Records":null}`), ErrNotLog, ""},
		"Records an object":       {[]byte(`{"Records":{}}`), ErrNotLog, ""},
		"digest":                  {[]byte(`{"awsAccountId":"1","digestStartTime":"2024-05-06T07:00:00Z","logFiles":[{"s3Object":"x"}]}`), ErrDigest, ""},
		"cut JSON":                {[]byte(wholeFile[:1000]), ErrTruncated, "at byte 1000"},
		"cut word":                {[]byte(`{"Records":[{"a":tru`), ErrTruncated, "at byte 20"},
		"cut before the end":      {[]byte(`{"Records":[]`), ErrTruncated, "at byte 13"},
		"cut JSON, packed":        {packed([]byte(wholeFile[:1000])), ErrTruncated, "at byte 1000"},
		"cut gzip":                {whole[:len(whole)/2], ErrTruncated, "in the middle of the compressed data"},
		"cut gzip header":         {whole[:7], ErrTruncated, ""},
		"gzip without its CRC":    {whole[:len(whole)-8], ErrTruncated, ""},
		"wrong CRC":               {flipped, ErrDamaged, "after byte"},
		"broken gzip":             {broken, ErrDamaged, "after byte"},
		"more after gzip":         {append(bytes.Clone(whole), "no gzip member"...), ErrDamaged, ""},
		"more after JSON":         {[]byte(`{"Records":[]}]`), ErrSyntax, "at byte 14"},
		"a second document":       {append(bytes.Clone(whole), whole...), ErrSyntax, "more after the end"},
		"bad JSON":                {[]byte(`{"Records":[{"a":1,}]}`), ErrSyntax, "at byte 19"},
		"mismatched brackets":     {[]byte(`{"Records":[{"a":[}]}]}`), ErrSyntax, "at byte 18"},
		"control in a string":     {[]byte("{\"Records\":[{\"a\":\"\n\"}]}"), ErrSyntax, "at byte 18"},
		"bad escape":              {[]byte(`{"Records":[{"a":"\x"}]}`), ErrSyntax, "at byte 19"},
		"two lists":               {[]byte(`{"Records":[],"Records":[]}`), ErrSyntax, "a second list"},
		"zero bytes":              {[]byte("{\"Records\":[\x00]}"), ErrSyntax, "at byte 12"},
		"a million brackets":      {[]byte(`{"Records":[` + strings.Repeat("[", 1_000_000)), ErrSyntax, "at byte"},
		"a million in a record":   {[]byte(`{"Records":[{"a":` + strings.Repeat(`{"a":[`, 500_000)), ErrSyntax, "at byte"},
		"one bracket too many":    {nested(9998), ErrSyntax, "at byte"},
		"as many as are allowed":  {nested(9997), nil, ""},
		"no records":              {[]byte(`{"Records":[]}`), nil, ""},
		"two gzip members":        {append(packed([]byte(wholeFile[:700])), packed([]byte(wholeFile[700:]))...), nil, ""},
		"byte order mark":         {append([]byte("\ufeff"), wholeFile...), nil, ""},
		"keys beside Records":     {[]byte(`{"a":{"Records":5},"Records":[],"z":[1]}`), nil, ""},
		"Records spelt otherwise": {[]byte(`{"\u0052ecords":[]}`), nil, ""},
	} {
		for _, size := range []int{windowSize, scanSlack + 3, scanSlack + 33} {
			_, err := newReader(size).Read(context.Background(), bytes.NewReader(c.file), func(*Record) error { return nil })
			if c.err == nil {
				require.NoError(t, err, name)
				continue
			}
			require.ErrorIs(t, err, c.err, name)
			require.ErrorContains(t, err, c.at, name)
		}
	}
}

func TestRecordsBeforeAFaultAreGiven(t *testing.T) {
	n := 0
	tally, err := NewReader().Read(context.Background(), strings.NewReader(wholeFile[:len(wholeFile)-20]), func(*Record) error { n++; return nil })
	require.ErrorIs(t, err, ErrTruncated)
	require.Equal(t, 3, n)
	require.Equal(t, 3, tally.Records)
	require.Equal(t, int64(len(wholeFile)-20), tally.Bytes)
}

func TestReadStops(t *testing.T) {
	mine := errors.New("mine")
	_, err := NewReader().Read(context.Background(), strings.NewReader(wholeFile), func(*Record) error { return mine })
	require.Equal(t, mine, err)

	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = NewReader().Read(ctx, strings.NewReader(wholeFile), func(*Record) error { return nil })
	require.ErrorIs(t, err, context.Canceled)

	for _, file := range [][]byte{[]byte(wholeFile), packed([]byte(wholeFile))} {
		src := io.MultiReader(bytes.NewReader(file[:100]), iotest.ErrReader(mine))
		_, err = NewReader().Read(context.Background(), src, func(*Record) error { return nil })
		require.ErrorIs(t, err, mine, "an error of the source is not taken for damage")
		require.NotErrorIs(t, err, ErrDamaged)
	}
}

func TestByteByByte(t *testing.T) {
	want, err := readSlowly([]byte(wholeFile))
	require.NoError(t, err)
	for _, file := range [][]byte{[]byte(wholeFile), packed([]byte(wholeFile))} {
		for size := scanSlack + 3; size < scanSlack+200; size++ {
			got, err := readFast(newReader(size), iotest.OneByteReader(bytes.NewReader(file)))
			require.NoError(t, err, size)
			require.Equal(t, want, got, size)
		}
	}
}

// TestReuse sees that nothing of one file is taken for part of the next.
func TestReuse(t *testing.T) {
	rd := NewReader()
	for cut := len(wholeFile) - 1; cut > 0; cut-- {
		_, err := rd.Read(context.Background(), strings.NewReader(wholeFile), func(*Record) error { return nil })
		require.NoError(t, err)
		_, err = rd.Read(context.Background(), strings.NewReader(wholeFile[:cut]), func(*Record) error { return nil })
		require.ErrorIs(t, err, ErrTruncated, cut)
	}

	escaped := strings.Repeat(`{"eventTime":"2024-05-06T07:00:00Z","eventSource":"a\u0062","eventName":"b"},`, 1000)
	_, err := rd.Read(context.Background(), strings.NewReader(`{"Records":[`+escaped[:len(escaped)-1]+`]}`), func(*Record) error { return nil })
	require.NoError(t, err)
	require.Less(t, cap(rd.scratch), 1000, "it does not grow with the file")
}

// TestForesight gives keys that begin as the key does which is foreseen.
func TestForesight(t *testing.T) {
	for _, name := range fieldNames[1:] {
		name := name[1 : len(name)-2]
		for cut := 1; cut <= len(name); cut++ {
			file := `{"Records":[{"` + name + `":1},{"` + name[:cut] + `":"","` + name + `x":5},{"` + name[:cut] + `" : ""}]}`
			tally, err := NewReader().Read(context.Background(), strings.NewReader(file), func(*Record) error { return nil })
			require.NoError(t, err, file)
			require.Equal(t, 3, tally.BadRecords+tally.Skipped[SkippedNoName], file)
		}
	}
}

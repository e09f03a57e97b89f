package cloudtrail

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParts(t *testing.T) {
	for _, c := range []struct {
		name, json string
		want       []string // name=part; nothing before the = in a list
	}{
		{"object", `{"a":1,"b":{"c":[2,"}"]},"d":"x,y"}`, []string{"a=1", `b={"c":[2,"}"]}`, `d="x,y"`}},
		{"list", `["a",[1,{"b":2}],null,true,-1.5e3]`, []string{`="a"`, `=[1,{"b":2}]`, "=null", "=true", "=-1.5e3"}},
		{"white space", " { \"a\" :\t1 ,\r\n\"b\" : [ ] } "[1:], []string{"a=1", "b=[ ]"}},
		{"doubled name", `{"a":1,"a":2}`, []string{"a=1", "a=2"}},
		{"escaped name", `{"\u0061\"":"\\"}`, []string{`a"="\\"`}},
		{"quote in a string", `{"a":"\"]}","b":1}`, []string{`a="\"]}"`, "b=1"}},
		{"empty name", `{"":{}}`, []string{"={}"}},
		{"empty object", `{ }`, nil},
		{"empty list", `[]`, nil},
		{"string", `"[1]"`, nil},
		{"number", `7`, nil},
		{"absent", ``, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := Value(c.json)
			var got []string
			for name, part := range v.Parts() {
				require.Equal(t, v.Opens('['), name == nil)
				got = append(got, string(name)+"="+string(part))
			}
			require.Equal(t, c.want, got)
		})
	}
}

func TestPartsUpToWhereOneStops(t *testing.T) {
	seen := 0
	for range Value(`[1,2,3]`).Parts() {
		if seen++; seen == 2 {
			break
		}
	}
	require.Equal(t, 2, seen)
}

func TestText(t *testing.T) {
	for json, want := range map[string]string{
		`"a\u00e9\n"`: "aé\n", `""`: "", `"\ud800"`: "\ufffd", `-1.50`: "-1.50", `true`: "true", `null`: "", `{"a":1}`: "", `[1]`: "", ``: "",
	} {
		require.Equal(t, want, Value(json).Text(), json)
	}
}

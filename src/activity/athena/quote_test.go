package athena

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// unquoted reads a quoted text by the grammar's rule, a doubled quote being one and, where there is an escape, what follows it as it is. It gives the
// text and what comes after its end.
func unquoted(t *testing.T, s string, quote, escape byte) (text, rest string) {
	t.Helper()
	require.NotEmpty(t, s)
	require.Equal(t, quote, s[0])
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case escape != 0 && s[i] == escape:
			i++
			require.Less(t, i, len(s))
			b.WriteByte(s[i])
		case s[i] == quote && i+1 < len(s) && s[i+1] == quote:
			b.WriteByte(quote)
			i++
		case s[i] == quote:
			return b.String(), s[i+1:]
		default:
			b.WriteByte(s[i])
		}
	}
	t.Fatalf("%q does not end", s)
	return "", ""
}

func FuzzQuotes(f *testing.F) {
	for _, s := range []string{"", "a", "it's", `'; DROP TABLE x; --`, `\'`, `\`, `"`, "`", "``", `\\'`, "a\x00b", "𝄞'"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, form := range []struct {
			quoted        string
			quote, escape byte
		}{
			{literal(s), '\'', 0}, {identifier(s), '"', 0}, {ddlLiteral(s), '\'', '\\'}, {ddlIdentifier(s), '`', 0},
		} {
			text, rest := unquoted(t, form.quoted, form.quote, form.escape)
			require.Equal(t, s, text)
			require.Empty(t, rest)
		}
	})
}

// skeleton is a statement without what stands between quotes.
func skeleton(t *testing.T, text string, quotes string, escape byte) string {
	t.Helper()
	var b strings.Builder
	for text != "" {
		if at := strings.IndexAny(text, quotes); at != 0 {
			if at < 0 {
				at = len(text)
			}
			b.WriteString(text[:at])
			text = text[at:]
			continue
		}
		quote := text[0]
		e := escape
		if quote != '\'' {
			e = 0
		}
		_, text = unquoted(t, text, quote, e)
		b.WriteByte(quote)
	}
	return b.String()
}

// FuzzStatements holds that no name changes what a statement is: all else than the quoted texts stays the same, whatever names hold. Names are not
// even checked here.
func FuzzStatements(f *testing.F) {
	f.Add("default", "1", "b", "p", "o", "r", "path", "Management")
	f.Add(`d"e`, `1' OR '1'='1`, `b'`, `p\`, "o`", `r'); DROP TABLE x; --`, `s3://x'/"y"`, `Data') OR ('`)
	f.Fuzz(func(t *testing.T, database, account, bucket, prefix, organization, region, path, category string) {
		text := func(table Table, region, path, category string) (sql, create, drop string) {
			q := query{table: table, regions: []string{region}, leftOut: []string{path}, rules: true, judged: []string{category}, window: window{from: 1_700_000_000, to: 1_700_090_000}}
			return skeleton(t, q.text(), `'"`, 0), skeleton(t, table.Create(), "'`", '\\'), skeleton(t, table.drop()+table.CreateDatabase(), "'`", '\\')
		}
		sql, create, drop := text(Table{database, account, Trail{bucket, prefix, organization}}, region, path, category)
		wantSQL, wantCreate, wantDrop := text(Table{"d", "1", Trail{"b", "p", "o"}}, "r", "x", "c")
		require.Equal(t, wantSQL, sql)
		require.Equal(t, wantCreate, create)
		require.Equal(t, wantDrop, drop)
	})
}

func TestNamesThatAreNone(t *testing.T) {
	for name, o := range map[string]Options{
		"account of letters":      {AccountID: "abc", Trail: trail},
		"account of 13 digits":    {AccountID: "1234567890123", Trail: trail},
		"no account":              {Trail: trail},
		"account that breaks out": {AccountID: "1'--", Trail: trail},
		"no bucket":               {AccountID: me},
		"bucket with a slash":     {AccountID: me, Trail: Trail{Bucket: "a/b"}},
		"prefix of a partition":   {AccountID: me, Trail: Trail{Bucket: "logs", Prefix: "x/${day}"}},
		"prefix with a newline":   {AccountID: me, Trail: Trail{Bucket: "logs", Prefix: "x\ny"}},
		"organization":            {AccountID: me, Trail: Trail{Bucket: "logs", Organization: "x"}},
		"database":                {AccountID: me, Trail: trail, Database: "a`b"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Open(t.Context(), o)
			require.Error(t, err)
		})
	}
	_, err := Open(t.Context(), Options{AccountID: "0012345678", Trail: Trail{Bucket: "old_Bucket", Prefix: "a b/ç'd"}})
	require.NoError(t, err, "a seed's ten digits, leading zeros and all")
}

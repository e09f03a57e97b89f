package apptest

import (
	"bytes"
	"image/png"
	"path"
	"regexp"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestPackageIcons(t *testing.T) {
	sizes := map[string]int{"appIcon.png": 36, "appIcon_2x.png": 72, "appIconAlt.png": 36, "appIconAlt_2x.png": 72}
	eachPackage(t, func(t *testing.T, p pack) {
		if p.name == "collector" {
			t.Skip("nobody sees it")
		}
		for name, size := range sizes {
			icon, err := png.DecodeConfig(bytes.NewReader(p.files["static/"+name]))
			require.NoError(t, err, name)
			require.Equal(t, [2]int{size, size}, [2]int{icon.Width, icon.Height}, name)
		}
	})
}

// secrets are what keys and passwords look like.
var secrets = []*regexp.Regexp{
	regexp.MustCompile(`\b(AKIA|ASIA)[0-9A-Z]{16}\b`),
	regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY`),
	regexp.MustCompile(`(?i)\b(pass(word|wd)?|pass4SymmKey|secret\w*|token|api_?key|session_key)"?\s*[=:]\s*["']?[^\s"'<]{6,}`),
	regexp.MustCompile(`(?i)\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b`), // a HEC token
	regexp.MustCompile(`\b(ghp|gho|github_pat|glpat|xox[abp])[-_]\w{10,}`),
	regexp.MustCompile(`://[^/\s:@<]+:[^/\s@<]+@`),
	regexp.MustCompile(`\$(1|7)\$[A-Za-z0-9+/]{8,}`), // as Splunk encrypts them
}

func TestPackageHoldsNoSecret(t *testing.T) {
	eachPackage(t, func(t *testing.T, p pack) {
		for name, text := range p.files {
			if slices.Contains(p.programs, name) || path.Ext(name) == ".png" {
				continue
			}
			require.True(t, utf8.Valid(text), name)
			require.NotContains(t, string(text), "\r", name)
			require.NotRegexp(t, `@[A-Z]+@`, string(text), "%s holds what package.sh should have filled in", name)
			for _, secret := range secrets {
				require.False(t, secret.Match(text), "%s holds what looks like a secret: %s", name, secret)
			}
		}
	})
}

func TestPackageSecretsAreSeen(t *testing.T) {
	for _, text := range []string{
		"AKIAIOSFODNN7EXAMPLE", "-----BEGIN RSA PRIVATE KEY-----", "password = hunter22", `"token": "abcdef123"`,
		"8f2d1c34-aaaa-bbbb-cccc-1234567890ab", "ghp_0123456789abcdef", "https://user:word@host/", "$7$abcdefghij==",
	} {
		require.True(t, slices.ContainsFunc(secrets, func(r *regexp.Regexp) bool { return r.MatchString(text) }), text)
	}
}

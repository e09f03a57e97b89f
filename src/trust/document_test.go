package trust

import (
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/stretchr/testify/require"
)

func TestTrustPolicies(t *testing.T) {
	const (
		sso    = "arn:aws:iam::111122223333:saml-provider/AWSSSO_0123456789abcdef_DO_NOT_DELETE"
		github = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
	)
	allow := func(principal string) string {
		return `{"Effect":"Allow","Action":"sts:AssumeRole","Principal":` + principal + `}`
	}
	for name, c := range map[string]struct {
		statements string // without the brackets
		kind       string
		with       []string
		left       int
		severity   string
	}{
		"a service":             {allow(`{"Service":"ec2.amazonaws.com"}`), Service, []string{"ec2.amazonaws.com"}, 0, High},
		"several services":      {allow(`{"Service":["lambda.amazonaws.com","ec2.amazonaws.com"]}`), Service, []string{"ec2.amazonaws.com", "lambda.amazonaws.com"}, 0, High},
		"an account":            {allow(`{"AWS":"arn:aws:iam::444455556666:root"}`), AWS, []string{"arn:aws:iam::444455556666:root"}, 0, Medium},
		"a bare account":        {allow(`{"AWS":"444455556666"}`), AWS, []string{"444455556666"}, 0, Medium},
		"everyone":              {allow(`"*"`), AWS, []string{"*"}, 0, Medium},
		"everyone, as AWS":      {allow(`{"AWS":"*"}`), AWS, []string{"*"}, 0, Medium},
		"everyone but":          {`{"Effect":"Allow","Action":"sts:AssumeRole","NotPrincipal":{"AWS":"444455556666"}}`, AWS, []string{"*"}, 0, Medium},
		"canonical":             {allow(`{"CanonicalUser":"79a59df900b949e5"}`), Canonical, []string{"79a59df900b949e5"}, 0, Informational},
		"our identity provider": {`{"Effect":"Allow","Action":["sts:AssumeRoleWithSAML","sts:TagSession"],"Principal":{"Federated":"` + sso + `"}}`, Federated, []string{sso}, 0, Informational},
		"a foreign provider":    {`{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity","Principal":{"Federated":"` + github + `"},"Condition":{"StringLike":{"token.actions.githubusercontent.com:sub":"repo:a/b+c:*"}}}`, Federated, []string{github}, 0, High},
		"own and foreign":       {`{"Effect":"Allow","Action":"sts:AssumeRoleWith*","Principal":{"Federated":["` + sso + `","` + github + `"]}}`, Federated, []string{github, sso}, 0, High},
		"all statements": {allow(`{"AWS":"444455556666"}`) + "," + allow(`{"Service":"ec2.amazonaws.com"}`) + "," + allow(`{"AWS":"444455556666"}`), Service,
			[]string{"444455556666", "ec2.amazonaws.com"}, 0, High},
		"more than five":         {allow(`{"AWS":["7","6","5","4","3","2","1"]}`), AWS, []string{"1", "2", "3", "4", "5"}, 2, Medium},
		"a denial of one":        {allow(`{"AWS":["1","2"]}`) + `,{"Effect":"Deny","Action":"sts:*","Principal":{"AWS":"1"}}`, AWS, []string{"2"}, 0, Medium},
		"a denial of all":        {allow(`{"AWS":["1","2"],"Service":"ec2.amazonaws.com"}`) + `,{"Effect":"Deny","Action":"sts:AssumeRole","Principal":"*"}`, "", nil, 0, Informational},
		"a denial of tagging":    {allow(`{"AWS":"1"}`) + `,{"Effect":"Deny","Action":"sts:TagSession","Principal":"*"}`, AWS, []string{"1"}, 0, Medium},
		"a condition's denial":   {allow(`{"AWS":"1"}`) + `,{"Effect":"Deny","Action":"sts:AssumeRole","Principal":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}`, AWS, []string{"1"}, 0, Medium},
		"a denial of others":     {allow(`{"AWS":"1"}`) + `,{"Effect":"Deny","Action":"sts:AssumeRole","NotPrincipal":{"AWS":"1"}}`, AWS, []string{"1"}, 0, Medium},
		"tagging lets nobody in": {`{"Effect":"Allow","Action":["sts:TagSession","sts:SetSourceIdentity"],"Principal":{"AWS":"1"}}`, "", nil, 0, Informational},
		"all but":                {`{"Effect":"Allow","NotAction":"sts:TagSession","Principal":{"AWS":"1"}}`, AWS, []string{"1"}, 0, Medium},
		"a kind of tomorrow":     {allow(`{"Robot":"r2"}`), "Robot", []string{"r2"}, 0, Informational},
		"nobody":                 {``, "", nil, 0, Informational},
	} {
		t.Run(name, func(t *testing.T) {
			want := Role{AssociationType: c.kind, AssociatedWith: c.with, LeftOut: c.left, LegacySeverity: c.severity}
			require.Equal(t, want, told(`{"Version":"2012-10-17","Statement":[`+c.statements+`]}`))
			if c.statements != "" && !strings.Contains(c.statements, `},{"Effect"`) {
				require.Equal(t, want, told(`{"Statement":`+c.statements+`}`), "one statement may stand without brackets")
			}
		})
	}
}

// told reads a trust policy as IAM would give it.
func told(document string) Role {
	encoded := strings.ReplaceAll(url.QueryEscape(document), "+", "%20")
	return Open(Options{}).role(&types.Role{AssumeRolePolicyDocument: aws.String(encoded)})
}

func TestWhatIsNoPolicyTrustsNobody(t *testing.T) {
	nobody := Role{LegacySeverity: Informational}
	for _, document := range []string{"", "%", "%zz", "null", "[]", "7", `"x"`, "{", `{"Statement":7}`, `{"Statement":[{"Effect":"Allow","Principal":7}]}`,
		`{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":{"a":1}}}]}`, `{"Statement":[null]}`} {
		require.Equal(t, nobody, Open(Options{}).role(&types.Role{AssumeRolePolicyDocument: &document}), document)
	}
	require.Equal(t, nobody, Open(Options{}).role(nil))
	require.Equal(t, nobody, Open(Options{}).role(&types.Role{}))
}

func TestOneLongPrincipalIsCut(t *testing.T) {
	role := told(`{"Statement":{"Effect":"Allow","Action":"*","Principal":{"AWS":"` + strings.Repeat("é", 200) + `"}}}`)
	require.Equal(t, []string{strings.Repeat("é", 128)}, role.AssociatedWith)
}

func TestSeverityOf(t *testing.T) {
	role := Role{LegacySeverity: High}
	require.Equal(t, Informational, role.SeverityOf(1))
	require.Equal(t, Informational, role.SeverityOf(4))
	require.Equal(t, High, role.SeverityOf(5))
}

func TestPatterns(t *testing.T) {
	for pattern, fit := range map[string]bool{
		"*": true, "sts:*": true, "sts:assumerole": true, "sts:assume*": true, "sts:assume????": true, "*role": true, "s*:a*e": true,
		"": false, "sts:assumerolewithsaml": false, "iam:*": false, "sts:assume???": false, "*:tag*": false, "sts:assumerole?": false,
	} {
		require.Equal(t, fit, fits(pattern, "sts:assumerole"), pattern)
	}
}

// FuzzPrincipals: whatever stands in the document, reading it ends and what is told is bounded.
func FuzzPrincipals(f *testing.F) {
	for _, seed := range []string{ec2Trust, "%7B%22Statement%22%3A%5B%5D%7D", `{"Statement":{"Effect":"Allow","Principal":"*","Action":"*"}}`, "[[[[", "%"} {
		f.Add(seed)
	}
	room := Open(Options{})
	f.Fuzz(func(t *testing.T, document string) {
		role := room.role(&types.Role{AssumeRolePolicyDocument: &document})
		require.LessOrEqual(t, len(role.AssociatedWith), mostAssociated)
		require.LessOrEqual(t, len(role.AssociationType), longest)
		if len(role.AssociatedWith) == 0 {
			require.Empty(t, role.AssociationType)
			require.Zero(t, role.LeftOut)
		}
		for _, name := range role.AssociatedWith {
			require.LessOrEqual(t, len(name), longest)
		}
	})
}

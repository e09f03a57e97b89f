package settings

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestGlobsOfACommand(t *testing.T) {
	whose, err := PrincipalGlobs("AROA*", "root:?")
	require.NoError(t, err)
	pattern, ok := whose.Match("root:1")
	require.True(t, ok)
	require.Equal(t, "root:?", pattern)

	which, err := ActionGlobs("iam:Get*")
	require.NoError(t, err)
	_, ok = which.Match("iam.amazonaws.com:GetUser")
	require.True(t, ok)

	_, err = ActionGlobs("iam:Get*", "GetUser")
	require.EqualError(t, err, `pattern: "GetUser" names no service`)
}

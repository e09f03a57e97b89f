package cloudtrail

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestUnquote(t *testing.T) {
	for _, inside := range []string{
		``, `plain`, `\"\\\/\b\f\n\r\t`, `\u0041\u00e9\u4E2d`, `\ud83d\ude00`, `\ud83d`, `\ude00`, `\ud83d\u0041`, `\ud83d\ud83d\ude00`, `\ud83dx`, `\ud83d\n`, "é\xff\xfe\xe4\xb8", `\u0000`,
	} {
		var want string
		require.NoError(t, json.Unmarshal([]byte(`"`+inside+`"`), &want))
		require.Equal(t, want, string(unquote(nil, []byte(inside))), inside)
	}
}

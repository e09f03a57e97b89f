package settings

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestWhatIsSaidOfWaysOut: each fault says what to give instead.
func TestWhatIsSaidOfWaysOut(t *testing.T) {
	for _, c := range []struct{ name, given, says string }{
		{"cloudwatch_namespace", "AWS/reInvent2017/SID341", "cloudwatch_namespace: what is given begins with AWS/, which CloudWatch keeps for AWS's own services; " +
			"give up to 255 letters, digits and .-_/#, such as reInvent2017/SID341"},
		{"hec_url", "http://hec.example.com:8088", "hec_url: http:// would send the token and the events to another host in clear text (ca_file is for a certificate of your own " +
			"authority); give https://HOST:8088"},
	} {
		_, err := Parse(Sources{Stanza: map[string]string{c.name: c.given}})
		require.ErrorContains(t, err, c.says)
	}
	_, err := Parse(Sources{Stanza: map[string]string{"alarm_email": "soc@example.com", "alarm_topic_arn": "arn:aws:sns:eu-west-1:111122223333:pager"}})
	require.ErrorContains(t, err, "alarm_topic_arn: alarm_email is given too, for which a topic is made; give one of the two")
}

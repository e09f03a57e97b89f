package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/discern"
)

// TestDoctorWithoutCredentials ends in the table all the same: what failed, its mend, and what was not tried for it.
func TestDoctorWithoutCredentials(t *testing.T) {
	for name, value := range map[string]string{"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_PROFILE": "", "AWS_CONFIG_FILE": os.DevNull,
		"AWS_SHARED_CREDENTIALS_FILE": os.DevNull, "AWS_EC2_METADATA_DISABLED": "true", "AWS_WEB_IDENTITY_TOKEN_FILE": "",
		"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "", "AWS_CONTAINER_CREDENTIALS_FULL_URI": ""} {
		t.Setenv(name, value)
	}
	args := []string{"doctor", "--cloudtrail-bucket", "all-trails", "--dynamo-table-name", "cloudtrail_anomaly", "--aws-region", "us-east-1"}
	s := must(t, exitPartly, args...)
	require.Empty(t, s.err)
	require.Regexp(t, `(?m)^credentials +caller +FAILED +no AWS credentials`, s.out)
	require.Contains(t, s.out, "\n  -> give --profile NAME, set AWS_ACCESS_KEY_ID")
	require.Equal(t, 1, strings.Count(s.out, "  -> "), "one thing is to be mended")

	var tried []string
	for _, line := range lines(t, must(t, exitPartly, append(args, "--output", "json")...).out) {
		var c discern.Check
		require.NoError(t, json.Unmarshal([]byte(line), &c))
		require.False(t, c.OK)
		require.Equal(t, c.What != "credentials", c.Result == notTried)
		tried = append(tried, c.What)
	}
	require.Equal(t, []string{"credentials", "trail", "log file", "accounts", "Athena workgroup", "log files", "Athena table", "DynamoDB table"}, tried)
	require.Equal(t, len(tried)-1, strings.Count(s.out, "  -       "+notTried), s.out)
}

func TestDoctorOfAFolder(t *testing.T) {
	root := t.TempDir()
	empty := must(t, exitPartly, "doctor", "--logs", root)
	require.Contains(t, empty.out, "there is no log file")
	require.Contains(t, empty.out, "give in logs (--logs) the folder")
	good(t, root)
	require.Regexp(t, `ok +1 file of 1 account in 1 region; the newest is of 2026-11-21T09:05:00Z, \d+ (day|hour)s? ago`, must(t, exitDone, "doctor", "--logs", root).out)
}

// TestHelpOfWhatIsPassedOver: setup and teardown name the settings that they use, and take the others that the same installation is run with.
func TestHelpOfWhatIsPassedOver(t *testing.T) {
	for command, unused := range map[string][]string{
		"setup athena":   {"--iam-role-name", "--delete-results", "--dynamo-table-name"},
		"setup dynamodb": {"--iam-role-name", "--delete-results", "--athena-workgroup", "--accounts", "--engine", "--organizations-account-id"},
		"setup all":      {"--iam-role-name", "--delete-results"},
		"teardown":       {"--iam-role-name", "--delete-results"},
	} {
		help := must(t, exitDone, append([]string{"help"}, strings.Fields(command)...)...).out
		require.Contains(t, help, "Other settings of a run are taken too, and passed over.")
		for _, f := range unused {
			require.NotRegexp(t, `\n  `+f+`\b`, help, command)
		}
	}
	said := do(t, "setup", "athena", "--iam-role-name", "CT_IamReadOnly", "--dynamo-table-name", "cloudtrail_anomaly")
	require.Equal(t, exitUsage, said.code)
	require.Contains(t, said.err, "say to which bucket the trail delivers")
}

// TestSetupInNoRegion: nothing is made in a region that nobody named.
func TestSetupInNoRegion(t *testing.T) {
	m := startMoto(t)
	t.Setenv("AWS_REGION", "")
	for command, flags := range map[string][]string{
		"setup dynamodb": {"--dynamo-table-name", baselineTable}, "setup all": {"--dynamo-table-name", baselineTable}, "setup alarms": {"--cloudwatch-namespace", "Anomalies"},
	} {
		said := must(t, exitUsage, append(strings.Fields(command), flags...)...)
		require.Contains(t, said.err, "say in which region", command)
		require.Empty(t, said.out)
	}
	_, err := dynamodb.NewFromConfig(m.in("123456789012")).DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: aws.String(baselineTable)})
	require.ErrorContains(t, err, "ResourceNotFoundException")
	require.Contains(t, must(t, exitDone, "setup", "dynamodb", "--dynamo-table-name", baselineTable, "--aws-region", "eu-west-1").out, "make table "+baselineTable+" in eu-west-1")
}

package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestAnAccountOfZeros: the id of an account stays as it is written, from the folder's name and the flag to the event.
func TestAnAccountOfZeros(t *testing.T) {
	root := t.TempDir()
	zeros := func(text string) string { return strings.ReplaceAll(text, "111122223333", "001122223333") }
	one := record(call{at: "2026-11-21T09:00:00Z", user: "alice", action: "ListBuckets"})
	put(t, root, zeros(named("20261121T0905")), zipped(document(zeros(one))))
	put(t, root, named("20261121T0905"), zipped(document(one)))
	said := must(t, exitDone, "detect", "anomaly", "--logs", root, "--state", t.TempDir(), "--output", "json", "--learning-days", "0", "--accounts", "001122223333")
	told := events(t, said.out)
	require.Len(t, told, 2)
	for _, e := range told {
		require.Equal(t, "001122223333", e.AccountID)
	}
	require.Contains(t, said.out, `"account_id":"001122223333"`)
}

// TestAServiceLinkedRole: its new actions are written as suppressed, and learnt.
func TestAServiceLinkedRole(t *testing.T) {
	root := t.TempDir()
	linked := func(at, action string) string {
		return `{"eventTime":"` + at + `","eventSource":"ecs.amazonaws.com","eventName":"` + action + `","awsRegion":"us-east-1","sourceIPAddress":"ecs.amazonaws.com",
			"userAgent":"ecs.amazonaws.com","eventID":"` + at + action + `","recipientAccountId":"111122223333","userIdentity":{"type":"AssumedRole","principalId":"AROALINKED:ecs",
			"arn":"arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForECS/ecs","accountId":"111122223333","invokedBy":"ecs.amazonaws.com","sessionContext":{"sessionIssuer":{
			"type":"Role","principalId":"AROALINKED","arn":"arn:aws:iam::111122223333:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS","userName":"AWSServiceRoleForECS"}}}}`
	}
	put(t, root, named("20261121T0905"), zipped(document(linked("2026-11-21T09:00:00Z", "CreateNetworkInterface"))))
	state := t.TempDir()
	told := detect(t, exitDone, root, state)
	require.Len(t, told, 2, "the role and its action")
	for _, e := range told {
		require.True(t, e.Suppressed)
		require.Equal(t, "service-linked role", e.SuppressedBy)
		require.Equal(t, "AROALINKED", e.PrincipalID)
	}
	put(t, root, named("20261121T1005"), zipped(document(linked("2026-11-21T10:00:00Z", "CreateNetworkInterface"))))
	require.Empty(t, detect(t, exitDone, root, state))
}

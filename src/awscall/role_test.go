package awscall

import (
	"errors"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/stretchr/testify/require"
)

func TestOneSessionForAllWhoAsk(t *testing.T) {
	bareEnvironment(t)
	fake := newFakeSTS(t)
	c := open(t, Options{EndpointURL: fake.URL, ExternalID: "shared-id", SessionName: "collector-7"})
	var wait sync.WaitGroup
	keys := make([]string, 50)
	for i := range keys {
		wait.Go(func() {
			cfg, err := c.As(t.Context(), "222222222222", "security/CT_OrgsRole")
			if err == nil {
				found, _ := cfg.Credentials.Retrieve(t.Context())
				keys[i] = found.AccessKeyID
			}
		})
	}
	wait.Wait()
	for _, key := range keys {
		require.Equal(t, "ASIASESSION1", key)
	}
	asked := fake.assumed()
	require.Len(t, asked, 1)
	require.Equal(t, 1, fake.who)
	require.Equal(t, "arn:aws:iam::222222222222:role/security/CT_OrgsRole", asked[0].Get("RoleArn"))
	require.Equal(t, "shared-id", asked[0].Get("ExternalId"))
	require.Equal(t, "collector-7", asked[0].Get("RoleSessionName"))
	require.Equal(t, "3600", asked[0].Get("DurationSeconds"))

	_, err := c.As(t.Context(), "222222222222", "Other")
	require.NoError(t, err)
	_, err = c.As(t.Context(), "333333333333", "Other")
	require.NoError(t, err)
	require.Len(t, fake.assumed(), 3, "each role of each account has a session of its own")
	require.Equal(t, map[string]Calls{"sts:AssumeRole": {3, 3}, "sts:GetCallerIdentity": {1, 1}}, c.Calls())
}

func TestNoExternalIDWhereNoneIsSet(t *testing.T) {
	bareEnvironment(t)
	fake := newFakeSTS(t)
	_, err := open(t, Options{EndpointURL: fake.URL}).As(t.Context(), "222222222222", "R")
	require.NoError(t, err)
	require.False(t, fake.assumed()[0].Has("ExternalId"))
	require.Equal(t, "ct_anomaly", fake.assumed()[0].Get("RoleSessionName"))
}

func TestSessionIsRenewedBeforeItEnds(t *testing.T) {
	bareEnvironment(t)
	fake := newFakeSTS(t)
	fake.lifetime = func(n int) time.Duration {
		if n == 1 {
			return 2 * time.Minute // less than is wanted before its end
		}
		return time.Hour
	}
	c := open(t, Options{EndpointURL: fake.URL})
	cfg, err := c.As(t.Context(), "222222222222", "R")
	require.NoError(t, err)
	for range 5 {
		found, err := cfg.Credentials.Retrieve(t.Context())
		require.NoError(t, err)
		require.Equal(t, "ASIASESSION2", found.AccessKeyID)
	}
	require.Len(t, fake.assumed(), 2)
}

func TestSessionThatCanNoLongerBeRenewed(t *testing.T) {
	bareEnvironment(t)
	fake := newFakeSTS(t)
	fake.lifetime = func(int) time.Duration { return time.Minute }
	c := open(t, Options{EndpointURL: fake.URL, ExternalID: "x"})
	cfg, err := c.As(t.Context(), "222222222222", "R")
	require.NoError(t, err)
	fake.mu.Lock()
	fake.refuse = func(url.Values) bool { return true }
	fake.mu.Unlock()

	_, err = sts.NewFromConfig(cfg).GetCallerIdentity(t.Context(), nil)
	var refused *Refused
	require.ErrorAs(t, err, &refused)
	require.Equal(t, assumeRole, refused.Action, "the role is at fault, not the call made as it")
	require.Equal(t, "arn:aws:iam::222222222222:role/R", refused.Resource)
	require.Equal(t, Calls{1, 0}, c.Calls()["sts:GetCallerIdentity"].minus(Calls{1, 1}), "the call itself was never sent")
}

func (c Calls) minus(o Calls) Calls {
	return Calls{c.Operations - o.Operations, c.Attempts - o.Attempts}
}

func TestRoleThatCanNotBeAssumed(t *testing.T) {
	bareEnvironment(t)
	for name, tc := range map[string]struct {
		external Secret
		says     string
	}{
		"without an external id": {"", "none was sent"},
		"with one":               {"hush-id", "another external id than the one sent"},
	} {
		t.Run(name, func(t *testing.T) {
			fake := newFakeSTS(t)
			fake.refuse = func(url.Values) bool { return true }
			_, err := open(t, Options{EndpointURL: fake.URL, ExternalID: tc.external}).As(t.Context(), "222222222222", "CT_OrgsRole")
			var refused *Refused
			require.ErrorAs(t, err, &refused)
			require.Equal(t, Refused{Role: fake.arn, Action: assumeRole, Resource: "arn:aws:iam::222222222222:role/CT_OrgsRole", Err: refused.Err,
				externalID: tc.external != ""}, *refused)
			require.ErrorContains(t, err, fake.arn+" is refused sts:AssumeRole on arn:aws:iam::222222222222:role/CT_OrgsRole")
			require.ErrorContains(t, err, `its policy lacks {"Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::222222222222:role/CT_OrgsRole"}`)
			require.ErrorContains(t, err, tc.says)
			require.ErrorContains(t, err, "there is no such role")
			require.NotContains(t, err.Error(), "hush")
			require.True(t, Denied(err))
			require.Len(t, fake.assumed(), 1, "a refusal is not tried again")
		})
	}
}

func TestRolesOfThePartition(t *testing.T) {
	bareEnvironment(t)
	for partition, region := range map[string]string{"aws": "eu-west-1", "aws-us-gov": "us-gov-west-1", "aws-cn": "cn-north-1"} {
		fake := newFakeSTS(t)
		fake.arn = "arn:" + partition + ":iam::111111111111:user/collector"
		c := open(t, Options{EndpointURL: fake.URL, Region: region})
		who, err := c.Who(t.Context())
		require.NoError(t, err)
		require.Equal(t, Identity{"111111111111", fake.arn, partition}, who)
		_, err = c.As(t.Context(), "222222222222", "R")
		require.NoError(t, err)
		require.Equal(t, "arn:"+partition+":iam::222222222222:role/R", fake.assumed()[0].Get("RoleArn"))
	}
}

func TestWhetherARoleIsAssumed(t *testing.T) {
	bareEnvironment(t)
	for name, tc := range map[string]struct {
		account, role string
		given         bool
		want          int
	}{
		"another account":                  {"222222222222", "R", false, 1},
		"another account, given":           {"222222222222", "R", true, 1},
		"the caller's own":                 {"111111111111", "R", false, 0},
		"the caller's own, given":          {"111111111111", "R", true, 1},
		"no account":                       {"", "R", false, 0},
		"no role":                          {"222222222222", "", true, 0},
		"the role that it is already":      {"111111111111", "path/ctanomalyRole", true, 0},
		"one of that name, elsewhere":      {"222222222222", "ctanomalyRole", false, 1},
		"part of the name is another role": {"111111111111", "ctanomaly", true, 1},
	} {
		t.Run(name, func(t *testing.T) {
			fake := newFakeSTS(t)
			cfg, err := open(t, Options{EndpointURL: fake.URL}).For(t.Context(), tc.account, tc.role, tc.given)
			require.NoError(t, err)
			require.Len(t, fake.assumed(), tc.want)
			found, err := cfg.Credentials.Retrieve(t.Context())
			require.NoError(t, err)
			require.Equal(t, tc.want == 0, found.AccessKeyID == "AKIAEXAMPLE")
		})
	}
}

func TestWhoIsAskedAgainAfterAFailure(t *testing.T) {
	bareEnvironment(t)
	fake := newFakeSTS(t)
	fake.arn = "not an ARN"
	c := open(t, Options{EndpointURL: fake.URL})
	_, err := c.Who(t.Context())
	require.ErrorContains(t, err, `STS answered "not an ARN"`)
	_, err = c.As(t.Context(), "222222222222", "R")
	require.Error(t, err)
	fake.arn = "arn:aws:iam::111111111111:root"
	_, err = c.Who(t.Context())
	require.NoError(t, err)
	require.False(t, errors.As(err, new(*Refused)))
}

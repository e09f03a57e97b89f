package awscall

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"
)

func TestPlacesOfCredentials(t *testing.T) {
	file := func(t *testing.T, variable, text string) {
		require.NoError(t, os.WriteFile(os.Getenv(variable), []byte(text), 0o600))
	}
	for name, tc := range map[string]struct {
		set  func(t *testing.T, sts *fakeSTS) Options
		want string
	}{
		"keys given, whatever the environment says": {func(t *testing.T, _ *fakeSTS) Options {
			t.Setenv("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENT")
			t.Setenv("AWS_SECRET_ACCESS_KEY", "x")
			return Options{Keys: someKeys}
		}, "AKIAEXAMPLE"},
		"the environment": {func(t *testing.T, _ *fakeSTS) Options {
			t.Setenv("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENT")
			t.Setenv("AWS_SECRET_ACCESS_KEY", "x")
			return Options{}
		}, "AKIAENVIRONMENT"},
		"a profile, before the environment": {func(t *testing.T, _ *fakeSTS) Options {
			t.Setenv("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENT")
			t.Setenv("AWS_SECRET_ACCESS_KEY", "x")
			file(t, "AWS_SHARED_CREDENTIALS_FILE", "[soc]\naws_access_key_id = AKIAPROFILE\naws_secret_access_key = x\n")
			return Options{Profile: "soc"}
		}, "AKIAPROFILE"},
		"a web identity": {func(t *testing.T, sts *fakeSTS) Options {
			token := filepath.Join(t.TempDir(), "token")
			require.NoError(t, os.WriteFile(token, []byte("jwt"), 0o600))
			t.Setenv("AWS_WEB_IDENTITY_TOKEN_FILE", token)
			t.Setenv("AWS_ROLE_ARN", "arn:aws:iam::111111111111:role/pod")
			return Options{EndpointURL: sts.URL, Region: "eu-central-1"}
		}, "ASIASESSION1"},
		"an instance profile": {func(t *testing.T, _ *fakeSTS) Options {
			t.Setenv("AWS_EC2_METADATA_DISABLED", "false")
			t.Setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", newFakeMetadata(t))
			return Options{}
		}, "ASIAINSTANCE"},
	} {
		t.Run(name, func(t *testing.T) {
			bareEnvironment(t)
			c, err := Open(t.Context(), tc.set(t, newFakeSTS(t)))
			require.NoError(t, err)
			found, err := c.Base().Credentials.Retrieve(t.Context())
			require.NoError(t, err)
			require.Equal(t, tc.want, found.AccessKeyID)
		})
	}
}

// newFakeMetadata is an instance's metadata in ap-southeast-4.
func newFakeMetadata(t *testing.T) string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		const roles = "/latest/meta-data/iam/security-credentials/"
		switch r.URL.Path {
		case "/latest/api/token":
			w.Header().Set("X-Aws-Ec2-Metadata-Token-Ttl-Seconds", "300")
			_, _ = fmt.Fprint(w, "token")
		case roles:
			_, _ = fmt.Fprint(w, "ctanomalyRole")
		case roles + "ctanomalyRole":
			_, _ = fmt.Fprintf(w, `{"Code":"Success","AccessKeyId":"ASIAINSTANCE","SecretAccessKey":"x","Token":"t","Expiration":%q}`,
				time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
		case "/latest/dynamic/instance-identity/document":
			_, _ = fmt.Fprint(w, `{"region":"ap-southeast-4"}`)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func TestRegion(t *testing.T) {
	bareEnvironment(t)
	c, err := Open(t.Context(), Options{Keys: someKeys})
	require.NoError(t, err)
	require.Equal(t, fallbackRegion, c.Base().Region)
	require.Equal(t, "cn-north-1", In(c.Base(), "cn-north-1").Region)
	require.Equal(t, fallbackRegion, In(c.Base(), "").Region)

	t.Setenv("AWS_REGION", "eu-west-3")
	c, err = Open(t.Context(), Options{Keys: someKeys})
	require.NoError(t, err)
	require.Equal(t, "eu-west-3", c.Base().Region)
	require.False(t, c.Guessed())
	require.Equal(t, "sa-east-1", open(t, Options{Region: "sa-east-1"}).Base().Region)
}

// Keys come without a region: what is used with them has one, and with it a partition.
func TestRegionOfWhatIsUsed(t *testing.T) {
	for beside, want := range map[string]string{
		"":         fallbackRegion,
		"demo.log": fallbackRegion,
		"https://sqs.us-gov-west-1.amazonaws.com/111122223333/trail":            "us-gov-west-1",
		"sqs.cn-north-1.amazonaws.com.cn/111122223333/trail":                    "cn-north-1",
		"eu-west-3.queue.amazonaws.com/111122223333/trail":                      "eu-west-3",
		"https://vpce-0a1b-2c.sqs.us-gov-east-1.vpce.amazonaws.com/1/trail":     "us-gov-east-1",
		"arn:aws-us-gov:sns:us-gov-east-1:111122223333:alarms":                  "us-gov-east-1",
		"arn:aws-us-gov:iam::111122223333:role/CT_OrgsRole":                     fallbackRegion,
		"http://127.0.0.1:4566/us-gov-west-1":                                   fallbackRegion,
		"https://sqs.us-east-1.amazonaws.com/111122223333/us-gov-west-1.events": "us-east-1",
	} {
		bareEnvironment(t)
		c, err := Open(t.Context(), Options{Keys: someKeys, Beside: []string{"", beside}})
		require.NoError(t, err)
		require.Equal(t, want, c.Base().Region, beside)
		require.Equal(t, want == fallbackRegion && !strings.Contains(beside, "us-east-1"), c.Guessed(), beside)
	}
	bareEnvironment(t)
	t.Setenv("AWS_ENDPOINT_URL", "https://sts.us-gov-west-1.amazonaws.com")
	c, err := Open(t.Context(), Options{Keys: someKeys})
	require.NoError(t, err)
	require.Equal(t, "us-gov-west-1", c.Base().Region, "an endpoint tells too")
}

func TestRegionOfTheInstance(t *testing.T) {
	bareEnvironment(t)
	t.Setenv("AWS_EC2_METADATA_DISABLED", "false")
	t.Setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", newFakeMetadata(t))
	c, err := Open(t.Context(), Options{})
	require.NoError(t, err)
	require.Equal(t, "ap-southeast-4", c.Base().Region)
	require.Empty(t, c.Calls(), "the metadata is no service of AWS")
}

func TestNoCredentials(t *testing.T) {
	for name, tc := range map[string]struct {
		options Options
		metadata,
		says string
	}{
		"nothing anywhere, no metadata":  {Options{}, "", "the instance profile"},
		"an address that never answers":  {Options{}, "http://192.0.2.1", "AWS_ACCESS_KEY_ID"},
		"a profile that is not there":    {Options{Profile: "soc"}, "", "the profile soc of the AWS config and credentials files"},
		"a key without its other half":   {Options{Keys: Keys{AccessKeyID: "AKIAEXAMPLE"}}, "", "the access keys given"},
		"proxy for all, not metadata":    {Options{Proxy: Proxy{URL: "http://127.0.0.1:1"}}, "http://169.254.0.1", "ctanomalyInstanceProfile"},
		"a profile with nothing that is": {Options{Profile: "empty"}, "", "the profile empty"},
	} {
		t.Run(name, func(t *testing.T) {
			bareEnvironment(t)
			require.NoError(t, os.WriteFile(os.Getenv("AWS_CONFIG_FILE"), []byte("[profile empty]\nregion = eu-west-1\n"), 0o600))
			if tc.metadata != "" {
				t.Setenv("AWS_EC2_METADATA_DISABLED", "false")
				t.Setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", tc.metadata)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			_, err := Open(ctx, tc.options)
			require.NoError(t, ctx.Err(), "no long wait for what is not there")
			require.ErrorContains(t, err, "no AWS credentials; looked at ")
			require.ErrorContains(t, err, tc.says)
			require.ErrorContains(t, err, "ctanomalyInstanceProfile")
			require.True(t, NoCredentials(err))
			require.False(t, Denied(err))
		})
	}
}

func TestEndpoints(t *testing.T) {
	for name, tc := range map[string]struct {
		setting, general, own bool
	}{"the setting": {setting: true}, "AWS_ENDPOINT_URL": {general: true}, "AWS_ENDPOINT_URL_S3": {own: true}} {
		t.Run(name, func(t *testing.T) {
			bareEnvironment(t)
			var paths []string
			fake := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				paths = append(paths, r.URL.Path)
				w.WriteHeader(http.StatusOK)
			}))
			defer fake.Close()
			var o Options
			switch {
			case tc.setting:
				o.EndpointURL = fake.URL
			case tc.general:
				t.Setenv("AWS_ENDPOINT_URL", fake.URL)
			default:
				t.Setenv("AWS_ENDPOINT_URL_S3", fake.URL)
			}
			bucket := "trail"
			_, err := s3.NewFromConfig(open(t, o).Base()).HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: &bucket})
			require.NoError(t, err)
			require.Equal(t, []string{"/trail"}, paths)
		})
	}
}

func TestUserAgent(t *testing.T) {
	bareEnvironment(t)
	fake := newFakeSTS(t)
	_, err := open(t, Options{EndpointURL: fake.URL, Version: "1.2.3"}).Who(t.Context())
	require.NoError(t, err)
	_, err = open(t, Options{EndpointURL: fake.URL}).Who(t.Context())
	require.NoError(t, err)
	require.Contains(t, fake.agents[0], " ct_anomaly/1.2.3")
	require.True(t, strings.HasSuffix(fake.agents[1], " ct_anomaly"), fake.agents[1])
}

package settings

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// defaults are the settings of a run that is given nothing.
func defaults() Settings {
	return Settings{
		Engine: EngineAthena, OrgsRoleName: "CT_OrgsRole", AthenaRoleName: "CT_AthenaRole", AthenaWorkgroup: "primary",
		AthenaPrefix: "cloudtrail_anomaly", AthenaDatabase: "default", HistoryConsentGigabytes: 100, DeleteResults: true,
		HistoryDays: 97, LearningDays: 90, PrincipalLearningDays: 7, ForgetAfterDays: 90, RefreshDays: 7, LookbackMinutes: 60, SweepDays: 2,
		MaxConcurrentAccounts: 8, DailyScanGigabytes: 2000,
	}
}

func TestConfigFiles(t *testing.T) {
	cases := map[string]func(*Settings){
		"empty":    func(*Settings) {},
		"comments": func(*Settings) {},
		"nulls":    func(*Settings) {},
		"minimal":  func(s *Settings) { s.Logs, s.Engine = Place{Folder, "/var/log/cloudtrail"}, EngineLogs },
		"seed": func(s *Settings) {
			s.LearningDays, s.PrincipalLearningDays, s.ForgetAfterDays, s.HistoryDays = 60, 60, 60, 67
			s.IgnoredActions = Globs{{"sts.amazonaws.com:GetCallerIdentity", true}}
			s.AWSRegion, s.DynamoTableName, s.SNSTopicARN = "eu-central-1", "seen_actions", "arn:aws:sns:eu-central-1:999999999999:new-actions"
			s.OrgsAccountID, s.OrgsRoleName, s.IAMRoleName = "012345670123", "ListAccounts", "ReadTrusts"
			s.AthenaDatabase, s.AthenaAccountID, s.AthenaRoleName = "security", "0777777777", "RunQueries"
			s.AthenaBucket, s.AthenaPrefix, s.CloudTrailBucket = "query-results-0777777777", "seen", "all-trails"
		},
		"seed_short": func(s *Settings) {
			s.LearningDays, s.PrincipalLearningDays, s.ForgetAfterDays, s.HistoryDays = 60, 3, 60, 67
			s.CloudTrailBucket, s.IAMRoleName = "all-trails", "CT_IamReadOnly"
		},
		"written": func(s *Settings) {
			s.Accounts, s.ExcludeAccounts = []string{"012345670123", "0000000001", "7000000000"}, []string{"0812345678", "0912345678"}
			s.DeleteResults, s.AllowEmbeddedOnCluster = false, true
			s.AthenaDatabase, s.AthenaWorkgroup, s.AthenaBucket = "2024_01_01", "on", "1e3"
			s.LearningDays, s.HistoryDays, s.RunTimeout = 10, HistoryAll, 10*time.Minute
			s.IgnoredPrincipals = Globs{{"saml:idp/Miller, *", false}, {"arn:aws:iam::*:role/ci-?", false}}
		},
		"full": func(s *Settings) { *s = full() },
	}
	files, err := filepath.Glob("testdata/*.ok.yml")
	require.NoError(t, err)
	require.Len(t, files, len(cases))
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".ok.yml")
		t.Run(name, func(t *testing.T) {
			want := defaults()
			require.Contains(t, cases, name)
			cases[name](&want)
			got, err := Parse(Sources{Flags: FlagValues{"config": file}})
			require.NoError(t, err)
			got.Config = ""
			require.Equal(t, want, got)
		})
	}
}

func full() Settings {
	return Settings{
		Logs: Place{Bucket, "all-trails/central"}, Engine: EngineAthena,
		RoleExternalID: "a-long-secret", ProxyURL: "http://proxy.example.com:3128", CAFile: "/etc/pki/company.pem",
		EndpointURL: "http://127.0.0.1:5000", Accounts: []string{"111111111111", "222222222222"}, ExcludeAccounts: []string{"333333333333"},
		BusinessUnit: []string{"ou:ou-ab12-cdefgh34", "tag:team=payments", "name:prod-*"},
		AWSRegion:    "us-gov-west-1", OrgsAccountID: "444444444444", OrgsRoleName: "orgs/ListAccounts", IAMRoleName: "ReadTrusts",
		AthenaAccountID: EachAccount, AthenaRoleName: "Queries", AthenaWorkgroup: "security", AthenaBucket: "results", AthenaPrefix: "anomaly",
		AthenaDatabase: "trails", CloudTrailBucket: "all-trails", CloudTrailPrefix: "central", OrganizationID: "o-abcdef1234",
		DynamoTableName: "cloudtrail_anomaly", HistoryConsentGigabytes: 500, AllowEmbeddedOnCluster: true,
		InstanceNetworks: []netip.Prefix{netip.MustParsePrefix("198.51.100.7/32"), netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8::/32")},
		HistoryDays:      30, LearningDays: 20, PrincipalLearningDays: 2, ForgetAfterDays: 40, RefreshDays: 1, LookbackMinutes: 90, SweepDays: 3,
		IgnoredActions:    Globs{{"sts:Get*", true}, {"iam.amazonaws.com:ListRoles", true}},
		IgnoredPrincipals: Globs{{"AROAEXAMPLE*", false}}, EventCategories: []string{"Management", "Data"},
		SNSTopicARN: "arn:aws-us-gov:sns:us-gov-west-1:444444444444:anomalies", CloudWatchNamespace: "CloudTrailAnomaly",
		HECURL: "https://hec.example.com:8088", HECIndex: "security", SCSTenant: "example", AlarmTopicARN: "arn:aws:sns:eu-west-1:111111111111:pager",
		MaxConcurrentAccounts: 4, DailyScanGigabytes: 100, RunTimeout: 12*time.Minute + 30*time.Second,
	}
}

// TestFullNamesEveryKey holds the example complete when a setting is added.
func TestFullNamesEveryKey(t *testing.T) {
	data, err := os.ReadFile("testdata/full.ok.yml")
	require.NoError(t, err)
	d := readDocument("full", data)
	require.Empty(t, d.faults)
	for _, r := range table {
		if r.path != "" {
			require.Contains(t, d.places, r.path)
		}
	}
}

// TestBadConfigFiles compares with the text beside each file.
func TestBadConfigFiles(t *testing.T) {
	files, err := filepath.Glob("testdata/*.bad.yml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".bad.yml"), func(t *testing.T) {
			got, err := Parse(Sources{Flags: FlagValues{"config": file}})
			require.IsType(t, Faults{}, err)
			require.Zero(t, got)
			want, readErr := os.ReadFile(strings.TrimSuffix(file, "yml") + "txt")
			if os.Getenv("WRITE") != "" {
				require.NoError(t, os.WriteFile(strings.TrimSuffix(file, "yml")+"txt", []byte(err.Error()+"\n"), 0o644))
				return
			}
			require.NoError(t, readErr)
			require.Equal(t, string(want), err.Error()+"\n")
			require.NotContains(t, err.Error(), "secret")
		})
	}
}

func TestConfigThatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	large := filepath.Join(dir, "large.yml")
	require.NoError(t, os.WriteFile(large, []byte("#"+strings.Repeat("x", mostConfig)), 0o600))
	locked := filepath.Join(dir, "locked.yml")
	require.NoError(t, os.WriteFile(locked, nil, 0))
	missing := filepath.Join(dir, "missing.yml")
	cases := []struct{ name, path, want string }{
		{"missing", missing, "--config: there is no file " + missing + "; give the path of a config.yml"},
		{"folder", dir, "--config: " + dir + " is a folder; give the path of a config.yml in it"},
		{"large", large, "--config: has more than 1 MiB; give a config.yml"},
		{"locked", locked, "--config: " + locked + " may not be read by this user; allow it to"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if f, err := os.Open(locked); err == nil && c.path == locked {
				require.NoError(t, f.Close())
				t.Skip("this user may read any file")
			}
			_, err := Parse(Sources{Flags: FlagValues{"config": c.path}})
			require.EqualError(t, err, c.want)
		})
	}
}

// TestConfigText has what editors do to a file.
func TestConfigText(t *testing.T) {
	cases := map[string]struct{ text, fault string }{
		"bom":              {"\ufefflogs: /a\n", ""},
		"windows":          {"aws:\r\n  region: eu-west-1\r\nlogs: /a\r\n", ""},
		"dotted":           {"aws.region: eu-west-1\nlogs: /a\n", ""},
		"dotted twice":     {"aws.region: eu-west-1\naws: {region: eu-west-2}\n", "config line 2: aws.region: is there already, on line 1; keep one"},
		"comment with tab": {"logs: /a\n\t# nothing\n", "config line 2: is indented by a tab, which YAML does not allow; use spaces"},
		"utf-16":           {"\xff\xfel\x00o\x00\n\x00", "config line 1: is not UTF-8; save it as UTF-8"},
		"only text":        {"logs\n/a\n", "config line 1: is not made of keys; begin with one, such as logs: FOLDER"},
		"second is bad":    {"logs: /a\n---\n}\n", "config line 2: is not YAML: did not find expected node content; correct it there or near it"},
		"a tag alone":      {"logs: !path\n", "config line 1: logs: has a tag (!); write the value alone"},
		"tags alone":       {"!!!!\n", "config line 1: is not made of keys; begin with one, such as logs: FOLDER"},
		"value of lines":   {"logs: |\n  /a\n  /b\n", `config line 1: logs: "/a\n/b" holds a line end or another control character; give ` + table[0].allowed},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := Parse(Sources{Stanza: map[string]string{"config": c.text}})
			if c.fault != "" {
				require.EqualError(t, err, c.fault)
				return
			}
			require.NoError(t, err)
			require.Equal(t, Place{Folder, "/a"}, got.Logs)
		})
	}
}

func TestConfigFaultsAreBounded(t *testing.T) {
	var text strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&text, "key%d: 1\n", i)
	}
	_, err := Parse(Sources{Stanza: map[string]string{"config": text.String()}})
	require.Len(t, err, mostFaults+1)
	require.True(t, strings.HasSuffix(err.Error(), "\nconfig: may hold more faults; mend these first"))
}

func FuzzConfig(f *testing.F) {
	files, err := filepath.Glob("testdata/*.yml")
	require.NoError(f, err)
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(string(data))
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := Parse(Sources{Stanza: map[string]string{"config": text + "\n"}})
		if err == nil {
			require.Contains(t, []string{EngineAthena, EngineLogs}, s.Engine)
			require.Positive(t, s.ForgetAfterDays)
			return
		}
		require.IsType(t, Faults{}, err)
		for _, fault := range err.(Faults) {
			require.NotContains(t, fault.String(), "\n")
			require.NotEmpty(t, fault.What)
		}
	})
}

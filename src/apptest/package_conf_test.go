package apptest

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var (
	stanzaLine  = regexp.MustCompile(`^\[([^\[\]]*)\]$`)
	settingLine = regexp.MustCompile(`^([A-Za-z][\w.]*) = (\S.*)$`)
)

// conf reads a .conf file of the app, stricter than Splunk: each line is empty, a comment, a stanza or a setting, and none comes twice.
func (p pack) conf(t *testing.T, name string) map[string]map[string]string {
	t.Helper()
	require.Contains(t, p.files, name)
	stanzas, stanza := map[string]map[string]string{}, ""
	for i, line := range strings.Split(string(p.files[name]), "\n") {
		where := fmt.Sprintf("%s, line %d: %q", name, i+1, line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if m := stanzaLine.FindStringSubmatch(line); m != nil {
			stanza = m[1]
			require.NotContains(t, stanzas, stanza, where)
			stanzas[stanza] = map[string]string{}
			continue
		}
		m := settingLine.FindStringSubmatch(line)
		require.NotNil(t, m, where)
		require.Contains(t, stanzas, stanza, where)
		require.NotContains(t, stanzas[stanza], m[1], where)
		stanzas[stanza][m[1]] = m[2]
	}
	return stanzas
}

func TestPackageConfsAreWellFormed(t *testing.T) {
	eachPackage(t, func(t *testing.T, p pack) {
		for name := range p.files {
			if ext := path.Ext(name); ext == ".conf" || ext == ".meta" {
				require.NotEmpty(t, p.conf(t, name), name)
			}
		}
	})
}

func TestPackageApp(t *testing.T) {
	eachPackage(t, func(t *testing.T, p pack) {
		app := p.conf(t, "default/app.conf")
		require.Equal(t, appID, app["package"]["id"])
		require.Equal(t, appID, app["id"]["name"])
		require.Equal(t, version(t), app["id"]["version"])
		require.Equal(t, version(t), app["launcher"]["version"])
		require.LessOrEqual(t, len(app["launcher"]["description"]), 200)
		require.Equal(t, "CloudTrail Anomaly", app["ui"]["label"])
		require.Equal(t, strconv.FormatBool(p.name != "collector"), app["ui"]["is_visible"])
		require.Equal(t, "false", app["install"]["is_configured"])
		require.Equal(t, "false", app["package"]["check_for_updates"])
		var major, minor, patch int
		_, err := fmt.Sscanf(version(t), "%d.%d.%d", &major, &minor, &patch)
		require.NoError(t, err)
		require.Equal(t, strconv.Itoa(major*10000+minor*100+patch), app["install"]["build"])

		var manifest struct {
			Info struct {
				Title string
				ID    struct{ Name, Version string }
			}
			SupportedDeployments, TargetWorkloads []string
		}
		require.NoError(t, json.Unmarshal(p.files["app.manifest"], &manifest))
		require.Equal(t, appID, manifest.Info.ID.Name)
		require.Equal(t, version(t), manifest.Info.ID.Version)
		require.Equal(t, app["ui"]["label"], manifest.Info.Title)
		require.Equal(t, []string{"_standalone", "_distributed", "_search_head_clustering"}, manifest.SupportedDeployments)
		workloads := []string{"_search_heads", "_forwarders"}
		if p.name == "collector" {
			workloads = workloads[1:]
		}
		require.Equal(t, workloads, manifest.TargetWorkloads)
	})
}

func TestPackageShipsNoInput(t *testing.T) {
	eachPackage(t, func(t *testing.T, p pack) {
		require.Equal(t, map[string]map[string]string{
			"ct_anomaly": {"start_by_shell": "false", "interval": "900", "sourcetype": anomalies},
		}, p.conf(t, "default/inputs.conf"))
	})
}

func TestPackageProps(t *testing.T) {
	const event = `{"anomaly_id":"1f","reason":"says \"first_time\":\"2001-01-01T00:00:00Z\"","first_time":"2026-11-21T02:12:07Z","last_time":"2026-11-21T02:59:00Z"}`
	eachPackage(t, func(t *testing.T, p pack) {
		props := p.conf(t, "default/props.conf")
		for _, sourcetype := range []string{anomalies, runs} {
			require.Equal(t, "json", props[sourcetype]["KV_MODE"])
			require.Equal(t, "false", props[sourcetype]["SHOULD_LINEMERGE"])
			require.NotContains(t, props[sourcetype], "INDEXED_EXTRACTIONS")
			most, err := strconv.Atoi(props[sourcetype]["TRUNCATE"])
			require.NoError(t, err)
			require.Greater(t, most, 400_000)
		}
		require.Equal(t, "CURRENT", props[runs]["DATETIME_CONFIG"])

		at := props[anomalies]
		found := regexp.MustCompile(at["TIME_PREFIX"]).FindStringIndex(event)
		require.NotNil(t, found)
		ahead, err := strconv.Atoi(at["MAX_TIMESTAMP_LOOKAHEAD"])
		require.NoError(t, err)
		layout := strings.NewReplacer("%Y", "2006", "%m", "01", "%d", "02", "%H", "15", "%M", "04", "%S", "05").Replace(at["TIME_FORMAT"])
		got, err := time.Parse(layout, event[found[1]:found[1]+ahead])
		require.NoError(t, err)
		require.Equal(t, "UTC", at["TZ"])
		require.Equal(t, time.Date(2026, 11, 21, 2, 12, 7, 0, time.UTC), got)
	})
}

// TestPackageKeepsProgramsOutOfBundles: patterns are Splunk's, in which ... is anything and * anything but a separator.
func TestPackageKeepsProgramsOutOfBundles(t *testing.T) {
	eachPackage(t, func(t *testing.T, p pack) {
		if p.name == "collector" {
			t.Skip("forwarders send no bundles")
		}
		dist := p.conf(t, "default/distsearch.conf")
		for _, stanza := range []string{"replicationDenylist", "replicationBlacklist"} {
			require.Len(t, dist[stanza], 3, stanza)
			for _, place := range []string{linuxProgram, windowsProgram, arm64Program} {
				require.True(t, denied(dist[stanza], "apps/"+appID+"/"+place), "%s: %s", stanza, place)
				require.True(t, denied(dist[stanza], strings.ReplaceAll("apps/"+appID+"/"+place, "/", `\`)), "%s: %s", stanza, place)
			}
			for _, other := range []string{"apps/" + appID + "/default/props.conf", "apps/" + appID + "/lookups/a.csv", "apps/other/bin/x", "apps/other_" + appID + "/bin/x"} {
				require.False(t, denied(dist[stanza], other), "%s: %s", stanza, other)
			}
		}
	})
}

func denied(patterns map[string]string, name string) bool {
	for _, pattern := range patterns {
		expression := strings.NewReplacer("...", ".*", "*", `[^/\\]*`, ".", `\.`).Replace(pattern)
		if regexp.MustCompile("^" + expression + "$").MatchString(name) {
			return true
		}
	}
	return false
}

func TestPackageMeta(t *testing.T) {
	eachPackage(t, func(t *testing.T, p pack) {
		all := p.conf(t, "metadata/default.meta")[""]
		require.Equal(t, "read : [ * ], write : [ admin, sc_admin ]", all["access"])
		require.Equal(t, "system", all["export"], "events are read the same in every app")
	})
}

func TestPackageNav(t *testing.T) {
	eachPackage(t, func(t *testing.T, p pack) {
		if p.name == "collector" {
			t.Skip("it has no page")
		}
		var nav struct {
			XMLName xml.Name `xml:"nav"`
			Views   []struct {
				Name    string `xml:"name,attr"`
				Default bool   `xml:"default,attr"`
			} `xml:"view"`
			Links []struct {
				To string `xml:"href,attr"`
			} `xml:"a"`
		}
		require.NoError(t, xml.Unmarshal(p.files["default/data/ui/nav/default.xml"], &nav))
		defaults := 0
		for _, v := range nav.Views {
			_, ours := p.files["default/data/ui/views/"+v.Name+".xml"]
			require.True(t, ours || slices.Contains([]string{"search", "reports", "alerts", "dashboards"}, v.Name), "the view %s is neither ours nor Splunk's", v.Name)
			if v.Default {
				defaults++
			}
		}
		require.Equal(t, 1, defaults, "one view is the first to be seen")
		require.Len(t, nav.Links, 1)
		require.Equal(t, "/manager/"+appID+"/data/inputs/ct_anomaly", nav.Links[0].To)
	})
}

package splunkdtest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// script is a modular input that answers --scheme with a text.
func script(answer string) string {
	return "#!/bin/sh\ncat <<'END'\n" + answer + "\nEND\n"
}

func TestInstallRefuses(t *testing.T) {
	scheme := func(arguments string) string {
		return script(`<scheme><title>T</title><use_external_validation>true</use_external_validation><use_single_instance>false</use_single_instance>` +
			`<streaming_mode>xml</streaming_mode><endpoint><args>` + arguments + `</args></endpoint></scheme>`)
	}
	good := `<arg name="act"/><arg name="count"/><arg name="text"/><arg name="loud"/>`
	for _, test := range []struct {
		name   string
		change files
		want   string
	}{
		{"nothing in the folder's app.conf", files{"fake_app/default/app.conf": ""}, "no default/app.conf"},
		{"another id", files{"fake_app/default/app.conf": "[package]\nid = other\n"}, `id is "other"`},
		{"two folders", files{"zoo/x": "1"}, "two folders"},
		{"a name that leads out", files{"fake_app/../../x": "1"}, "does not lie"},
		{"a whole path", files{"/etc/x": "1"}, "does not lie"},
		{"something local", files{"fake_app/local/inputs.conf": "[fake://x]\n"}, "users' own"},
		{"no spec", files{"fake_app/README/inputs.conf.spec": ""}, "spec"},
		{"a spec without the stanza", files{"fake_app/README/inputs.conf.spec": "[fake]\n"}, "0 stanzas"},
		{"a taken scheme", files{"fake_app/README/inputs.conf.spec": "[tcp://<name>]\n"}, "can't be called tcp"},
		{"no executable", files{"fake_app/bin/fake": "", "fake_app/darwin_x86/bin/fake": "x"}, "no executable"},
		{"not executable", files{"fake_app/bin/fake": "", "fake_app/linux_x86_64/bin/README": "x"}, "no executable"},
		{"an argument the spec lacks", files{"fake_app/README/inputs.conf.spec": fakeSpec[:strings.Index(fakeSpec, "loud")]}, "loud is not in README"},
		{"a setting the scheme lacks", files{"fake_app/README/inputs.conf.spec": fakeSpec + "more = <string>\n"}, "has more, which"},
		{"no XML", files{"fake_app/bin/fake": script("usage: fake")}, "text in <>"},
		{"nothing", files{"fake_app/bin/fake": script("")}, "no XML"},
		{"a cut answer", files{"fake_app/bin/fake": script("<scheme><title>T")}, "EOF"},
		{"badly written", files{"fake_app/bin/fake": script("<scheme><title>a & b</title></scheme>")}, "invalid character entity"},
		{"an unknown element", files{"fake_app/bin/fake": scheme(good + `<param name="x"/>`)}, "<param> can't stand in <args>"},
		{"an unknown type", files{"fake_app/bin/fake": scheme(`<arg name="act"><data_type>secret</data_type></arg>`)}, `"secret" is no data type`},
		{"a name of splunkd's", files{"fake_app/bin/fake": scheme(`<arg name="index"/>`)}, `can't be called "index"`},
		{"an odd name", files{"fake_app/bin/fake": scheme(`<arg name="a b"/>`)}, `can't be called "a b"`},
		{"an argument twice", files{"fake_app/bin/fake": scheme(good + `<arg name="act"/>`)}, "two arguments"},
		{"simple streaming", files{"fake_app/bin/fake": strings.Replace(scheme(good), ">xml<", ">simple<", 1)}, "streaming mode"},
		{"a failure", files{"fake_app/bin/fake": "#!/bin/sh\necho oh no >&2\nexit 2\n"}, "oh no"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			all := fakeApp(t, test.change)
			if strings.HasPrefix(test.want, "no executable") {
				delete(all, "fake_app/bin/fake")
			}
			require.ErrorContains(t, Start(t, Options{}).TryInstall(pack(t, all)), test.want)
		})
	}
}

func TestInstallNeedsTheExecutableBit(t *testing.T) {
	all := fakeApp(t, nil)
	s := Start(t, Options{})
	s.Install(pack(t, all))
	require.NoError(t, os.Chmod(filepath.Join(s.Home(), "etc/apps/fake_app/bin/fake"), 0o644))
	require.ErrorContains(t, s.boot(), "can't be executed")
}

func TestThePlatformsFolderComesFirst(t *testing.T) {
	all := fakeApp(t, nil)
	all["fake_app/linux_x86_64/bin/fake"] = all["fake_app/bin/fake"]
	all["fake_app/bin/fake"] = script("not this one")
	s := Start(t, Options{})
	if err := s.TryInstall(pack(t, all)); err != nil {
		require.ErrorContains(t, err, "text in <>", "only where there is such a folder for this machine")
		t.Skip("no platform folder for this machine")
	}
	require.Contains(t, s.installed().kind.executable, "linux_x86_64")
	require.Less(t, s.SchemeTook(), 5*time.Second)
}

func TestAnUpgradeKeepsWhatIsLocal(t *testing.T) {
	s := started(t, Options{})
	require.Equal(t, "1.2.3", s.AppVersion())
	s.Create("one", Params{"act": "good"})
	s.WaitForRuns("one", 1)
	all := fakeApp(t, files{"fake_app/default/app.conf": "[package]\nid = fake_app\n[launcher]\nversion = 1.3.0\n", "fake_app/default/new.conf": "[x]\n"})
	all["fake_app/default/inputs.conf"] = strings.Replace(all["fake_app/default/inputs.conf"], "fake:event", "fake:later", 1)
	s.Install(pack(t, all))
	s.WaitForRuns("one", 2)
	require.Equal(t, "1.3.0", s.AppVersion())
	require.Len(t, s.Events("fake:event"), 1)
	require.Len(t, s.Events("fake:later"), 1)
	s.Install(pack(t, fakeApp(t, nil)))
	require.NoFileExists(t, filepath.Join(s.Home(), "etc/apps/fake_app/default/new.conf"))
}

package splunkdtest

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/stretchr/testify/require"
)

// An app is an installed app, with its one kind of modular input.
type app struct {
	id, version string
	dir         string
	kind        *kind
	props       conf
}

// Install installs a package and restarts, as people are told to after an upload. A package over an installed one is an upgrade.
func (s *Splunkd) Install(spl string) {
	s.t.Helper()
	require.NoError(s.t, s.TryInstall(spl))
}

// TryInstall is Install for packages that may be no good: it says why a package is refused or its kind of input is not registered.
func (s *Splunkd) TryInstall(spl string) error {
	s.admin.Lock()
	defer s.admin.Unlock()
	parcel, err := unpack(spl)
	if err != nil {
		return fmt.Errorf("install %s: %w", filepath.Base(spl), err)
	}
	s.halt()
	dir := filepath.Join(s.home, "etc", "apps", parcel.id)
	if err := clearForUpgrade(dir); err != nil {
		return err
	}
	if err := parcel.write(dir); err != nil {
		return err
	}
	s.change(func() { s.app = &app{id: parcel.id, version: parcel.version, dir: dir} })
	return s.boot()
}

// AppVersion is the installed app's version, as app.conf says it.
func (s *Splunkd) AppVersion() string { return s.installed().version }

// clearForUpgrade removes what an upgrade replaces: all but local/ and metadata/local.meta, which hold what users configured.
func clearForUpgrade(dir string) error {
	for _, pattern := range []string{"*", "metadata/*"} {
		found, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			return err
		}
		for _, path := range found {
			switch filepath.Base(path) {
			case "local", "local.meta", "metadata":
				continue
			}
			if err := os.RemoveAll(path); err != nil {
				return fmt.Errorf("upgrade: %w", err)
			}
		}
	}
	return nil
}

// boot registers the app's kind of input and starts what is enabled. The configuration's lock is held.
func (s *Splunkd) boot() error {
	s.mu.Lock()
	a := s.app
	s.mu.Unlock()
	if a == nil {
		return nil
	}
	props, err := readConf(filepath.Join(a.dir, "default", "props.conf"))
	if err != nil {
		return err
	}
	local, err := readConf(filepath.Join(a.dir, "local", "props.conf"))
	if err != nil {
		return err
	}
	for name, set := range local {
		props[name] = over(props[name], set)
	}
	k, err := s.introspect(a)
	if err != nil {
		return fmt.Errorf("the app's modular input is not registered: %w", err)
	}
	s.change(func() { s.app = &app{id: a.id, version: a.version, dir: a.dir, kind: k, props: props} })
	return s.startAll()
}

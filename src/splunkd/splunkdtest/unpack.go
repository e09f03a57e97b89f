package splunkdtest

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
)

// A parcel is a package whose content is in order.
type parcel struct {
	id, version string
	files       []parcelFile
}

type parcelFile struct {
	name string // below the app's folder, with slashes
	mode os.FileMode
	body []byte
}

// packageID is what an app may be called: letters, digits, dots and underscores (app.conf.spec, [package] id).
var packageID = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9._]*$`)

// unpack reads a .spl, which is a gzipped tar archive with the app's folder in it, and refuses what Splunk's installer would: more
// than one folder at the top, names that lead elsewhere, an app without app.conf or with an id that is not its folder's name.
func unpack(spl string) (*parcel, error) {
	f, err := os.Open(spl)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	plain, err := gzip.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("no gzipped archive: %w", err)
	}
	p := &parcel{}
	archive := tar.NewReader(plain)
	for {
		h, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read the archive: %w", err)
		}
		if err := p.add(h, archive); err != nil {
			return nil, err
		}
	}
	return p, p.check()
}

func (p *parcel) add(h *tar.Header, body io.Reader) error {
	name := path.Clean(h.Name)
	if path.IsAbs(h.Name) || !filepath.IsLocal(name) || strings.HasPrefix(h.Name, "./") {
		return fmt.Errorf("the name %q does not lie in the app's folder", h.Name)
	}
	top, rest, _ := strings.Cut(name, "/")
	if p.id == "" {
		p.id = top
	}
	if top != p.id {
		return fmt.Errorf("two folders at the top: %s and %s", p.id, top)
	}
	switch h.Typeflag {
	case tar.TypeDir:
		return nil
	case tar.TypeReg:
	default:
		return fmt.Errorf("%s is neither a file nor a folder", name)
	}
	if strings.HasPrefix(rest, "local/") || rest == "metadata/local.meta" {
		return fmt.Errorf("%s: what is local is the users' own", name)
	}
	content, err := io.ReadAll(body)
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	p.files = append(p.files, parcelFile{rest, h.FileInfo().Mode().Perm(), content})
	return nil
}

func (p *parcel) check() error {
	if !packageID.MatchString(p.id) {
		return fmt.Errorf("%q can't be an app's id", p.id)
	}
	for _, f := range p.files {
		if f.name != "default/app.conf" {
			continue
		}
		c, err := parseConf(bytes.NewReader(f.body))
		if err != nil {
			return fmt.Errorf("default/app.conf: %w", err)
		}
		if id := c["package"]["id"]; id != p.id {
			return fmt.Errorf("default/app.conf: [package] id is %q, the folder is %s", id, p.id)
		}
		p.version = c["launcher"]["version"]
		return nil
	}
	return errors.New("there is no default/app.conf")
}

// write unpacks the files. No process is begun meanwhile: it would hold a program open that is still being written, and while anybody
// does, the system starts that program for nobody ("text file busy").
func (p *parcel) write(dir string) error {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	for _, f := range p.files {
		path := filepath.Join(dir, filepath.FromSlash(f.name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fmt.Errorf("install: %w", err)
		}
		if err := os.WriteFile(path, f.body, f.mode); err != nil {
			return fmt.Errorf("install: %w", err)
		}
	}
	return nil
}

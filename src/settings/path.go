package settings

import (
	"fmt"
	"path/filepath"
)

// everywhere finds fault with a path among the items that does not mean the same in every folder.
func (v value) everywhere(items []string) error {
	for _, item := range items {
		if v.isPath(item) {
			if err := everywhere(item); err != nil {
				return err
			}
		}
	}
	return nil
}

// isPath knows nothing of config, which is read before the other settings.
func (v value) isPath(item string) bool {
	switch v.kind {
	case file:
		return true
	case place:
		at, err := parsePlace(item)
		return err == nil && at.Kind == Folder
	}
	return false
}

func everywhere(path string) error {
	switch {
	case filepath.IsAbs(path):
		return nil
	case path[0] == '~' || path[0] == '$' || path[0] == '%':
		return fmt.Errorf("%s begins with %c, and nothing is put in its place; give the whole path", quoted(path), path[0])
	}
	return fmt.Errorf("%s is a relative path; give the whole path, as the input is started in no particular folder", quoted(path))
}

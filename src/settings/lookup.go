package settings

import (
	"slices"
	"strings"
)

// seedThreshold is the one key of config.yml that is no setting: the days after which the tool this file was first written for
// told and forgot. It stands for the settings below unless the file names them too.
const seedThreshold = "roleAction.dayThreshold"

// thresholdNames begin with the one that allows least.
var thresholdNames = []string{"forget_after_days", "learning_days", "principal_learning_days"}

// seedIAMRole is the iam_role_name of a config.yml with a seedThreshold that has no key of its own for it.
const seedIAMRole = "CT_IamReadOnly"

// named is the place of a setting in the table, or -1.
func named(name string) int {
	return slices.IndexFunc(table, func(r row) bool { return r.name == name })
}

// at is the place in the table of the setting with this path in config.yml, or -1.
func at(path string) int {
	return slices.IndexFunc(table, func(r row) bool { return r.path != "" && r.path == path })
}

// isSection tells whether a path of config.yml holds keys.
func isSection(path string) bool {
	return slices.ContainsFunc(table, func(r row) bool { return strings.HasPrefix(r.path, path+".") })
}

// order is the place in the table of what a path of config.yml is about: a setting, the first of a section, or for the file the
// setting that names it.
func order(path string) int {
	switch {
	case path == "":
		return named("config")
	case path == seedThreshold:
		return named(thresholdNames[0])
	}
	i := slices.IndexFunc(table, func(r row) bool { return r.path == path || strings.HasPrefix(r.path, path+".") })
	if i < 0 {
		return len(table)
	}
	return i
}

// nearestName is the setting somebody meant, or empty.
func nearestName(name string) string {
	var n nearness
	for _, r := range table {
		n.offer(r.name, distance(plain(name), plain(r.name)), len(plain(name)))
	}
	return n.best
}

// nearestPath is the key of config.yml somebody meant: one spelt like it, one of that name in another section, or one that a
// stanza calls so. Empty if there is none.
func nearestPath(path string) string {
	var n nearness
	last := path[strings.LastIndexByte(path, '.')+1:]
	offer := func(known, alias string) {
		end := known[strings.LastIndexByte(known, '.')+1:]
		n.offer(known, distance(plain(path), plain(known)), len(plain(last)))
		n.offer(known, 1+distance(plain(last), plain(end)), len(plain(last)))
		n.offer(known, 1+distance(plain(last), plain(alias)), len(plain(last)))
	}
	for _, r := range table {
		if r.path == "" {
			continue
		}
		for i, c := range r.path {
			if c == '.' {
				offer(r.path[:i], r.path[:i])
			}
		}
		offer(r.path, r.name)
	}
	offer(seedThreshold, seedThreshold)
	return n.best
}

// nearness keeps the best of what is near enough: a third of its letters may be wrong.
type nearness struct {
	best string
	far  int
}

func (n *nearness) offer(known string, far, letters int) {
	if far <= max(1, letters/3) && (n.best == "" || far < n.far) {
		n.best, n.far = known, far
	}
}

// plain drops what people vary when they write a key.
func plain(key string) string {
	return strings.NewReplacer("_", "", "-", "").Replace(strings.ToLower(key))
}

// distance counts the letters to put in, take out or change (Levenshtein). No key is as long as the texts it gives up on.
func distance(a, b string) int {
	const longest = 64
	if len(a) > longest || len(b) > longest {
		return len(a) + len(b)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

package settings

import "fmt"

// PrincipalGlobs and ActionGlobs read patterns that a command was given, as ignored_principals and ignored_actions are read.
func PrincipalGlobs(patterns ...string) (Globs, error) { return patternsOf(parseGlob, patterns) }

// ActionGlobs reads patterns of actions: iam:Get* or iam.amazonaws.com:Get*.
func ActionGlobs(patterns ...string) (Globs, error) { return patternsOf(parseActionGlob, patterns) }

func patternsOf(parse func(string) (Glob, error), patterns []string) (Globs, error) {
	var all Globs
	for _, p := range patterns {
		g, err := parse(p)
		if err != nil {
			return nil, fmt.Errorf("pattern: %w", err)
		}
		all = append(all, g)
	}
	return all, nil
}

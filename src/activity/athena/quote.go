package athena

import "strings"

// literal writes a string as Athena's queries (Trino SQL) have it: in single quotes, which are doubled inside. Nothing else is special there.
func literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// identifier writes a name as queries have it: in double quotes, which are doubled inside.
func identifier(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// ddlLiteral writes a string as Athena's DDL (Hive) has it: in single quotes, where a backslash escapes.
func ddlLiteral(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}

// ddlIdentifier writes a name as DDL has it: in backticks, which are doubled inside.
func ddlIdentifier(s string) string { return "`" + strings.ReplaceAll(s, "`", "``") + "`" }

// literals writes a list of strings.
func literals(all []string) string {
	quoted := make([]string, len(all))
	for i, s := range all {
		quoted[i] = literal(s)
	}
	return strings.Join(quoted, ", ")
}

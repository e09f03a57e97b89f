package settings

import (
	"fmt"
	"io"
	"strings"
)

// Markdown writes a table of all settings for the documents, those first that the page of an input shows.
func Markdown(w io.Writer) error {
	var b strings.Builder
	b.WriteString("| setting | on the page | what it is | default | key of config.yml |\n|---|---|---|---|---|\n")
	for _, onPage := range []bool{true, false} {
		for _, r := range table {
			if (r.title != "") == onPage {
				b.WriteString(r.markdown())
			}
		}
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write the table of settings: %w", err)
	}
	return nil
}

func (r row) markdown() string {
	cells := []string{code(r.name), plainCell(r.title), plainCell(r.help), plainCell(r.instead), code(r.path)}
	if r.fallback != "" {
		cells[3] = code(r.fallback)
	}
	return "| " + strings.Join(cells, " | ") + " |\n"
}

func code(text string) string {
	if text == "" {
		return ""
	}
	return "`" + text + "`"
}

// plainCell keeps a text from meaning anything in Markdown.
func plainCell(text string) string {
	return strings.NewReplacer("|", `\|`, "*", `\*`, "<", `\<`).Replace(text)
}

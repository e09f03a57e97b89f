package athenatest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// A signature is a type as Trino's client protocol has it.
type signature struct {
	RawType   string
	Arguments []struct {
		Kind  string // TYPE, NAMED_TYPE, LONG
		Value json.RawMessage
	}
}

// athena is the type's name in Athena's ResultSetMetadata, which has no parameters.
func (s signature) athena() string {
	switch s.RawType {
	case "real":
		return "float"
	case "timestamp with time zone", "time with time zone":
		return s.RawType
	}
	name, _, _ := strings.Cut(s.RawType, "(")
	return name
}

// inner are the types that a type is made of, and their names in a row.
func (s signature) inner() (types []signature, names []string) {
	for _, a := range s.Arguments {
		var t signature
		var named struct {
			FieldName     struct{ Name string }
			TypeSignature signature
		}
		switch a.Kind {
		case "TYPE":
			if json.Unmarshal(a.Value, &t) == nil {
				types, names = append(types, t), append(names, "")
			}
		case "NAMED_TYPE":
			if json.Unmarshal(a.Value, &named) == nil {
				types, names = append(types, named.TypeSignature), append(names, named.FieldName.Name)
			}
		}
	}
	return types, names
}

// cell is a value as Athena's results have it, as text; nil is NULL.
func (s signature) cell(value any) *string {
	if value == nil {
		return nil
	}
	text := s.text(value)
	return &text
}

// text writes arrays, rows and maps as Athena does: [a, b], {name=value}, {key=value}, without quotes and so without a way back.
func (s signature) text(value any) string {
	types, names := s.inner()
	switch v := value.(type) {
	case nil:
		return "null"
	case bool:
		return fmt.Sprint(v)
	case json.Number:
		return v.String()
	case []any:
		parts := make([]string, len(v))
		for i, element := range v {
			if s.RawType == "row" && i < len(types) {
				parts[i] = fieldName(names[i], i) + "=" + types[i].text(element)
			} else if len(types) > 0 {
				parts[i] = types[0].text(element)
			}
		}
		if s.RawType == "row" {
			return "{" + strings.Join(parts, ", ") + "}"
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case map[string]any:
		parts := make([]string, 0, len(v))
		for key, element := range v {
			if len(types) == 2 {
				parts = append(parts, key+"="+types[1].text(element))
			}
		}
		slices.Sort(parts)
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return fmt.Sprint(value)
}

func fieldName(name string, i int) string {
	if name == "" {
		return fmt.Sprintf("field%d", i)
	}
	return name
}

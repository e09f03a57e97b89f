package cloudtrail

// Text is the scalar at a path of object keys: a string unescaped, a number or boolean as written; "" when absent, null, an object
// or a list. Keys are compared exactly and the last of a doubled key counts.
func (r *Record) Text(path ...string) string { return scalar(r.Value(path...)) }

// Value is the raw JSON value at a path of object keys, nil when absent. It is borrowed, as Raw is.
func (r *Record) Value(path ...string) []byte {
	at := value(r.Raw)
	for _, key := range path {
		at = at.member(key)
	}
	return at
}

// member is the member of an object that has this very name, nil where there is none.
func (v value) member(name string) value {
	if !v.opens('{') {
		return nil
	}
	var found value
	for key, part := range v.parts() {
		if string(key) == name {
			found = part
		}
	}
	return found
}

// scalar reads a raw value as text.
func scalar(raw []byte) string {
	if len(raw) == 0 {
		return ""
	}
	switch raw[0] {
	case '"':
		return string(unquote(nil, raw[1:len(raw)-1]))
	case '{', '[', 'n':
		return ""
	default:
		return string(raw)
	}
}

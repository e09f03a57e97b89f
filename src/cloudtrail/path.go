package cloudtrail

// Text is the scalar at a path of object keys, as Value.Text gives it; "" when absent. Keys are compared exactly and the last of a
// doubled key counts.
func (r *Record) Text(path ...string) string { return r.Value(path...).Text() }

// Value is the value at a path of object keys, nil when absent. It is borrowed, as Raw is.
func (r *Record) Value(path ...string) Value {
	at := Value(r.Raw)
	for _, key := range path {
		at = at.member(key)
	}
	return at
}

// member is the member of an object that has this very name, nil where there is none. Of a doubled name the last counts.
func (v Value) member(name string) Value {
	if !v.Opens('{') {
		return nil
	}
	var found Value
	for key, part := range v.Parts() {
		if string(key) == name {
			found = part
		}
	}
	return found
}

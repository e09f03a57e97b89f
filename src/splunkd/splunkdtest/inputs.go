package splunkdtest

import (
	"maps"
	"net/http"
	"slices"
)

// The endpoints data/inputs/SCHEME, which Splunk Web's page of a modular input calls (REST API reference, "Inputs endpoints").

func (s *Splunkd) kindOf(r *http.Request) (*kind, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.app == nil || s.app.kind == nil || s.app.kind.name != r.PathValue("scheme") {
		return nil, refusal{404, "Not Found"}
	}
	return s.app.kind, nil
}

func (s *Splunkd) find(r *http.Request) (*input, error) {
	if _, err := s.kindOf(r); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if in := s.inputs[r.PathValue("name")]; in != nil {
		return in, nil
	}
	return nil, missing(r.PathValue("name"))
}

func (s *Splunkd) listInputs(r *http.Request) (int, []entry, error) {
	if _, err := s.kindOf(r); err != nil {
		return 0, nil, err
	}
	s.mu.Lock()
	all := maps.Clone(s.inputs)
	s.mu.Unlock()
	entries := []entry{}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		e, err := s.inputEntry(all[name])
		if err != nil {
			return 0, nil, err
		}
		entries = append(entries, e...)
	}
	return 200, entries, nil
}

func (s *Splunkd) inputEntry(in *input) ([]entry, error) {
	set, err := s.settings(in)
	if err != nil {
		return nil, err
	}
	content := map[string]any{}
	for k, v := range set {
		content[k] = v
	}
	content["disabled"] = isOn(set["disabled"])
	return []entry{s.entry(access{in.app, "nobody"}, "data/inputs/"+s.installed().kind.name, in.name, content)}, nil
}

func (s *Splunkd) showInput(r *http.Request) (int, []entry, error) {
	in, err := s.find(r)
	if err != nil {
		return 0, nil, err
	}
	entries, err := s.inputEntry(in)
	return 200, entries, err
}

func (s *Splunkd) createInput(r *http.Request) (int, []entry, error) {
	s.admin.Lock()
	defer s.admin.Unlock()
	k, err := s.kindOf(r)
	if err != nil {
		return 0, nil, err
	}
	in := &input{name: r.PostForm.Get("name"), app: namespace(r).App}
	if err := checkName(in.name); err != nil {
		return 0, nil, err
	}
	s.mu.Lock()
	_, exists := s.inputs[in.name]
	s.mu.Unlock()
	if exists {
		return 0, nil, refusal{409, "An object with name=" + in.name + " already exists"}
	}
	own, err := k.posted(r.PostForm, true)
	if err != nil {
		return 0, nil, err
	}
	if err := s.settle(in, own); err != nil {
		return 0, nil, err
	}
	s.change(func() { s.inputs[in.name] = in })
	if err := s.start(in, false); err != nil {
		return 0, nil, err
	}
	entries, err := s.inputEntry(in)
	return 201, entries, err
}

// settle validates what an input would be with these settings of its own, and saves them.
func (s *Splunkd) settle(in *input, own stanza) error {
	before, err := s.settings(in)
	if err != nil {
		return err
	}
	if err := s.validate(in, over(before, own)); err != nil {
		return err
	}
	return s.save(in, own)
}

// editInput changes the settings that are given and starts the input anew.
func (s *Splunkd) editInput(r *http.Request) (int, []entry, error) {
	s.admin.Lock()
	defer s.admin.Unlock()
	in, err := s.find(r)
	if err != nil {
		return 0, nil, err
	}
	k, err := s.kindOf(r)
	if err != nil {
		return 0, nil, err
	}
	changes, err := k.posted(r.PostForm, false)
	if err != nil {
		return 0, nil, err
	}
	own, err := s.own(in)
	if err != nil {
		return 0, nil, err
	}
	if err := s.settle(in, over(own, changes)); err != nil {
		return 0, nil, err
	}
	s.end(in)
	if err := s.start(in, false); err != nil {
		return 0, nil, err
	}
	entries, err := s.inputEntry(in)
	return 200, entries, err
}

func (s *Splunkd) removeInput(r *http.Request) (int, []entry, error) {
	s.admin.Lock()
	defer s.admin.Unlock()
	in, err := s.find(r)
	if err != nil {
		return 0, nil, err
	}
	s.end(in)
	if err := s.save(in, nil); err != nil {
		return 0, nil, err
	}
	s.change(func() { delete(s.inputs, in.name) })
	return 200, []entry{}, nil
}

// switchInput disables or enables an input.
func (s *Splunkd) switchInput(r *http.Request) (int, []entry, error) {
	s.admin.Lock()
	defer s.admin.Unlock()
	in, err := s.find(r)
	if err != nil {
		return 0, nil, err
	}
	disabled, known := map[string]string{"disable": "1", "enable": "0"}[r.PathValue("verb")]
	if !known {
		return 0, nil, refusal{404, "Not Found"}
	}
	own, err := s.own(in)
	if err != nil {
		return 0, nil, err
	}
	own["disabled"] = disabled
	if err := s.save(in, own); err != nil {
		return 0, nil, err
	}
	s.end(in)
	if err := s.start(in, true); err != nil {
		return 0, nil, err
	}
	entries, err := s.inputEntry(in)
	return 200, entries, err
}

package hectest

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
)

const (
	collector  = "/services/collector"
	eventPath  = collector + "/event"
	ackPath    = collector + "/ack"
	healthPath = collector + "/health"
)

// usualMost is Splunk's max_content_length (limits.conf, [http_input]).
const usualMost = 838_860_800

// channels are GUIDs.
var channels = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	if path == collector {
		path = eventPath
	}
	asked := Request{Path: path, Channel: r.Header.Get("X-Splunk-Request-Channel"), Gzip: r.Header.Get("Content-Encoding") == "gzip"}
	f := s.fault(path)
	body, odd := s.body(r)
	asked.Bytes = len(body)
	var a reply
	switch {
	case f != nil && !f.Well && !f.Vanish:
		a = f.reply()
		if f.Takes {
			s.answer(path, r, body, &asked, nil)
		}
	case odd != nil:
		a = *odd
	default:
		a = s.answer(path, r, body, &asked, f)
	}
	if f != nil {
		s.wait(r, f.Slow)
	}
	asked.Status = a.status
	if f != nil && f.Lost {
		asked.Status = 0
	}
	s.mu.Lock()
	s.requests = append(s.requests, asked)
	s.mu.Unlock()
	s.write(w, a, f)
}

func (f *Fault) reply() reply {
	a := coded(f.Code)
	if f.Status != 0 {
		a = page(f.Status)
	}
	a.number = f.Number
	return a
}

// body reads a request's, decompressed.
func (s *Server) body(r *http.Request) ([]byte, *reply) {
	most := s.Most
	if most == 0 {
		most = usualMost
	}
	var from io.Reader = r.Body
	switch r.Header.Get("Content-Encoding") {
	case "", "identity":
	case "gzip":
		z, err := gzip.NewReader(r.Body)
		if err != nil {
			a := wrong(6, 0)
			return nil, &a
		}
		from = z
	default:
		a := page(http.StatusUnsupportedMediaType)
		return nil, &a
	}
	body, err := io.ReadAll(io.LimitReader(from, int64(most)+1))
	if err != nil {
		a := wrong(6, 0)
		return nil, &a
	}
	if len(body) > most {
		a := page(http.StatusRequestEntityTooLarge)
		return body, &a
	}
	return body, nil
}

// answer is what is due.
func (s *Server) answer(path string, r *http.Request, body []byte, asked *Request, f *Fault) reply {
	switch path {
	case healthPath:
		if s.Health == 0 {
			return coded(17)
		}
		return coded(s.Health)
	case eventPath, ackPath:
		if r.Method != http.MethodPost {
			return page(http.StatusMethodNotAllowed)
		}
	default:
		return page(http.StatusNotFound)
	}
	if code := s.enter(r); code != success {
		return coded(code)
	}
	if path == ackPath {
		return s.acknowledge(asked.Channel, body)
	}
	return s.take(body, asked, f)
}

// enter checks the token and the channel.
func (s *Server) enter(r *http.Request) int {
	kind, token, two := strings.Cut(r.Header.Get("Authorization"), " ")
	channel := r.Header.Get("X-Splunk-Request-Channel")
	switch {
	case r.URL.Query().Has("token"):
		return 16
	case kind == "":
		return 2
	case kind != "Splunk" || !two || token == "":
		return 3
	case token != s.Token:
		return 4
	case s.Disabled:
		return 1
	case s.Acks && channel == "":
		return 10
	case channel != "" && !channels.MatchString(channel):
		return 11
	default:
		return success
	}
}

// write gives an answer, as far as the fault lets it come.
func (s *Server) write(w http.ResponseWriter, a reply, f *Fault) {
	if f != nil && f.Lost {
		panic(http.ErrAbortHandler)
	}
	text := a.text()
	if a.code == none && a.acks == nil {
		w.Header().Set("Content-Type", "text/html; charset=UTF-8")
	} else {
		w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	}
	if f != nil {
		if f.RetryAfter != "" {
			w.Header().Set("Retry-After", f.RetryAfter)
		}
		if f.Location != "" {
			w.Header().Set("Location", f.Location)
		}
		if f.Echo {
			text = bytes.Replace(text, []byte(`"text":"`), []byte(`"text":"`+s.Token+" "), 1)
			text = bytes.Replace(text, []byte("<p>"), []byte("<p>"+s.Token+" "), 1)
		}
	}
	w.Header().Set("Content-Length", fmt.Sprint(len(text)))
	w.WriteHeader(a.status)
	if f != nil && f.Cut {
		_, _ = w.Write(text[:len(text)/2])
		panic(http.ErrAbortHandler)
	}
	_, _ = w.Write(text)
}

func (a *reply) text() []byte {
	if a.acks != nil {
		text, _ := json.Marshal(map[string]any{"acks": a.acks}) // of plain maps
		return text
	}
	if a.code == none {
		return fmt.Appendf(nil, "<!doctype html><html><head><title>%d</title></head><body><h1>%s</h1><p>The request was not served.</p></body></html>",
			a.status, http.StatusText(a.status))
	}
	text, _ := json.Marshal(struct {
		Text   string `json:"text"`
		Code   int    `json:"code"`
		Number *int   `json:"invalid-event-number,omitempty"`
		Ack    *int64 `json:"ackId,omitempty"`
	}{words[a.code].text, a.code, a.number, a.ack})
	return text
}

package splunkdtest

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"os"
	"strings"
	"time"
)

// How long a script may validate (inferred; DESIGN promises 15 s with live checks).
const validationTime = 30 * time.Second

var errorElements = map[string][]string{"": {"error"}, "error": {"message"}}

// validate asks the script whether an input's settings are good: exit 0 is yes; otherwise its <error><message> is what the user is
// told (help.splunk.com, "Set up external validation"; splunk-sdk-python script.py). Its standard input stays open.
func (s *Splunkd) validate(in *input, set stanza) error {
	k := s.installed().kind
	if !k.scheme.ExternalValidation {
		return nil
	}
	text, err := s.validationDocument(in, set)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), validationTime)
	defer cancel()
	c := s.command(ctx, k.executable, "--validate-arguments")
	var out, complaint bytes.Buffer
	c.Stdout, c.Stderr = &out, &complaint
	stdin, feed, err := os.Pipe()
	if err != nil {
		return err
	}
	defer feed.Close()
	c.Stdin = stdin
	go feed.Write(text)
	err = c.Run()
	stdin.Close()
	s.noteAll(in.name, &complaint)
	if ctx.Err() != nil {
		s.fault(fmt.Sprintf("%s: --validate-arguments gave no answer in %v", in.name, validationTime))
		return refusal{400, "the script did not answer"}
	}
	told := strings.TrimSpace(out.String())
	if err == nil {
		if told != "" {
			s.fault(fmt.Sprintf("%s: --validate-arguments accepts and prints %q", in.name, told))
		}
		return nil
	}
	var x struct {
		Message string `xml:"message"`
	}
	if err := wellFormed(out.Bytes(), errorElements); err != nil {
		s.fault(fmt.Sprintf("%s: --validate-arguments printed what is no <error>: %v", in.name, err))
		return refusal{400, "the script failed"}
	}
	if err := xml.Unmarshal(out.Bytes(), &x); err != nil || strings.TrimSpace(x.Message) == "" {
		s.fault(fmt.Sprintf("%s: --validate-arguments refuses without a message", in.name))
		return refusal{400, "the script failed"}
	}
	return refusal{400, x.Message}
}

package awscall

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"

	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// A shortSecret is one that is not looked for in errors: it might be any word there. AWS makes none so short, and people only external ids.
const shortSecret = 6

// mostError is how much of an answer that is an error is read.
const mostError = 1 << 20

// hush takes out of an answer that is an error what the call held of secrets, before anything is made of it. AWS's SignatureDoesNotMatch quotes the
// headers that were signed, a session token among them, and a proxy may quote whatever it was sent.
func (w watch) hush(request, response any) {
	in, isRequest := request.(*smithyhttp.Request)
	out, isResponse := response.(*smithyhttp.Response)
	if !isRequest || !isResponse || out == nil || out.Body == nil || out.StatusCode < http.StatusMultipleChoices {
		return
	}
	text, err := io.ReadAll(io.LimitReader(out.Body, mostError))
	rest := io.Reader(out.Body)
	if err != nil {
		rest = &broken{err}
	}
	quiet := text
	for _, secret := range w.secretsOf(in) {
		quiet = bytes.ReplaceAll(quiet, []byte(secret), []byte(hidden))
	}
	if !bytes.Equal(quiet, text) {
		out.ContentLength = -1
		for _, sum := range []string{"Content-Length", "X-Amz-Crc32"} { // which were right before
			out.Header.Del(sum)
		}
	}
	out.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(quiet), rest), out.Body}
}

// broken is the rest of an answer that broke off.
type broken struct{ err error }

func (b *broken) Read([]byte) (int, error) { return 0, b.err }

// secretsOf are those that a call was sent with or that this caller has, in each spelling that an answer may have them in.
func (w watch) secretsOf(in *smithyhttp.Request) []string {
	o := w.caller.options
	var all []string
	for _, secret := range []string{
		in.Header.Get("Authorization"), in.Header.Get("X-Amz-Security-Token"), string(o.ExternalID), string(o.Keys.SecretAccessKey), string(o.Keys.SessionToken),
	} {
		if len(secret) < shortSecret {
			continue
		}
		all = append(all, secret, url.QueryEscape(secret), url.PathEscape(secret), strings.ReplaceAll(secret, "/", `\/`))
	}
	return all
}

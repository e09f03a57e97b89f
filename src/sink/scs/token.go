package scs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/splunk/splunk-cloud-sdk-go/idp"
)

// A retriever gives the SDK its token. The SDK's own asks without end, past proxy and certificates of this host.
type retriever struct {
	ctx  context.Context
	sink *Sink
}

// renewBefore is how long, in seconds, before its end a token is asked for anew.
const renewBefore = 120

// GetTokenContext implements idp.TokenRetriever.
func (r retriever) GetTokenContext() (*idp.Context, error) {
	s := r.sink
	if s.Token != "" {
		return &idp.Context{AccessToken: s.Token, StartTime: s.Now().Unix(), ExpiresIn: 24 * 60 * 60}, nil
	}
	if s.token.AccessToken == "" || s.Now().Unix() >= s.token.StartTime+int64(s.token.ExpiresIn)-renewBefore {
		if err := s.renew(r.ctx); err != nil {
			return nil, err
		}
	}
	token := s.token
	return &token, nil
}

// errToken is within every error of asking for a token.
var errToken = errors.New("no access token was given")

// renew asks for a token (RFC 6749, section 4.4).
func (s *Sink) renew(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	form := url.Values{"grant_type": {"client_credentials"}, "scope": {""}}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(s.AuthAddress, "/")+"/token", strings.NewReader(form.Encode()))
	if err != nil {
		return fmt.Errorf("%w: %w", errToken, err)
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.SetBasicAuth(s.ClientID, s.ClientSecret)
	began := s.Now().Unix()
	response, err := s.Client.Do(request)
	if err != nil {
		return fmt.Errorf("%w: %w", errToken, err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%w: %s answers with status %d: see client_id and client_secret of scs_credential", errToken, s.AuthAddress, response.StatusCode)
	}
	var token idp.Context
	if err := json.NewDecoder(io.LimitReader(response.Body, 1<<20)).Decode(&token); err != nil || token.AccessToken == "" {
		return fmt.Errorf("%w: the answer of %s holds none", errToken, s.AuthAddress)
	}
	token.StartTime = began
	s.token = token
	return nil
}

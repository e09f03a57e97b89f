package awscall

import (
	"errors"
	"net/http"
	"regexp"
	"strings"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// RefusedIn reads a text in which a service tells of a refusal without an error of its own, such as the reason of a failed Athena query. It
// is nil for any other text. Role is who the service acted for; its partition is that of ARNs made up from names.
func RefusedIn(role, text string) *Refused {
	r := &Refused{Role: role, Resource: "*", Reason: reasonIn(text), Err: errors.New(text)}
	if r.read(text); r.Action != "" {
		return r
	}
	if m := pathIn.FindStringSubmatch(text); m != nil {
		partition := "aws"
		if parts := strings.SplitN(role, ":", 3); len(parts) == 3 {
			partition = parts[1]
		}
		r.Action, r.Resource = "s3:GetObject", "arn:"+partition+":s3:::"+m[2]
		if strings.Contains(strings.ToLower(m[1]), "writ") {
			r.Action = "s3:PutObject"
		}
		return r
	}
	return nil
}

var (
	// AWS's sentence: User: ARN is not authorized to perform: ACTION on resource: ARN because REASON. Services leave out parts of it.
	actionIn  = regexp.MustCompile(`not authorized to perform:? "?([a-z0-9-]+:[A-Za-z]+)`)
	targetIn  = regexp.MustCompile(`on (?:the )?resource:? "?(arn:[^\s"]+)`)
	userIn    = regexp.MustCompile(`User: (arn:\S+) is not authorized`)
	reasonMay = regexp.MustCompile(`(?:because|with) ((?:no|an explicit) [^.()"]*polic[^.()"]*)`)
	// The key's actions also come without the sentence, from services that call KMS for the caller.
	keyIn  = regexp.MustCompile(`\b(kms:[A-Z][A-Za-z]+)\b`)
	keyARN = regexp.MustCompile(`\barn:[a-z-]+:kms:[a-z0-9-]+:\d+:key/[A-Za-z0-9-]+`)
	lakeIn = regexp.MustCompile(`(?i)insufficient lake formation permission`)
	// Athena's: Permission denied on S3 path: s3://bucket/key; Access denied when writing output to url: s3://bucket/key
	pathIn = regexp.MustCompile(`(?i)((?:permission|access) denied (?:on|when)[a-z0-9 ]*):? s3://([^\s"]+)`)
)

// read takes from AWS's own text what it names better than the call does: a call to S3 may be refused for a key, one to Athena for a table.
func (r *Refused) read(text string) {
	if lakeIn.MatchString(text) {
		r.Action, r.Resource = lakeFormation, "*"
		return
	}
	if m := actionIn.FindStringSubmatch(text); m != nil {
		named := m[1] != r.Action
		r.Action = m[1]
		if m := targetIn.FindStringSubmatch(text); m != nil {
			r.Resource = m[1]
		} else if named && strings.HasPrefix(r.Action, "kms:") {
			r.Resource = "*"
		}
		return
	}
	if m := keyIn.FindStringSubmatch(text); m != nil {
		r.Action, r.Resource = m[1], "*"
		if key := keyARN.FindString(text); key != "" {
			r.Resource = key
		}
	}
}

func reasonIn(text string) string {
	if m := reasonMay.FindStringSubmatch(text); m != nil {
		return strings.TrimSpace(m[1])
	}
	return ""
}

// refusal tells an error by which AWS says that the caller is known but may not, and its text.
func refusal(err error) (message string, ok bool) {
	var api smithy.APIError
	if errors.As(err, &api) {
		message = api.ErrorMessage()
	}
	switch code := codeOf(err); {
	case strings.Contains(code, "AccessDenied"), refusals[code]:
		return message, true
	case strings.Contains(message, "is not authorized to perform"), lakeIn.MatchString(message):
		return message, true // Athena's InvalidRequestException
	default:
		var status *smithyhttp.ResponseError
		return message, code == "" && errors.As(err, &status) && status.HTTPStatusCode() == http.StatusForbidden
	}
}

// codeOf is the code of AWS's answer. It is empty where the answer has none, or none that the SDK could read: to a HEAD of S3, or from a
// proxy or a stand-in that answers in another protocol.
func codeOf(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) && !noCode[api.ErrorCode()] {
		return api.ErrorCode()
	}
	var status *smithyhttp.ResponseError
	if errors.As(err, &status) && status.Response != nil && status.Response.Response != nil {
		if code, _, _ := strings.Cut(status.Response.Header.Get("X-Amzn-Errortype"), ":"); !noCode[code] {
			return code
		}
	}
	return ""
}

// noCode is what the SDK, or a stand-in, puts in the place of a code.
var noCode = map[string]bool{"": true, "403": true, "Forbidden": true, "UnknownError": true}

// refusals are the codes for a refusal that don't have AccessDenied in them.
var refusals = map[string]bool{
	"UnauthorizedOperation": true, "Client.UnauthorizedOperation": true, "AuthorizationError": true, "AuthorizationErrorException": true,
	"NotAuthorized": true,
}

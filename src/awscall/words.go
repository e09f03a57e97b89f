package awscall

import "regexp"

// layer is what the SDK puts before the error of an operation, of whichever kind: operation error S3: ListObjectsV2, …
var layer = regexp.MustCompile(`operation error [A-Za-z0-9][A-Za-z0-9 ]*: [A-Za-z0-9]+, `)

// Words is a text without the SDK's layers: who made the call has said what it was for, and a refusal names the permission.
func Words(text string) string { return layer.ReplaceAllString(text, "") }

// Plain is an error that says what err says, without the SDK's layers. It wraps it.
func Plain(err error) error {
	if err == nil {
		return nil
	}
	said := err.Error()
	if words := Words(said); words != said {
		return &failed{words, err}
	}
	return err
}

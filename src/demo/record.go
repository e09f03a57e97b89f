package demo

import (
	"math/rand/v2"
	"strings"
	"time"
)

// A writer makes records of calls, in CloudTrail's own order of keys.
type writer struct {
	ids identities
	r   *rand.Rand // of the day, for all that means nothing
}

// record appends the record of a call.
func (w *writer) record(b []byte, c *call) []byte {
	source, name, _ := strings.Cut(c.action, ":")
	host := source + ".amazonaws.com"
	shape, version, event := shapes[c.action], versionOf(source), eventType(c)
	address, agent := c.session.address, c.session.agent
	if c.via != "" {
		address, agent = c.via, c.via
	}
	b = append(b, '{')
	b = append(texts(b, "eventVersion", version), ',')
	b = w.identity(b, c)
	b = texts(b, "eventTime", time.Unix(c.at, 0).UTC().Format(time.RFC3339), "eventSource", host, "eventName", name, "awsRegion", c.region,
		"sourceIPAddress", address, "userAgent", agent)
	if c.code != "" {
		b = texts(append(b, ','), "errorCode", c.code, "errorMessage", c.message)
	}
	b = w.fill(append(b, `,"requestParameters":`...), shape.params, c)
	answer := shape.answer
	if c.code != "" {
		answer = ""
	}
	b = w.fill(append(b, `,"responseElements":`...), answer, c)
	if shape.extra != "" {
		b = w.fill(append(b, `,"additionalEventData":`...), shape.extra, c)
	}
	b = w.uuid(append(b, `,"requestID":"`...))
	b = w.uuid(append(b, `","eventID":"`...))
	b = append(b, `","readOnly":`...)
	b = truth(b, readOnly(name))
	if shape.resources != "" {
		b = w.fill(append(b, `,"resources":`...), shape.resources, c)
	}
	b = texts(append(b, ','), "eventType", event)
	if c.by.kind == foreign || c.by.kind == service {
		b = w.uuid(append(b, `,"sharedEventID":"`...))
		b = append(b, '"')
	}
	if version != "1.05" {
		b = append(b, `,"managementEvent":`...)
		b = truth(b, !dataEvent(c))
	}
	b = texts(append(b, ','), "recipientAccountId", c.account)
	if event == "AwsServiceEvent" {
		b = w.fill(append(b, `,"serviceEventDetails":`...), shape.details, c)
	}
	if c.session.vpce != "" {
		b = texts(append(b, ','), "vpcEndpointId", c.session.vpce, "vpcEndpointAccountId", c.account)
	}
	if version == "1.05" {
		return append(b, '}')
	}
	category := "Management"
	if dataEvent(c) {
		category = "Data"
	}
	b = texts(append(b, ','), "eventCategory", category)
	if c.via == "" && c.by.kind != service && event == "AwsApiCall" {
		b = append(b, `,"tlsDetails":{`...)
		b = texts(b, "tlsVersion", "TLSv1.3", "cipherSuite", "TLS_AES_128_GCM_SHA256", "clientProvidedHostHeader", source+"."+c.region+".amazonaws.com")
		b = append(b, '}')
	}
	if c.by.kind == role && strings.HasPrefix(agent, "Mozilla/") {
		b = append(b, `,"sessionCredentialFromConsole":"true"`...)
	}
	return append(b, '}')
}

// versionOf is the eventVersion that a service's records have.
func versionOf(source string) string {
	switch source {
	case "config", "redshift", "quicksight", "cur":
		return "1.05"
	case "sts", "signin", "sso", "athena", "glue":
		return "1.08"
	case "iam", "organizations", "lambda", "secretsmanager", "cloudformation":
		return "1.09"
	case "kms", "s3", "ssm":
		return "1.11"
	}
	return "1.10"
}

func eventType(c *call) string {
	switch {
	case c.by.kind == bareService || c.by.kind == absent:
		return "AwsServiceEvent"
	case c.action == "signin:ConsoleLogin":
		return "AwsConsoleSignIn"
	case strings.HasPrefix(c.action, "sso:Federate"), strings.HasPrefix(c.action, "sso:Authenticate"), strings.HasPrefix(c.action, "signin:"):
		return "AwsServiceEvent"
	}
	return "AwsApiCall"
}

// dataEvent tells what objects are asked from what is managed.
func dataEvent(c *call) bool { return c.action == "s3:GetObject" || c.action == "s3:ListObjects" }

// readOnly is what CloudTrail says of an action, by its verb.
func readOnly(name string) bool {
	for _, verb := range []string{"Describe", "Get", "List", "Lookup", "BatchGet", "BatchCheck", "Filter",
		"AssumeRole", "Decrypt", "GenerateDataKey", "StartQuery", "Download"} {
		if strings.HasPrefix(name, verb) {
			return name != "GetFederationToken"
		}
	}
	return false
}

func truth(b []byte, yes bool) []byte {
	if yes {
		return append(b, "true"...)
	}
	return append(b, "false"...)
}

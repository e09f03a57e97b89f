package evidence

import (
	"cmp"
	"iter"
	"strings"

	"cloudtrail_anomaly/src/cloudtrail"
)

// objectsOf tells what a call touched: the resources that CloudTrail lists, then what the request names. kind is of the first: the type
// that resources gives, else what the ARN or the field speaks of.
func objectsOf(r *cloudtrail.Record, request value) (objects []string, kind string) {
	var found few
	note := func(object, of string) {
		if object == "" || found.tells(object) {
			return
		}
		if len(found) == 0 {
			kind = short(of)
		}
		found.add(object)
	}
	for resource := range value(r.Value("resources")).each() {
		arn := resource.get("ARN").text()
		note(arn, cmp.Or(resource.get("type").text(), arnKind(arn)))
	}
	source := serviceOf(r)
	named := namedFields(request)
	for _, f := range objectFields {
		if named[f.path[0]] == nil || f.source != "" && f.source != source {
			continue
		}
		for v := range named.at(f.path) {
			note(f.object(v, named), cmp.Or(f.kind, nounOf(string(r.EventName))))
		}
	}
	isUser := r.Identity.Type == "IAMUser" || r.Identity.Type == "Root"
	if len(found) == 0 && isUser && source == "iam" && callersOwn[string(r.EventName)] {
		note(nameOf(r.Identity), "user")
	}
	return found, kind
}

// object is what the field's value names.
func (f *objectField) object(v value, named fields) string {
	name := v.text()
	if container := named[f.within].text(); container != "" && name != "" {
		return container + "/" + name
	}
	return name
}

// tells says that an object is in the list already, by itself or as the end of an ARN: resources and the request name the same things.
func (f few) tells(object string) bool {
	// A parameter's name begins with the slash that ends "parameter/" in its ARN.
	object = strings.TrimPrefix(short(object), "/")
	for _, s := range f {
		before, ok := strings.CutSuffix(s, object)
		within := strings.HasPrefix(s, "arn:") && (strings.HasSuffix(before, "/") || strings.HasSuffix(before, ":"))
		if ok && (before == "" || before == "/" || within) {
			return true
		}
	}
	return false
}

// fields are the members of requestParameters that objectFields speaks of, by the names it gives them, found in one pass.
type fields map[string]value

// at gives the values at a path that begins with one of the fields.
func (named fields) at(path []string) iter.Seq[value] {
	return func(yield func(value) bool) {
		for element := range named[path[0]].each() {
			if !element.follow(path[1:], yield) {
				return
			}
		}
	}
}

// objectNames are the names of objectFields by the same in lower case.
var objectNames = func() map[string]string {
	names := map[string]string{}
	for _, f := range objectFields {
		names[strings.ToLower(f.path[0])] = f.path[0]
	}
	return names
}()

const longestName = 40 // of objectNames, with room to spare

func namedFields(request value) fields {
	found := fields{}
	for name, part := range request.parts() {
		if len(name) > longestName {
			continue
		}
		if known, ok := objectNames[strings.ToLower(string(name))]; ok {
			found[known] = part
		}
	}
	return found
}

// serviceOf is the eventSource without .amazonaws.com.
func serviceOf(r *cloudtrail.Record) string {
	service, _, _ := strings.Cut(string(r.EventSource), ".amazonaws.com")
	return service
}

// arnKind is what an ARN says it names, as "secret" in arn:aws:secretsmanager:eu-west-1:111122223333:secret:db; "" where it does not say.
func arnKind(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" {
		return ""
	}
	if i := strings.IndexAny(parts[5], ":/"); i > 0 && parts[4] != "" {
		return parts[5][:i]
	}
	return ""
}

// nounOf is what an action's name says it acts on: trustAnchor of CreateTrustAnchor.
func nounOf(eventName string) string {
	for i := 1; i < len(eventName); i++ {
		if c := eventName[i]; 'A' <= c && c <= 'Z' {
			return string(c|0x20) + eventName[i+1:]
		}
	}
	return ""
}

package awscall

import (
	"net/url"
	"path"
	"reflect"
	"slices"
	"strings"
)

// place is what an ARN needs beside the resource's own name.
type place struct{ partition, region, account string }

func (p place) arn(service, resource string) string {
	return "arn:" + p.partition + ":" + service + ":" + p.region + ":" + p.account + ":" + resource
}

// resource is the ARN of what the call was about, as a policy would name it; "*" where an action knows no resource, or the input no name.
// Several are joined by ", ".
func (c call) resource(at place) string {
	switch prefix := prefixOf(c.service); prefix {
	case "s3":
		return c.object(at)
	case "dynamodb":
		return c.tables(at)
	case "athena":
		return c.athena(at)
	case "sqs":
		return queueARN(c.text("QueueUrl"), at)
	case "iam":
		return c.iam(at)
	}
	for _, field := range []string{"RoleArn", "TopicArn", "ResourceArn", "ResourceARN", "KeyId"} {
		if arn := c.text(field); strings.HasPrefix(arn, "arn:") {
			return arn
		}
	}
	return "*"
}

func (c call) object(at place) string {
	bucket := c.text("Bucket")
	switch {
	case bucket == "":
		return "*"
	case strings.HasPrefix(bucket, "arn:"):
	default:
		bucket = "arn:" + at.partition + ":s3:::" + bucket
	}
	switch key := c.text("Key"); {
	case key != "":
		return bucket + "/" + key
	case c.operation == "DeleteObjects":
		return bucket + "/*"
	}
	return bucket
}

// tables are those of the input itself, of a batch's keys, or of a transaction's items.
func (c call) tables(at place) string {
	var names []string
	add := func(name string) {
		if name != "" && !strings.HasPrefix(name, "arn:") {
			name = at.arn("dynamodb", "table/"+name)
		}
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	add(c.text("TableName"))
	if batch := c.field("RequestItems"); batch.IsValid() && batch.Kind() == reflect.Map {
		for _, key := range batch.MapKeys() {
			add(key.String())
		}
	}
	for _, item := range c.items() {
		for field := range transactionItems {
			if f := item.FieldByName(field); f.IsValid() && f.Kind() == reflect.Pointer && !f.IsNil() {
				add(textOf(f.Elem().FieldByName("TableName")))
			}
		}
	}
	if len(names) == 0 {
		return "*"
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// athena's operations are all about a workgroup; those that name a query only do not say which.
func (c call) athena(at place) string {
	group := c.text("WorkGroup")
	switch {
	case group != "":
	case c.operation == "StartQueryExecution":
		group = "primary"
	default:
		group = "*"
	}
	return at.arn("athena", "workgroup/"+group)
}

func (c call) iam(at place) string {
	at.region = ""
	if arn := c.text("PolicyArn"); arn != "" && c.text("RoleName") == "" {
		return arn
	}
	for field, kind := range map[string]string{"RoleName": "role/", "UserName": "user/", "InstanceProfileName": "instance-profile/"} {
		if name := c.text(field); name != "" {
			return at.arn("iam", kind+name)
		}
	}
	return "*"
}

// queueARN reads https://sqs.eu-central-1.amazonaws.com/123456789012/name.
func queueARN(queue string, at place) string {
	u, err := url.Parse(queue)
	if err != nil || queue == "" {
		return "*"
	}
	account, name := path.Split(strings.Trim(u.Path, "/"))
	if account = strings.Trim(account, "/"); account != "" {
		at.account = account
	}
	return at.arn("sqs", name)
}

// field is the input's field of that name; it is not valid where the input has none.
func (c call) field(name string) reflect.Value {
	v := reflect.ValueOf(c.input)
	if v.Kind() != reflect.Pointer || v.IsNil() || v.Elem().Kind() != reflect.Struct {
		return reflect.Value{}
	}
	return v.Elem().FieldByName(name)
}

func (c call) text(name string) string { return textOf(c.field(name)) }

func textOf(v reflect.Value) string {
	if v.IsValid() && v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	if !v.IsValid() || v.Kind() != reflect.String {
		return ""
	}
	return v.String()
}

// items are those of a transaction.
func (c call) items() []reflect.Value {
	v := c.field("TransactItems")
	if !v.IsValid() || v.Kind() != reflect.Slice {
		return nil
	}
	items := make([]reflect.Value, v.Len())
	for i := range items {
		items[i] = v.Index(i)
	}
	return items
}

// partitionOf a region; the identity's is better where it is known.
func partitionOf(region string) string {
	switch {
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	}
	return "aws"
}

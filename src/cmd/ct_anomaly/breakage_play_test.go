package main

import (
	"fmt"
	"time"

	"cloudtrail_anomaly/src/simulate"
	"cloudtrail_anomaly/src/simulate/cloud"
)

// files puts the log files of the play into the bucket: those of the two weeks before it, and, unless only they are wanted, those of the last hour. In
// these somebody known does something new, after it was denied, somebody new comes, and the logging is stopped.
func files(sim *simulation, before bool) {
	for _, account := range []string{"111111111111", "222222222222"} {
		for d := range 14 {
			file(sim, account, opening.Add(-time.Duration(14-d)*24*time.Hour+time.Minute), "AIDAKNOWN", "s3:GetObject", "")
		}
	}
	if before {
		return
	}
	at := opening.Add(-30 * time.Minute)
	file(sim, "111111111111", at, "AIDAKNOWN", "s3:GetObject", "")
	file(sim, "111111111111", at.Add(time.Minute), "AIDAKNOWN", "kms:Decrypt", "AccessDenied")
	file(sim, "111111111111", at.Add(2*time.Minute), "AIDAKNOWN", "kms:Decrypt", "")
	file(sim, "222222222222", at, "AIDANEW", "cloudtrail:StopLogging", "")
	file(sim, "222222222222", at.Add(time.Minute), "AIDANEW", "cloudtrail:StopLogging", "")
}

// file puts a file with one record.
func file(sim *simulation, account string, at time.Time, user, action, code string) {
	if at.After(time.Now()) {
		return
	}
	fault := ""
	if code != "" {
		fault = fmt.Sprintf(`"errorCode":%q,`, code)
	}
	var service, name string
	fmt.Sscanf(replaced(action), "%s %s", &service, &name)
	record := fmt.Sprintf(`{"eventVersion":"1.11","userIdentity":{"type":"IAMUser","principalId":%q,"arn":"arn:aws:iam::%s:user/%s","accountId":%q,"userName":%q},"eventTime":%q,`+
		`"eventSource":"%s.amazonaws.com","eventName":%q,"awsRegion":"us-east-1","sourceIPAddress":"203.0.113.7","userAgent":"aws-cli",%s"eventID":"%s-%d","eventType":"AwsApiCall",`+
		`"recipientAccountId":%q,"eventCategory":"Management"}`, user+account, account, user, account, user, at.Format(time.RFC3339), service, name, fault, account, at.Unix(), account)
	named := at.Add(5 * time.Minute)
	key := fmt.Sprintf("%sAWSLogs/%s/%s/CloudTrail/us-east-1/%s/%s_CloudTrail_us-east-1_%s_%016d.json.gz", simulate.Prefix, cloud.Organization, account, named.Format("2006/01/02"), account,
		named.Format("20060102T1504Z"), at.Unix())
	if _, there := sim.cloud.Object(cloud.Bucket, key); there {
		return
	}
	sim.cloud.Put(cloud.Bucket, key, zipped([]byte(`{"Records":[`+record+`]}`)))
}

func replaced(action string) string {
	for i := range action {
		if action[i] == ':' {
			return action[:i] + " " + action[i+1:]
		}
	}
	return action
}

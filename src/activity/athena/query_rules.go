package athena

// A rule is one of src/rules as a condition of SQL.
type rule struct{ name, sql string }

// matching are all rules; a test holds their names and their matches equal to those of src/rules.
var matching = []rule{
	{"log_deletion", `source IN ('logs.amazonaws.com', 'cloudtrail.amazonaws.com') AND starts_with(name, 'Delete')`},
	{"stop_logging", `source = 'cloudtrail.amazonaws.com' AND name = 'StopLogging'`},
	{"instance_credentials", `type = 'AssumedRole' AND starts_with(access_key, 'AS') AND regexp_like(arn, '/i-[a-zA-Z0-9]{8,}\z')`},
	{"root_activity", `type = 'Root' AND kind_of_event <> 'AwsServiceEvent' AND invoker IN ('', 'signin.amazonaws.com')`},
	{"console_login_without_mfa", `source = 'signin.amazonaws.com' AND name = 'ConsoleLogin' AND type IN ('IAMUser', 'Root') AND outcome = 'ok'
    AND lower(json_extract_scalar(more, '$.MFAUsed')) = 'no'`},
}

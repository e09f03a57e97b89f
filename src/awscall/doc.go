// Package awscall is the way to AWS: base credentials, the roles assumed from them, and how every call is sent, tried again, counted and
// explained when it is refused.
//
// It knows no account, bucket or table of its own. A Caller gives out aws.Config values; the rooms that talk to a service (muster,
// activity/athena, activity/logs, baseline/dynamodb, trust and others) make their clients from those, and so share one connection pool, one
// retry policy and one meter. What the SDK settles by itself (FIPS and dual-stack endpoints, AWS_ENDPOINT_URL and its kind, the order of the
// credential chain) is left to it.
package awscall

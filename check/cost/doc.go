// Package cost measures for make cost what an hour of an organization's logs costs with this tool, and with the three older ones, in calls that
// were made and counted.
//
// It is tests alone. The tool's own rooms do a whole day of runs, wired as the program wires them; of the older tools, whose code is not used,
// stand-ins make the calls that theirs make. All talk HTTP to one stand-in of AWS, which counts: Athena and S3 are athenatest's, DynamoDB is
// DynamoDB Local, which says what capacity each call took. Nothing is asked of AWS. docs/cost.md says it for readers.
//
//	workload_test.go               how much happens in an account; trail_test.go the log files of it
//	aws_test.go                    what stands for AWS, and counts; dynamodb_test.go and organization_test.go are parts of it
//	scan_test.go                   what Athena itself reads and lists for a query; answer_test.go what ours results in
//	day_test.go                    our day; rooms_test.go wires a run of it; known_test.go is what the baseline held before
//	seed_test.go                   what the older tools' stand-ins share; netflix_test.go, jellyparks_test.go, sid341_test.go
//	bill_test.go                   list prices; table_test.go the table
//	cost_test.go, model_test.go    what must hold of the figures, and of the model
package cost

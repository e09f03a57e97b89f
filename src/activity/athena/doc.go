// Package athena takes sightings from an account's log files by asking Amazon Athena, with one grouped query for each piece of deliveries.
//
// It does not read log files: regions, sizes, evidence, and what can be read of a file that Athena can't, come through the port Files, which
// activity/logs fills, so that both engines tell the same. What is new is discern's business.
//
// A piece's way: plan.go cuts what was delivered into windows; query.go and its neighbours write the text for one; execution.go has it run;
// result.go and result_csv.go read its result; row.go, tally.go and piece.go make sightings and counts of it. table.go and setup.go are the table's.
package athena

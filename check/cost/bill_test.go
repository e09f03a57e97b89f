package cost

import "math"

// List prices of us-east-1 in US dollars, as on the pricing pages of Amazon Athena, Amazon S3 and Amazon DynamoDB in November 2026. Data that
// stays in the region costs nothing to move. Not counted for any tool, being the same or next to nothing: Lambda, SNS, what is stored, KMS.
const (
	scannedTerabyte = 5.0           // of Athena: SQL queries, per TB scanned
	listRequest     = 5.0 / 1e6     // of S3 Standard: PUT, COPY, POST, LIST
	getRequest      = 0.4 / 1e6     // of S3 Standard: GET, SELECT and all others but DELETE, which is free
	readUnit        = 0.125 / 1e6   // of DynamoDB on-demand
	writeUnit       = 0.625 / 1e6   // of DynamoDB on-demand
	megabyte        = 1_000_000     // what a query scans is rounded up to megabytes
	leastScanned    = 10 * megabyte // of a query; statements that define tables are free
)

// A count is what was called, or what an hour of it is.
type count struct {
	Calls   float64 // of the tool, to any service, but for the polls of a query's state: they are free, and as many as a query is slow
	Queries float64 // of these, SELECTs handed to Athena
	DDL     float64 // and statements that define tables or partitions

	Lists  float64 // S3 requests that cost as LIST: the tool's and, for its queries, Athena's own
	Gets   float64 // and as GET
	Within float64 // of these two, Athena's own

	Dynamo float64 // requests to DynamoDB
	Reads  float64 // capacity units
	Writes float64

	Scanned float64 // bytes that queries read
	Billed  float64 // bytes that they are billed
}

// fields are the numbers of a count.
func (c *count) fields() []*float64 {
	return []*float64{&c.Calls, &c.Queries, &c.DDL, &c.Lists, &c.Gets, &c.Within, &c.Dynamo, &c.Reads, &c.Writes, &c.Scanned, &c.Billed}
}

func (c *count) add(more count) {
	with := more.fields()
	for i, f := range c.fields() {
		*f += *with[i]
	}
}

// times is a count so many times.
func (c count) times(n float64) count {
	for _, f := range c.fields() {
		*f *= n
	}
	return c
}

// less is a count without what had been counted before.
func (c count) less(before count) count {
	c.add(before.times(-1))
	return c
}

func (c count) athena() float64   { return c.Billed / 1e12 * scannedTerabyte }
func (c count) s3() float64       { return c.Lists*listRequest + c.Gets*getRequest }
func (c count) dynamodb() float64 { return c.Reads*readUnit + c.Writes*writeUnit }
func (c count) usd() float64      { return c.athena() + c.s3() + c.dynamodb() }

// billed is what a query is billed that scanned so many bytes.
func billed(scanned float64) float64 {
	return max(math.Ceil(scanned/megabyte)*megabyte, leastScanned)
}

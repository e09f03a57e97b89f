package athena

// List prices: Amazon Athena pricing, SQL queries. What is scanned is rounded up to megabytes, and to 10 of them; nothing is paid for a query that
// failed. Decimal units make this never less than what is billed.
const (
	terabyteUSD   = 5.0
	megabyte      = 1e6
	terabyte      = 1e12
	leastMegabyte = 10
)

// costOf is what a query costs that scanned so many bytes, in US dollars.
func costOf(scanned int64) float64 {
	megabytes := max((scanned+megabyte-1)/megabyte, leastMegabyte)
	return float64(megabytes*megabyte) / terabyte * terabyteUSD
}

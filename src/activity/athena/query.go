package athena

import (
	"fmt"
	"strings"
)

// A query is what is asked of one window. Its text holds literals alone, so that the same question has the same text, and a text is paid once.
type query struct {
	table   Table
	window  window
	regions []string
	leftOut []string // paths of files that Athena can't read
	judged  []string // the event categories that are judged; nil is all
	rules   bool
}

// The kinds of rows: one for each file, account, hour and class of its records; one for each pair and hour; and for each rule's matches,
// whose kind is the rule's name.
const (
	kindFile = "file"
	kindPair = "pair"
)

// The classes of records, in the order in which the reader of log files decides. It finds an eventTime wrong after the first two; here that is
// decided when the rows are read, by the reader's own rules (see tally.go).
const (
	classInsight  = "insight"
	classNameless = "nameless"
	classOther    = "other"
	classData     = "data"
	classRead     = "read"
	classWrite    = "write"
)

// mostPlaces is how many of a group's earliest records tell in which files they lie. Five are evidence; ten, because a file that was
// delivered twice has each of them twice.
const mostPlaces = 10

// selection is what every query's text begins with: teardown knows them by it.
const selection = "SELECT kind, account, hour, principal, action, ending, instance, address, file,"

// text is the SELECT, which scans its files once.
//
// From the inside: the fields of a record, absent where they are empty; what follows from them, as src/cloudtrail has it; who acted; then every record as a
// row for its file, for its pair, and for each rule that it matches; and these grouped. An eventTime of the usual form is cut to seconds and
// its hour is a group; any other is a group of its own and is read in Go. Files come without the part that all their paths begin with.
func (q *query) text() string {
	base := literal(q.table.location())
	var b strings.Builder
	fmt.Fprintf(&b, selection+` first_time, last_time, records, events,
  json_format(CAST(array_distinct(transform(places, p -> element_at(split(p, chr(31)), -1))) AS JSON)) AS files, json_format(CAST(everywhere AS JSON)) AS everywhere
FROM (SELECT kind, account, hour, principal, action, ending, instance, address, file,
  min(at) AS first_time, max(at) AS last_time, count(*) AS records, count(DISTINCT id) + count_if(id IS NULL) AS events, min(place, %d) AS places,
  %s AS everywhere
FROM (SELECT kind, account, hour, at,
  IF(kind <> 'file', principal) AS principal, IF(kind <> 'file', action) AS action, IF(kind = 'file', class, outcome) AS ending,
  IF(kind = 'instance_credentials', session) AS instance, IF(kind = 'instance_credentials', ip) AS address,
  IF(kind = 'file', file) AS file, IF(kind <> 'file', file) AS witness, IF(kind <> 'file', id) AS id,
  IF(kind <> 'file', at || chr(31) || COALESCE(id, '') || chr(31) || file) AS place
FROM (SELECT *, own || %s AS principal
FROM (SELECT *, %s AS own
FROM (SELECT *,
  COALESCE(recipient, owner, '') AS account, COALESCE(owner, recipient, '') AS home,
  source || ':' || name AS action, %s AS outcome, %s AS class,
  element_at(split(arn, '/'), -1) AS session,
  IF(plain, substr(moment, 1, 19) || 'Z', moment) AS at, IF(plain, substr(moment, 1, 13), moment) AS hour
FROM (SELECT
%s
  FROM %s.%s
  WHERE %s
)))) CROSS JOIN UNNEST(%s) AS u (kind)
)
GROUP BY kind, account, hour, principal, action, ending, instance, address, file
)`, mostPlaces, q.everywhere(), visitorSQL, ownKeySQL, outcomeSQL, q.class(), fieldsSQL(base), identifier(q.table.Database), identifier(q.table.Name()),
		q.window.where(q.table, q.regions, q.leftOut), q.kinds())
	return b.String()
}

// everywhere is the SQL of the list of all files of a group. It is asked for only where files are left out: what they hold may have been delivered
// in others as well, and is counted once.
func (q *query) everywhere() string {
	if len(q.leftOut) == 0 {
		return "CAST(NULL AS array(varchar))"
	}
	return "array_agg(DISTINCT witness) FILTER (WHERE witness IS NOT NULL)"
}

// class is the SQL of a record's class.
func (q *query) class() string {
	other := ""
	if q.judged != nil {
		judged := "category IS NOT NULL" // none is judged but records without one
		if len(q.judged) > 0 {
			judged = "category NOT IN (" + literals(q.judged) + ")"
		}
		other = "\n    WHEN " + judged + " THEN 'other'"
	}
	return `CASE WHEN category = 'Insight' OR kind_of_event = 'AwsCloudTrailInsight' THEN 'insight'
    WHEN source IS NULL OR name IS NULL THEN 'nameless'` + other + `
    WHEN category = 'Data' THEN 'data' WHEN readonly = 'true' THEN 'read' ELSE 'write' END`
}

// kinds is the SQL of the list of rows that a record gives.
func (q *query) kinds() string {
	const judged = "class IN ('data', 'read', 'write')"
	all := []string{"'file'", "IF(" + judged + ", 'pair')"}
	if q.rules {
		for _, r := range matching {
			all = append(all, fmt.Sprintf("IF(%s AND %s, %s)", judged, r.sql, literal(r.name)))
		}
	}
	return "filter(ARRAY[" + strings.Join(all, ",\n  ") + "], k -> k IS NOT NULL)"
}

// fieldsSQL are the fields of a record as the reader of log files has them: an empty one is absent. plain tells the form of eventTime of
// which the hour can be cut off; whether its day is one of the calendar is seen later.
func fieldsSQL(base string) string {
	return `    replace("$path", ` + base + `, '') AS file, NULLIF(eventid, '') AS id, COALESCE(eventtime, '') AS moment,
    COALESCE(regexp_like(eventtime, '\A[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.,][0-9]+)?Z\z'), false) AS plain,
    NULLIF(eventsource, '') AS source, NULLIF(eventname, '') AS name, NULLIF(eventcategory, '') AS category, COALESCE(eventtype, '') AS kind_of_event,
    COALESCE(readonly, '') AS readonly, NULLIF(errorcode, '') AS code, NULLIF(errormessage, '') AS message, COALESCE(sourceipaddress, '') AS ip,
    responseelements AS answer, additionaleventdata AS more, NULLIF(recipientaccountid, '') AS recipient,
    COALESCE(useridentity.type, '') AS type, NULLIF(useridentity.principalid, '') AS pid, COALESCE(useridentity.arn, '') AS arn,
    NULLIF(useridentity.accountid, '') AS owner, NULLIF(useridentity.username, '') AS username, COALESCE(useridentity.invokedby, '') AS invoker,
    COALESCE(useridentity.accesskeyid, '') AS access_key, NULLIF(useridentity.identityprovider, '') AS provider,
    NULLIF(useridentity.onbehalfof.userid, '') AS human, COALESCE(useridentity.onbehalfof.identitystorearn, '') AS store,
    NULLIF(useridentity.sessioncontext.sessionissuer.principalid, '') AS issuer`
}

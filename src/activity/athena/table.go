package athena

import (
	"fmt"
	"strings"
)

// A Table is the one through which Athena sees an account's log files. Its partitions are projected, so that no statement is ever needed when
// a day begins or a region opens.
type Table struct {
	Database string
	Account  string
	Trail    Trail
}

// Name is the table's name in its database.
func (t Table) Name() string { return tablePrefix + t.Account }

const tablePrefix = "ct_anomaly_"

// marker is the table property by which teardown knows a table for ours.
const marker, markerValue = "created_by", "ct_anomaly"

// column is a column's name and its Hive type.
type column struct{ name, kind string }

// columns are those that the query selects, and those that people ask for: from the AWS CloudTrail User Guide, "CloudTrail record contents",
// and the Athena User Guide, "Create a table for CloudTrail logs". Fields that nobody selects are left out, as each is one more that can be
// of another type in some record and make a whole file unreadable. identityprovider is missing in the guide's table and part of the key of SAML
// and web identities.
var columns = []column{
	{"eventversion", "string"},
	{"useridentity", "struct<type:string,principalid:string,arn:string,accountid:string,invokedby:string,accesskeyid:string,username:string," +
		"identityprovider:string,onbehalfof:struct<userid:string,identitystorearn:string>," +
		"sessioncontext:struct<attributes:struct<mfaauthenticated:string,creationdate:string>," +
		"sessionissuer:struct<type:string,principalid:string,arn:string,accountid:string,username:string>>>"},
	{"eventtime", "string"},
	{"eventsource", "string"},
	{"eventname", "string"},
	{"awsregion", "string"},
	{"sourceipaddress", "string"},
	{"useragent", "string"},
	{"errorcode", "string"},
	{"errormessage", "string"},
	{"requestparameters", "string"},
	{"responseelements", "string"},
	{"additionaleventdata", "string"},
	{"requestid", "string"},
	{"eventid", "string"},
	{"eventtype", "string"},
	{"readonly", "string"},
	{"recipientaccountid", "string"},
	{"vpcendpointid", "string"},
	{"eventcategory", "string"},
}

// partitions are the columns that are folders.
var partitions = []column{{"region", "string"}, {"day", "string"}}

// The formats of the table: Athena User Guide, "Create a table for CloudTrail logs in Athena using partition projection".
const (
	tableSerde  = "org.apache.hive.hcatalog.data.JsonSerDe"
	tableInput  = "com.amazon.emr.cloudtrail.CloudTrailInputFormat"
	tableOutput = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
)

// firstDay is before CloudTrail's first log file; what lies outside of the projected days is not found, without a word.
const firstDay = "2013/11/01"

// location is the folder above the regions, template that of one region and day.
func (t Table) location() string { return t.Trail.Base(t.Account) }
func (t Table) template() string { return t.location() + "${region}/${day}" }

// properties are the table's properties, in the order in which they are written. A region is injected by the query, so that none has to be
// known beforehand.
func (t Table) properties() [][2]string {
	return [][2]string{
		{"projection.enabled", "true"},
		{"projection.region.type", "injected"},
		{"projection.day.type", "date"},
		{"projection.day.format", "yyyy/MM/dd"},
		{"projection.day.range", firstDay + ",NOW+2DAYS"},
		{"projection.day.interval", "1"},
		{"projection.day.interval.unit", "DAYS"},
		{"storage.location.template", t.template()},
		{marker, markerValue},
	}
}

// Create is the statement that makes the table where there is none.
func (t Table) Create() string {
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE EXTERNAL TABLE IF NOT EXISTS %s.%s (\n%s\n)\n", ddlIdentifier(t.Database), ddlIdentifier(t.Name()), listed(columns))
	fmt.Fprintf(&b, "PARTITIONED BY (\n%s\n)\n", listed(partitions))
	fmt.Fprintf(&b, "ROW FORMAT SERDE %s\nSTORED AS INPUTFORMAT %s\nOUTPUTFORMAT %s\n", ddlLiteral(tableSerde), ddlLiteral(tableInput), ddlLiteral(tableOutput))
	fmt.Fprintf(&b, "LOCATION %s\nTBLPROPERTIES (\n", ddlLiteral(t.location()))
	for i, p := range t.properties() {
		comma := ","
		if i == len(t.properties())-1 {
			comma = ""
		}
		fmt.Fprintf(&b, "  %s = %s%s\n", ddlLiteral(p[0]), ddlLiteral(p[1]), comma)
	}
	b.WriteString(")")
	return b.String()
}

// CreateDatabase is the statement that makes the table's database where there is none.
func (t Table) CreateDatabase() string {
	return "CREATE DATABASE IF NOT EXISTS " + ddlIdentifier(t.Database)
}

// drop is the statement that removes the table, which holds no data of its own: the log files stay.
func (t Table) drop() string {
	return "DROP TABLE IF EXISTS " + ddlIdentifier(t.Database) + "." + ddlIdentifier(t.Name())
}

func listed(all []column) string {
	lines := make([]string, len(all))
	for i, c := range all {
		lines[i] = "  " + ddlIdentifier(c.name) + " " + c.kind
	}
	return strings.Join(lines, ",\n")
}

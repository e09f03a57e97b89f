package athenatest

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	"github.com/aws/aws-sdk-go-v2/service/athena/types"
	"github.com/stretchr/testify/require"
)

// tableOf is a small CloudTrail table as Athena's documentation writes it.
func tableOf(account string) string {
	place := "s3://logs/AWSLogs/" + account + "/CloudTrail/"
	return fmt.Sprintf("CREATE EXTERNAL TABLE IF NOT EXISTS `default`.`ct_%s` (\n"+
		"  `eventTime` string COMMENT 'when, isn\\'t it', `eventname` string, eventsource string, requestparameters string,\n"+
		"  resources array<struct<arn:string,n:int>>,\n"+
		"  useridentity struct<type:string,arn:string,sessioncontext:struct<sessionissuer:struct<arn:string>>>)\n"+
		"PARTITIONED BY (`region` string, `day` string)\n"+
		"ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'\n"+
		"STORED AS INPUTFORMAT 'com.amazon.emr.cloudtrail.CloudTrailInputFormat' OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'\n"+
		"LOCATION '%s'\n"+
		"TBLPROPERTIES ('projection.enabled'='true', 'projection.region.type'='injected', 'projection.day.type'='date',\n"+
		"  'projection.day.format'='yyyy/MM/dd', 'projection.day.range'='2013/11/01,NOW+2DAYS', 'projection.day.interval'='1',\n"+
		"  'projection.day.interval.unit'='DAYS', 'storage.location.template'='%s${region}/${day}')", account, place, place)
}

func TestDDLMakesTheCatalog(t *testing.T) {
	f := New(t)
	a, _ := clients(f)
	run := func(sql string) *types.QueryExecutionStatus {
		q, _ := finish(t, a, start(t, a, sql))
		return q.Status
	}
	catalog := aws.String("AwsDataCatalog")
	get := func(name string) (*athena.GetTableMetadataOutput, error) {
		return a.GetTableMetadata(t.Context(), &athena.GetTableMetadataInput{CatalogName: catalog, DatabaseName: aws.String("DEFAULT"), TableName: &name})
	}
	_, err := get("ct_1")
	require.Contains(t, refused(t, err, "MetadataException"), "EntityNotFoundException")
	require.Equal(t, types.QueryExecutionStateSucceeded, run(tableOf("1")).State)
	require.Equal(t, types.QueryExecutionStateSucceeded, run(tableOf("1")).State, "IF NOT EXISTS")

	got, err := get("CT_1")
	require.NoError(t, err)
	m := got.TableMetadata
	require.Equal(t, "eventtime", *m.Columns[0].Name)
	require.Equal(t, "array<struct<arn:string,n:int>>", *m.Columns[4].Type)
	require.Equal(t, "struct<type:string,arn:string,sessioncontext:struct<sessionissuer:struct<arn:string>>>", *m.Columns[5].Type)
	require.Len(t, m.PartitionKeys, 2)
	require.Equal(t, "s3://logs/AWSLogs/1/CloudTrail/", m.Parameters["location"])
	require.Equal(t, "s3://logs/AWSLogs/1/CloudTrail/${region}/${day}", m.Parameters["storage.location.template"])
	require.Equal(t, "com.amazon.emr.cloudtrail.CloudTrailInputFormat", m.Parameters["inputformat"])

	require.Equal(t, types.QueryExecutionStateSucceeded, run("SHOW PARTITIONS `default`.`ct_1`").State)
	require.NoError(t, f.CreateTable(tableOf("2")))
	list, err := a.ListTableMetadata(t.Context(), &athena.ListTableMetadataInput{CatalogName: catalog, DatabaseName: aws.String("default"),
		Expression: aws.String("ct_.*"), MaxResults: aws.Int32(1)})
	require.NoError(t, err)
	require.Len(t, list.TableMetadataList, 1)
	require.NotNil(t, list.NextToken)

	require.Equal(t, types.QueryExecutionStateSucceeded, run("CREATE DATABASE IF NOT EXISTS `other`").State)
	require.Contains(t, *run("CREATE DATABASE other").StateChangeReason, "already exists")
	_, err = a.GetDatabase(t.Context(), &athena.GetDatabaseInput{CatalogName: catalog, DatabaseName: aws.String("other")})
	require.NoError(t, err)
	require.Contains(t, *run("DROP DATABASE `default`").StateChangeReason, "not empty")
	require.Equal(t, types.QueryExecutionStateSucceeded, run("DROP TABLE IF EXISTS `default`.`ct_1`").State)
	require.Contains(t, *run("DROP TABLE ct_1").StateChangeReason, "not found")
	require.Contains(t, *run("CREATE EXTERNAL TABLE x (a string").StateChangeReason, "ParseException")
	require.Contains(t, *run("ALTER TABLE ct_2 ADD PARTITION (a='b')").StateChangeReason, "does not know")
}

func TestTypes(t *testing.T) {
	for hive, trino := range map[string]string{
		"string":                         "varchar",
		"Decimal(10, 2)":                 "decimal(10,2)",
		"map<string,array<int>>":         "map(varchar, array(integer))",
		"STRUCT<a:string,`B`:timestamp>": `row("a" varchar, "b" timestamp(3))`,
		"array<struct<x:bigint>>":        `array(row("x" bigint))`,
	} {
		all, err := tokens(hive)
		require.NoError(t, err)
		r := &reader{rest: all}
		require.Equal(t, trino, r.hiveType().trino())
		require.NoError(t, r.err)
		require.Empty(t, r.rest)
	}
}

func FuzzParseDDL(f *testing.F) {
	f.Add(tableOf("1"))
	f.Add("DROP TABLE IF EXISTS `a``b`.c")
	f.Fuzz(func(t *testing.T, sql string) {
		d, err := parseDDL(sql)
		if err == nil && d.verb == "create table" {
			require.NotEmpty(t, d.table.columns)
		}
	})
}

func TestHiveParses(t *testing.T) {
	require.NoError(t, ParseDDL(t, tableOf("1")))
	require.ErrorContains(t, ParseDDL(t, "CREATE EXTERNAL TABLE a (b string,\n timestamp string)"), "line 2:1 cannot recognize input")
}

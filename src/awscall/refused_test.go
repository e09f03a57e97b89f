package awscall

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddb "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/stretchr/testify/require"
)

// refusing is a stand-in that refuses everything with a bare 403 and no word.
func refusing(t *testing.T) *Caller {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }))
	t.Cleanup(s.Close)
	c := open(t, Options{EndpointURL: s.URL})
	c.who.Store(&Identity{Account: "111111111111", ARN: "arn:aws-us-gov:iam::111111111111:user/soc", Partition: "aws-us-gov"})
	return c
}

func TestWhatWasRefused(t *testing.T) {
	bareEnvironment(t)
	const table = "arn:aws-us-gov:dynamodb:eu-central-1:111111111111:table/"
	s := aws.String
	ctx := t.Context()
	for name, tc := range map[string]struct {
		call             func(aws.Config) error
		action, resource string
	}{
		"list": {func(c aws.Config) error {
			_, err := s3.NewFromConfig(c).ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: s("trail"), Prefix: s("AWSLogs/")})
			return err
		}, "s3:ListBucket", "arn:aws-us-gov:s3:::trail"},
		"head of a bucket": {func(c aws.Config) error {
			_, err := s3.NewFromConfig(c).HeadBucket(ctx, &s3.HeadBucketInput{Bucket: s("trail")})
			return err
		}, "s3:ListBucket", "arn:aws-us-gov:s3:::trail"},
		"head of an object": {func(c aws.Config) error {
			_, err := s3.NewFromConfig(c).HeadObject(ctx, &s3.HeadObjectInput{Bucket: s("trail"), Key: s("a/b")})
			return err
		}, "s3:GetObject", "arn:aws-us-gov:s3:::trail/a/b"},
		"a version": {func(c aws.Config) error {
			_, err := s3.NewFromConfig(c).GetObject(ctx, &s3.GetObjectInput{Bucket: s("trail"), Key: s("a/b"), VersionId: s("1")})
			return err
		}, "s3:GetObjectVersion", "arn:aws-us-gov:s3:::trail/a/b"},
		"an access point": {func(c aws.Config) error {
			_, err := s3.NewFromConfig(c).GetObject(ctx, &s3.GetObjectInput{Bucket: s("arn:aws-us-gov:s3:eu-central-1:1:accesspoint/p"), Key: s("k")},
				func(o *s3.Options) { o.BaseEndpoint, o.UsePathStyle, o.HTTPClient = nil, false, forbid{} })
			return err
		}, "s3:GetObject", "arn:aws-us-gov:s3:eu-central-1:1:accesspoint/p/k"},
		"no bucket": {func(c aws.Config) error {
			_, err := s3.NewFromConfig(c).ListBuckets(ctx, nil)
			return err
		}, "s3:ListAllMyBuckets", "*"},
		"a lifecycle": {func(c aws.Config) error {
			_, err := s3.NewFromConfig(c).GetBucketLifecycleConfiguration(ctx, &s3.GetBucketLifecycleConfigurationInput{Bucket: s("results")})
			return err
		}, "s3:GetLifecycleConfiguration", "arn:aws-us-gov:s3:::results"},
		"a query": {func(c aws.Config) error {
			_, err := dynamodb.NewFromConfig(c).Query(ctx, &dynamodb.QueryInput{TableName: s("seen")})
			return err
		}, "dynamodb:Query", table + "seen"},
		"a table by ARN": {func(c aws.Config) error {
			_, err := dynamodb.NewFromConfig(c).DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: s("arn:aws:dynamodb:r:1:table/x")},
				func(o *dynamodb.Options) { o.BaseEndpoint = nil; o.HTTPClient = forbid{} })
			return err
		}, "dynamodb:DescribeTable", "arn:aws:dynamodb:r:1:table/x"},
		"a batch": {func(c aws.Config) error {
			_, err := dynamodb.NewFromConfig(c).BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]ddb.WriteRequest{"b": {}, "a": {}}})
			return err
		}, "dynamodb:BatchWriteItem", table + "a, " + table + "b"},
		"a transaction": {func(c aws.Config) error {
			key := map[string]ddb.AttributeValue{"k": &ddb.AttributeValueMemberS{Value: "v"}}
			_, err := dynamodb.NewFromConfig(c).TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []ddb.TransactWriteItem{
				{Put: &ddb.Put{TableName: s("seen"), Item: key}}, {Update: &ddb.Update{TableName: s("seen"), Key: key, UpdateExpression: s("x")}},
				{Put: &ddb.Put{TableName: s("seen"), Item: key}}, {ConditionCheck: &ddb.ConditionCheck{TableName: s("seen"), Key: key, ConditionExpression: s("x")}},
			}})
			return err
		}, "dynamodb:ConditionCheckItem, dynamodb:PutItem, dynamodb:UpdateItem", table + "seen"},
		"organizations": {func(c aws.Config) error {
			_, err := organizations.NewFromConfig(c).ListAccounts(ctx, nil)
			return err
		}, "organizations:ListAccounts", "*"},
		"a query of Athena": {func(c aws.Config) error {
			_, err := athena.NewFromConfig(c).StartQueryExecution(ctx, &athena.StartQueryExecutionInput{QueryString: s("SELECT 1"), WorkGroup: s("soc")})
			return err
		}, "athena:StartQueryExecution", "arn:aws-us-gov:athena:eu-central-1:111111111111:workgroup/soc"},
		"in no workgroup": {func(c aws.Config) error {
			_, err := athena.NewFromConfig(c).StartQueryExecution(ctx, &athena.StartQueryExecutionInput{QueryString: s("SELECT 1")})
			return err
		}, "athena:StartQueryExecution", "arn:aws-us-gov:athena:eu-central-1:111111111111:workgroup/primary"},
		"one by its id": {func(c aws.Config) error {
			_, err := athena.NewFromConfig(c).GetQueryExecution(ctx, &athena.GetQueryExecutionInput{QueryExecutionId: s("id")})
			return err
		}, "athena:GetQueryExecution", "arn:aws-us-gov:athena:eu-central-1:111111111111:workgroup/*"},
		"a queue": {func(c aws.Config) error {
			_, err := sqs.NewFromConfig(c).ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: s("https://sqs.eu-central-1.amazonaws.com/333333333333/new-logs")})
			return err
		}, "sqs:ReceiveMessage", "arn:aws-us-gov:sqs:eu-central-1:333333333333:new-logs"},
		"a batch from a queue": {func(c aws.Config) error {
			_, err := sqs.NewFromConfig(c).DeleteMessageBatch(ctx, &sqs.DeleteMessageBatchInput{QueueUrl: s("https://x/3/q"), Entries: nil})
			return err
		}, "", ""},
		"a role": {func(c aws.Config) error {
			_, err := iam.NewFromConfig(c).GetRole(ctx, &iam.GetRoleInput{RoleName: s("deploy")})
			return err
		}, "iam:GetRole", "arn:aws-us-gov:iam::111111111111:role/deploy"},
		"instances": {func(c aws.Config) error {
			_, err := ec2.NewFromConfig(c).DescribeInstances(ctx, &ec2.DescribeInstancesInput{InstanceIds: []string{"i-1"}})
			return err
		}, "ec2:DescribeInstances", "*"},
	} {
		t.Run(name, func(t *testing.T) {
			c := refusing(t)
			err := tc.call(c.Base())
			if tc.action == "" {
				require.Error(t, err)
				require.False(t, Denied(err), "an input that is not valid is no refusal: %v", err)
				return
			}
			var refused *Refused
			require.ErrorAs(t, err, &refused)
			require.Equal(t, tc.action, refused.Action)
			require.Equal(t, tc.resource, refused.Resource)
			require.Equal(t, "arn:aws-us-gov:iam::111111111111:user/soc", refused.Role)
			require.ErrorContains(t, err, refused.Role+" is refused "+tc.action+" on "+tc.resource)
		})
	}
}

// forbid answers what the SDK would send to AWS itself.
type forbid struct{}

func (forbid) Do(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusForbidden, Body: http.NoBody, Header: http.Header{}, Request: r}, nil
}

func TestRoleOfTheRefusedCall(t *testing.T) {
	bareEnvironment(t)
	fake := newFakeSTS(t)
	c := open(t, Options{EndpointURL: fake.URL})
	cfg, err := c.As(t.Context(), "222222222222", "CT_AthenaRole")
	require.NoError(t, err)
	_, err = dynamodb.NewFromConfig(In(cfg, "eu-west-2")).GetItem(t.Context(),
		&dynamodb.GetItemInput{TableName: aws.String("seen"), Key: map[string]ddb.AttributeValue{"k": &ddb.AttributeValueMemberS{Value: "v"}}},
		func(o *dynamodb.Options) { o.HTTPClient = forbid{} })
	var refused *Refused
	require.ErrorAs(t, err, &refused)
	require.Equal(t, "arn:aws:iam::222222222222:role/CT_AthenaRole", refused.Role)
	require.Equal(t, "arn:aws:dynamodb:eu-west-2:222222222222:table/seen", refused.Resource)
}

func TestCallerThatIsNotKnown(t *testing.T) {
	bareEnvironment(t)
	c := refusing(t)
	c.who.Store(nil)
	_, err := dynamodb.NewFromConfig(In(c.Base(), "cn-north-1")).DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: aws.String("seen")})
	require.ErrorContains(t, err, "the base credentials is refused dynamodb:DescribeTable on arn:aws-cn:dynamodb:cn-north-1:*:table/seen")
}

// The texts are those of AWS's documentation of its messages, with other names in them.
func TestWhatAWSSaysOfIt(t *testing.T) {
	bareEnvironment(t)
	const user = "arn:aws:sts::111111111111:assumed-role/R/s"
	for name, tc := range map[string]struct{ code, message, role, action, resource, reason, says string }{
		"no policy allows": {"AccessDenied", "User: " + user + ` is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::trail/AWSLogs/x.json.gz" because no ` +
			`identity-based policy allows the s3:GetObject action`, user, "s3:GetObject", "arn:aws:s3:::trail/AWSLogs/x.json.gz",
			"no identity-based policy allows the s3:GetObject action", `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::trail/*"}`},
		"a policy denies": {"AccessDenied", "User: " + user + ` is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::trail/k" with an explicit deny in a ` +
			`service control policy`, user, "s3:GetObject", "arn:aws:s3:::trail/k", "an explicit deny in a service control policy", "(an explicit deny in"},
		"a key": {"AccessDenied", "User: " + user + " is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:eu-west-1:3:key/ab-12 because no identity-based policy " +
			"allows the kms:Decrypt action", user, "kms:Decrypt", "arn:aws:kms:eu-west-1:3:key/ab-12", "no identity-based policy allows the kms:Decrypt action", "the key's policy"},
		"a key of another account": {"AccessDenied", "User: " + user + " is not authorized to perform: kms:Decrypt on the resource associated with this ciphertext " +
			"because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access",
			user, "kms:Decrypt", "*", "", "the data is encrypted"},
		"a key, in few words": {"AccessDenied", "The ciphertext refers to a customer master key; kms:Decrypt is needed on arn:aws:kms:eu-west-1:3:key/ab-12.",
			"the base credentials", "kms:Decrypt", "arn:aws:kms:eu-west-1:3:key/ab-12", "", ""},
		"Lake Formation": {"AccessDenied", "Insufficient Lake Formation permission(s) on t", "the base credentials", lakeFormation, "*", "", "grant the role SELECT"},
		"nothing":        {"AccessDenied", "Access Denied", "the base credentials", "s3:GetObject", "arn:aws:s3:::trail/k", "", "an object that is not there is refused too"},
		"another code": {"InvalidRequest", "User: " + user + " is not authorized to perform: glue:GetTable on resource: arn:aws:glue:r:1:catalog",
			user, "glue:GetTable", "arn:aws:glue:r:1:catalog", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusForbidden)
				_, _ = fmt.Fprintf(w, `<Error><Code>%s</Code><Message>%s</Message></Error>`, tc.code, tc.message)
			}))
			defer s.Close()
			_, err := s3.NewFromConfig(open(t, Options{EndpointURL: s.URL}).Base()).GetObject(t.Context(),
				&s3.GetObjectInput{Bucket: aws.String("trail"), Key: aws.String("k")})
			var refused *Refused
			require.ErrorAs(t, err, &refused)
			require.Equal(t, Refused{Role: tc.role, Action: tc.action, Resource: tc.resource, Reason: tc.reason, Err: refused.Err}, *refused)
			require.ErrorContains(t, err, tc.says)
		})
	}
}

func TestRefusedInAText(t *testing.T) {
	const role = "arn:aws-cn:iam::1:role/R"
	for text, want := range map[string][2]string{
		"SYNTAX_ERROR: line 1:8":         {},
		"Query exhausted resources at s": {},
		"PERMISSION_DENIED: Insufficient Lake Formation permission(s): Required Select on t": {lakeFormation, "*"},
		"Permission denied on S3 path: s3://trail/AWSLogs/1/x":                               {"s3:GetObject", "arn:aws-cn:s3:::trail/AWSLogs/1/x"},
		"Access denied when writing output to url: s3://results/q/1.csv . Please ensure":     {"s3:PutObject", "arn:aws-cn:s3:::results/q/1.csv"},
		"User: x is not authorized to perform: glue:GetDatabase on resource: arn:a:glue:b because no identity-based policy " +
			"allows the glue:GetDatabase action (Service: AWSGlue; Status Code: 400)": {
			"glue:GetDatabase", "arn:a:glue:b"},
		"com.amazonaws.services.kms: not allowed kms:GenerateDataKey": {"kms:GenerateDataKey", "*"},
	} {
		r := RefusedIn(role, text)
		if want[0] == "" {
			require.Nil(t, r, text)
			continue
		}
		require.NotNil(t, r, text)
		require.Equal(t, want, [2]string{r.Action, r.Resource}, text)
		require.Equal(t, role, r.Role)
		require.EqualError(t, r.Err, text)
	}
}

func FuzzRefusedIn(f *testing.F) {
	f.Add("User: arn:x is not authorized to perform: kms:Decrypt on resource: \"arn:y\" because no identity-based policy allows it")
	f.Add("Access denied when writing to s3://b/k")
	f.Fuzz(func(t *testing.T, text string) {
		if r := RefusedIn("arn:aws:iam::1:role/R", text); r != nil {
			require.NotEmpty(t, r.Action)
			require.NotEmpty(t, r.Resource)
			require.NotEmpty(t, r.Error())
		}
	})
}

package dynamodb_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/baseline/dynamodb"
	"cloudtrail_anomaly/src/discern"
)

// services are what setup is tried on: DynamoDB Local, which has no backups and no tags, and moto, which has both.
var services = map[string]string{"DynamoDB Local": "CT_DYNAMODB", "moto": "CT_MOTO"}

func eachService(t *testing.T, test func(t *testing.T, cfg aws.Config)) {
	for name, variable := range services {
		t.Run(name, func(t *testing.T) {
			if os.Getenv(variable) == "" {
				t.Skipf("%s is not set: it is the address of %s (make check-aws starts one)", variable, name)
			}
			test(t, local(t, os.Getenv(variable)))
		})
	}
}

func newName() string { return fmt.Sprintf("setup-%d-%d", os.Getpid(), tables.Add(1)) }

func TestSetupMakesWhatIsMissingOnce(t *testing.T) {
	eachService(t, func(t *testing.T, cfg aws.Config) {
		client := sdk.NewFromConfig(cfg)
		s := open(t, options(cfg, newName()))
		name := aws.String(s.Table())
		would, err := s.Setup(t.Context(), true)
		require.NoError(t, err)
		require.Len(t, would, 3)
		_, err = client.DescribeTable(t.Context(), &sdk.DescribeTableInput{TableName: name})
		require.ErrorContains(t, err, "ResourceNotFound", "a dry run makes nothing")

		steps, err := s.Setup(t.Context(), false)
		require.NoError(t, err)
		require.Len(t, steps, 3)
		t.Cleanup(func() {
			client.DeleteTable(context.WithoutCancel(t.Context()), &sdk.DeleteTableInput{TableName: name})
		})
		again, err := s.Setup(t.Context(), false)
		require.NoError(t, err)
		require.Empty(t, again, "it is safe to repeat")
		is, err := client.DescribeTable(t.Context(), &sdk.DescribeTableInput{TableName: name})
		require.NoError(t, err)
		require.Equal(t, types.BillingModePayPerRequest, is.Table.BillingModeSummary.BillingMode)
		for _, c := range s.Check(t.Context(), true) {
			require.True(t, c.OK, "%+v", c)
		}
	})
}

// TestBackupsThatCouldNotBeTurnedOn: setup has not done its work then, says so, and does it the next time; but for a table that somebody else made.
func TestBackupsThatCouldNotBeTurnedOn(t *testing.T) {
	moto := os.Getenv(services["moto"])
	if moto == "" {
		t.Skip("CT_MOTO is not set: it is the address of moto (make check-aws starts one)")
	}
	p := newProxyTo(t, moto)
	denied := true
	p.fault = func(_ int, op string, _ map[string]any) fault {
		if op == "UpdateContinuousBackups" && denied {
			return fault{answer: refuse("AccessDeniedException")}
		}
		return fault{}
	}
	cfg := local(t, p.URL)
	s := open(t, options(cfg, newName()))
	steps, err := s.Setup(t.Context(), false)
	require.ErrorContains(t, err, "is there, but without backups; run setup dynamodb again")
	require.Len(t, steps, 2, "what was done is said")
	backups := func() discern.Check {
		for _, c := range s.Check(t.Context(), true) {
			if c.What == "DynamoDB backups" {
				return c
			}
		}
		return discern.Check{}
	}
	require.Contains(t, backups().Result, "off")
	require.True(t, backups().OK, "the table works")
	require.Contains(t, backups().Mend, "run ct_anomaly setup dynamodb")
	_, err = s.Setup(t.Context(), false)
	require.Error(t, err, "each time")
	denied = false
	steps, err = s.Setup(t.Context(), false)
	require.NoError(t, err)
	require.Len(t, steps, 1)
	require.Contains(t, steps[0], "keep 35 days of backups")
	require.Contains(t, backups().Result, "35 days")

	client, other := sdk.NewFromConfig(cfg), newName()
	_, err = client.CreateTable(t.Context(), &sdk.CreateTableInput{
		TableName: &other, BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("RoleId"), AttributeType: types.ScalarAttributeTypeS}, {AttributeName: aws.String("Action"), AttributeType: types.ScalarAttributeTypeS}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("RoleId"), KeyType: types.KeyTypeHash}, {AttributeName: aws.String("Action"), KeyType: types.KeyTypeRange}},
	})
	require.NoError(t, err)
	steps, err = open(t, options(cfg, other)).Setup(t.Context(), false)
	require.NoError(t, err)
	require.Len(t, steps, 1, "its TTL alone: %q", steps)
}

// otherKeys makes a table that is no baseline.
func otherKeys(t *testing.T) *dynamodb.Store {
	t.Helper()
	client := sdk.NewFromConfig(local(t, address()))
	s := open(t, options(local(t, address()), newName()))
	_, err := client.CreateTable(t.Context(), &sdk.CreateTableInput{
		TableName: aws.String(s.Table()), BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("RoleId"), AttributeType: types.ScalarAttributeTypeN}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("RoleId"), KeyType: types.KeyTypeHash}},
	})
	require.NoError(t, err)
	t.Cleanup(func() {
		client.DeleteTable(context.WithoutCancel(t.Context()), &sdk.DeleteTableInput{TableName: aws.String(s.Table())})
	})
	return s
}

// Whatever is called first says which keys are wrong, as setup and doctor do, and not what DynamoDB makes of them.
func TestATableWithOtherKeysIsFoundByTheFirstCall(t *testing.T) {
	s := otherKeys(t)
	h := discern.Holder{Kind: discern.Principal, ID: "AROA1"}
	for name, try := range map[string]func(ctx context.Context) error{
		"begin":  func(ctx context.Context) error { _, err := s.Begin(ctx, "run1"); return err },
		"take":   func(ctx context.Context) error { _, err := s.Take(ctx, "collector", now, now); return err },
		"recall": func(ctx context.Context) error { _, err := s.Recall(ctx, []discern.Question{{Holder: h}}); return err },
		"write": func(ctx context.Context) error {
			_, err := s.Write(ctx, []discern.Deed{{Changes: []discern.Change{{Holder: h, Action: "a:B", Now: discern.Known{FirstSeen: now, LastSeen: now}}}}})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			err := try(t.Context())
			require.ErrorIs(t, err, dynamodb.ErrOtherKeys)
			require.ErrorContains(t, err, "has partition key RoleId (N); it needs partition key RoleId (S), sort key Action (S): keys can't be changed, so give another dynamo_table_name")
			require.NotContains(t, err.Error(), "ValidationException")
		})
	}
	t.Run("walk", func(t *testing.T) {
		client, name := sdk.NewFromConfig(local(t, address())), s.Table()
		_, err := client.PutItem(t.Context(), &sdk.PutItemInput{TableName: &name, Item: item{"RoleId": number(1)}})
		require.NoError(t, err)
		require.ErrorIs(t, s.Walk(t.Context(), []discern.Kind{discern.Principal}, nil), dynamodb.ErrOtherKeys)
	})
}

func TestSetupSaysWhatDiffers(t *testing.T) {
	client, s := sdk.NewFromConfig(local(t, address())), otherKeys(t)
	_, err := s.Setup(t.Context(), false)
	require.ErrorContains(t, err, "has partition key RoleId (N); it needs partition key RoleId (S), sort key Action (S)")
	require.Len(t, s.Check(t.Context(), false), 1, "all else would fail for that")
	require.False(t, s.Check(t.Context(), false)[0].OK)

	_, table := fresh(t)
	_, err = client.UpdateTimeToLive(t.Context(), &sdk.UpdateTimeToLiveInput{
		TableName: &table, TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: aws.String("expires"), Enabled: aws.Bool(true)},
	})
	require.NoError(t, err)
	by := open(t, options(local(t, address()), table))
	_, err = by.Setup(t.Context(), false)
	require.ErrorContains(t, err, `drops items by their attribute "expires", not by TTL`)
	require.Equal(t, "turn that off (it takes an hour), then run ct_anomaly setup dynamodb", by.Check(t.Context(), false)[1].Mend)
	_, err = client.UpdateTimeToLive(t.Context(), &sdk.UpdateTimeToLiveInput{
		TableName: &table, TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: aws.String("expires"), Enabled: aws.Bool(false)},
	})
	require.NoError(t, err)
	_, err = by.Setup(t.Context(), false)
	require.NoError(t, err)
	require.True(t, by.Check(t.Context(), false)[1].OK, "it does mend it")
}

// TestATTLThatIsBeingTurnedOff can be turned on by nobody until it is off, and what was forgotten is not deleted meanwhile.
func TestATTLThatIsBeingTurnedOff(t *testing.T) {
	p := newProxy(t)
	_, table := fresh(t)
	p.fault = func(_ int, op string, _ map[string]any) (f fault) {
		if op == "DescribeTimeToLive" {
			f.answer = map[string]any{"TimeToLiveDescription": map[string]string{"AttributeName": "TTL", "TimeToLiveStatus": "DISABLING"}}
		}
		return f
	}
	s := open(t, options(local(t, p.URL), table))
	_, err := s.Setup(t.Context(), false)
	require.ErrorContains(t, err, "is being turned off: wait until it is off")
	require.Zero(t, p.count("UpdateTimeToLive"))
	check := s.Check(t.Context(), false)[1]
	require.False(t, check.OK)
	require.Contains(t, check.Mend, "up to an hour")
}

// TestATTLThatIsBeingTurnedOn is said, and asked for no second time: AWS refuses that.
func TestATTLThatIsBeingTurnedOn(t *testing.T) {
	p := newProxy(t)
	_, table := fresh(t)
	p.fault = func(_ int, op string, _ map[string]any) (f fault) {
		if op == "DescribeTimeToLive" {
			f.answer = map[string]any{"TimeToLiveDescription": map[string]string{"AttributeName": "TTL", "TimeToLiveStatus": "ENABLING"}}
		}
		return f
	}
	s := open(t, options(local(t, p.URL), table))
	steps, err := s.Setup(t.Context(), false)
	require.NoError(t, err)
	require.Empty(t, steps)
	require.Zero(t, p.count("UpdateTimeToLive"))
	check := s.Check(t.Context(), false)[1]
	require.True(t, check.OK)
	require.Equal(t, "it is being turned on: AWS takes up to an hour for it", check.Result)
}

func TestHowATableIsPaid(t *testing.T) {
	eachService(t, func(t *testing.T, cfg aws.Config) {
		client, s := sdk.NewFromConfig(cfg), open(t, options(cfg, newName()))
		name := aws.String(s.Table())
		_, err := s.Setup(t.Context(), false)
		require.NoError(t, err)
		t.Cleanup(func() {
			client.DeleteTable(context.WithoutCancel(t.Context()), &sdk.DeleteTableInput{TableName: name})
		})
		require.Contains(t, s.Check(t.Context(), false)[0].Result, "on-demand")
		_, err = client.UpdateTable(t.Context(), &sdk.UpdateTableInput{TableName: name, BillingMode: types.BillingModeProvisioned,
			ProvisionedThroughput: &types.ProvisionedThroughput{ReadCapacityUnits: aws.Int64(5), WriteCapacityUnits: aws.Int64(6)}})
		require.NoError(t, err)
		require.Contains(t, s.Check(t.Context(), false)[0].Result, "provisioned, 5 read and 6 write units")
	})
}

func TestAnAdoptedTableGetsItsTTLAndIsNeverDropped(t *testing.T) {
	_, table := fresh(t)
	s := open(t, options(local(t, address()), table))
	checks := s.Check(t.Context(), false)
	require.True(t, checks[0].OK)
	require.False(t, checks[1].OK, "its TTL is off")
	steps, err := s.Setup(t.Context(), false)
	require.NoError(t, err)
	require.Len(t, steps, 1)
	require.True(t, s.Check(t.Context(), false)[1].OK)
}

func TestOnlyATableThatSetupMadeIsDropped(t *testing.T) {
	if os.Getenv("CT_MOTO") == "" {
		t.Skip("CT_MOTO is not set: it is the address of moto, as DynamoDB Local has no tags (make check-aws starts one)")
	}
	cfg := local(t, os.Getenv("CT_MOTO"))
	ours := open(t, options(cfg, newName()))
	step, err := ours.Drop(t.Context(), false)
	require.NoError(t, err)
	require.Empty(t, step, "there is none")
	_, err = ours.Setup(t.Context(), false)
	require.NoError(t, err)
	step, err = ours.Drop(t.Context(), true)
	require.NoError(t, err)
	require.Contains(t, step, "delete table")
	require.True(t, ours.Check(t.Context(), false)[0].OK, "a dry run drops nothing")
	_, err = ours.Drop(t.Context(), false)
	require.NoError(t, err)
	checks := ours.Check(t.Context(), false)
	require.Len(t, checks, 1)
	require.Contains(t, checks[0].Result, "there is no table")

	theirs := open(t, options(cfg, newName()))
	_, err = theirs.Setup(t.Context(), false)
	require.NoError(t, err)
	client := sdk.NewFromConfig(cfg)
	is, err := client.DescribeTable(t.Context(), &sdk.DescribeTableInput{TableName: aws.String(theirs.Table())})
	require.NoError(t, err)
	_, err = client.UntagResource(t.Context(), &sdk.UntagResourceInput{ResourceArn: is.Table.TableArn, TagKeys: []string{"ct_anomaly"}})
	require.NoError(t, err)
	_, err = theirs.Drop(t.Context(), false)
	require.ErrorIs(t, err, dynamodb.ErrNotOurs)
}

func TestDoctorSeesAnOlderToolThatStillWrites(t *testing.T) {
	client, table := fresh(t)
	s := open(t, options(local(t, address()), table))
	quiet := func() bool {
		checks := s.Check(t.Context(), true)
		last := checks[len(checks)-1]
		require.Equal(t, "older tool", last.What)
		return last.OK
	}
	seed(t, client, table, "AROAOLD", "s3.amazonaws.com:GetObject", now+80*day)
	require.True(t, quiet(), "nothing of ours yet")
	_, err := s.Begin(t.Context(), "run1")
	require.NoError(t, err)
	k := discern.Known{FirstSeen: now - day, LastSeen: now - day, FirstOK: now - day}
	done, err := s.Write(t.Context(), []discern.Deed{{Changes: []discern.Change{{Holder: discern.Holder{Kind: discern.Principal, ID: "AROA1"}, Action: "a:B", Now: k}}}})
	require.NoError(t, err)
	require.Equal(t, []bool{true}, done)
	require.True(t, quiet(), "what was there before, and what is ours")

	t.Run("a new pair", func(t *testing.T) {
		seed(t, client, table, "AROANEW", "s3.amazonaws.com:GetObject", now+91*day)
		require.False(t, quiet())
		_, err := client.DeleteItem(t.Context(), &sdk.DeleteItemInput{TableName: &table, Key: key("AROANEW", "s3.amazonaws.com:GetObject")})
		require.NoError(t, err)
		require.True(t, quiet())
	})
	t.Run("a known pair's TTL", func(t *testing.T) {
		touch(t, client, table, "AROA1", "a:B", now+90*day)
		require.False(t, quiet())
	})
}

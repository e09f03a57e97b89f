package policy

// pendingPartition is the partition of the table that holds what is claimed and not yet delivered: all that a run deletes.
const pendingPartition = "#pending"

// baseline reads and writes the DynamoDB table.
func (p *Plan) baseline(purpose Purpose) []Statement {
	if p.Table == "" {
		return nil
	}
	table := p.tableARN(p.Table)
	one := func(sid string, actions ...string) Statement { return allow(sid, actions, table) }
	see := one("SeeTheTable", "dynamodb:DescribeContinuousBackups", "dynamodb:DescribeTable", "dynamodb:DescribeTimeToLive")
	read := one("ReadTheBaseline", "dynamodb:BatchGetItem", "dynamodb:Query")
	write := one("WriteTheBaseline", "dynamodb:BatchWriteItem", "dynamodb:PutItem", "dynamodb:UpdateItem")
	scan := one("ReadTheWholeTable", "dynamodb:Scan")
	var all []Statement
	switch purpose {
	case Run:
		all = []Statement{see, read, write,
			one("DropWhatIsDelivered", "dynamodb:DeleteItem").when("ForAllValues:StringEquals", "dynamodb:LeadingKeys", pendingPartition).
				when("Null", "dynamodb:LeadingKeys", "false"),
		}
	case Setup:
		all = []Statement{see,
			one("MakeTheTable", "dynamodb:CreateTable", "dynamodb:ListTagsOfResource", "dynamodb:TagResource", "dynamodb:UpdateContinuousBackups", "dynamodb:UpdateTimeToLive"),
			read, scan, write,
		}
		if p.OldTable != "" {
			all = append(all, allow("ReadTheOlderToolsTable", []string{"dynamodb:DescribeTable", "dynamodb:Scan"}, p.tableARN(p.OldTable)))
		}
	case Teardown:
		all = []Statement{
			one("SeeWhoMadeTheTable", "dynamodb:DescribeTable", "dynamodb:ListTagsOfResource"),
			one("RemoveTheTable", "dynamodb:DeleteTable"),
			read, scan, one("ForgetWhatIsKnown", "dynamodb:DeleteItem"),
		}
	}
	return append(all, p.throughKMS("UseTheKeyOfTheTable", p.TableKey, "dynamodb", p.Region, tableKey...)...)
}

// tableKey are the actions that DynamoDB needs of a key on behalf of whoever uses the table ("Usage notes" of "Encryption at rest"), but for
// kms:CreateGrant, which is needed when the key is set: setup leaves a new table to DynamoDB's own key.
var tableKey = []string{"kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"}

func (p *Plan) tableARN(name string) string {
	return p.arn("dynamodb", p.Region, p.Account, "table/"+name)
}

package policy

// tables are the names of the tables that setup makes.
const tables = "ct_anomaly_*"

// queries runs statements in the workgroup.
func (p *Plan) queries(purpose Purpose) []Statement {
	if !p.Athena {
		return nil
	}
	account := p.accountOf(p.Reader)
	run := []string{"athena:GetQueryExecution", "athena:GetQueryResults", "athena:GetWorkGroup", "athena:StartQueryExecution", "athena:StopQueryExecution"}
	if purpose == Teardown {
		run = append([]string{"athena:BatchGetQueryExecution"}, run...)
	}
	all := []Statement{allow("RunQueries", run, p.arn("athena", p.Region, account, "workgroup/"+p.Workgroup))}
	look := []string{"athena:GetTableMetadata"}
	if purpose == Setup {
		look = []string{"athena:GetDatabase", "athena:GetTableMetadata"}
	}
	all = append(all, allow("LookUpTheTable", look, p.arn("athena", p.Region, account, "datacatalog/AwsDataCatalog")))
	all = append(all, p.catalog(purpose)...)
	return append(all, p.results(purpose)...)
}

// catalog are the definitions of tables, which Athena keeps in Glue. A permission on a table counts only together with the same on its database
// and the catalog (Athena User Guide, "Configure access to databases and tables in the AWS Glue Data Catalog"), which also wants the
// database default to be seen. Partitions are projected, so Athena does not ask Glue for them.
func (p *Plan) catalog(purpose Purpose) []Statement {
	glue := func(resources ...string) (arns []string) {
		for _, r := range resources {
			arns = append(arns, p.arn("glue", p.Region, p.accountOf(p.Reader), r))
		}
		return arns
	}
	databases := []string{"catalog", "database/default"}
	if p.Database != "default" {
		databases = append(databases, "database/"+p.Database)
	}
	table := []string{"catalog", "database/" + p.Database, "table/" + p.Database + "/" + tables}
	all := []Statement{
		allow("SeeTheDatabase", []string{"glue:GetDatabase", "glue:GetDatabases"}, glue(databases...)...),
		allow("SeeTheTables", []string{"glue:GetTable"}, glue(table...)...),
	}
	switch purpose {
	case Setup:
		all = append(all,
			allow("MakeTheDatabase", []string{"glue:CreateDatabase"}, glue(databases...)...),
			allow("MakeTheTables", []string{"glue:CreateTable"}, glue(table...)...))
	case Teardown:
		all = append(all, allow("RemoveTheTables", []string{"glue:DeletePartition", "glue:DeleteTable", "glue:GetPartition", "glue:GetPartitions"}, glue(table...)...))
	}
	return all
}

// results are written by Athena with the permissions of whoever asks, and read by us. Teardown deletes those that are left.
func (p *Plan) results(purpose Purpose) []Statement {
	if p.Results.Name == "" {
		return nil
	}
	objects := p.Results.objects(p, "")
	all := []Statement{
		allow("FindTheResults", []string{"s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"}, p.Results.arn(p)),
		allow("WriteAndReadTheResults", []string{"s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"}, objects),
	}
	for i := range all {
		all[i] = p.ours(all[i])
	}
	if p.DeleteResults || purpose == Teardown {
		all = append(all, p.ours(allow("DeleteTheResults", []string{"s3:DeleteObject"}, objects)))
	}
	return append(all, p.throughKMS("EncryptTheResults", p.Results.Key, "s3", p.Results.Region, "kms:Decrypt", "kms:GenerateDataKey")...)
}

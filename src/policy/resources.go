package policy

// Resources are the policies of what is used rather than of who uses it.
type Resources struct {
	TrailBucket      []Statement // to be added to the policy of the trail's bucket, where that is another account's
	TrailKey         []Statement // to be added to the policy of its key, likewise
	ResultsBucket    []Statement // the policy of a bucket that is for results alone
	ResultsLifecycle *Lifecycle
}

// Lifecycle is what PutBucketLifecycleConfiguration takes.
type Lifecycle struct {
	Rules []LifecycleRule
}

// A LifecycleRule has S3 delete what a run did not.
type LifecycleRule struct {
	ID                             string
	Status                         string
	Filter                         struct{ Prefix string }
	Expiration                     struct{ Days int }
	NoncurrentVersionExpiration    struct{ NoncurrentDays int }
	AbortIncompleteMultipartUpload struct{ DaysAfterInitiation int }
}

// How many days results are kept: where runs delete them, those of a run that was killed before it could; else all.
const (
	daysLeftover = 1
	daysKept     = 7
)

// ResourcesOf says which policies resources need for a run.
func ResourcesOf(p Plan) Resources {
	p = p.filled()
	var r Resources
	if p.Trail.Name != "" && p.named() {
		for _, s := range p.logs(Run) {
			switch s.Action[0] {
			case "kms:Decrypt":
				// CloudTrail encrypts with this context, so nothing but a trail's files can be decrypted.
				s.Sid, s.Resource = "LetCtAnomalyDecryptLogFiles", []string{"*"}
				r.TrailKey = append(r.TrailKey, p.readers(s.when("Null", "kms:EncryptionContext:aws:cloudtrail:arn", "false")))
			default:
				s.Sid = "LetCtAnomaly" + s.Sid
				s.Condition = s.without("aws:ResourceOrgID")
				r.TrailBucket = append(r.TrailBucket, p.readers(s))
			}
		}
	}
	if p.Athena && p.Results.Name != "" {
		r.ResultsBucket, r.ResultsLifecycle = p.resultsBucket(), p.lifecycle()
	}
	return r
}

// without leaves out what says nothing in the policy of the resource itself.
func (s Statement) without(key string) Condition {
	left := Condition{}
	for operator, keys := range s.Condition {
		for k, values := range keys {
			if k != key {
				if left[operator] == nil {
					left[operator] = map[string][]string{}
				}
				left[operator][k] = values
			}
		}
	}
	if len(left) == 0 {
		return nil
	}
	return left
}

func (p *Plan) resultsBucket() []Statement {
	bucket, objects := p.Results.arn(p), p.Results.arn(p)+"/*"
	deny := func(sid string) Statement {
		return Statement{Sid: sid, Effect: "Deny", Principal: "*", Action: []string{"s3:*"}, Resource: []string{bucket, objects}}
	}
	all := []Statement{deny("RefuseWhatIsNotEncrypted").when("Bool", "aws:SecureTransport", "false")}
	if p.Organization != "" {
		all = append(all, deny("RefuseOtherOrganizations").when("StringNotEquals", "aws:PrincipalOrgID", p.Organization).
			when("BoolIfExists", "aws:PrincipalIsAWSService", "false"))
	}
	if p.Reader.Account == Each && p.named() { // whose accounts are not the bucket's
		for _, s := range p.results(Run) {
			if s.Action[0] != "kms:Decrypt" {
				s.Sid = "LetCtAnomaly" + s.Sid
				s.Condition = s.without("aws:ResourceOrgID")
				all = append(all, p.readers(s))
			}
		}
	}
	return all
}

func (p *Plan) lifecycle() *Lifecycle {
	rule := LifecycleRule{ID: "ExpireResultsOfCtAnomaly", Status: "Enabled"}
	rule.Filter.Prefix = under(p.Results.Prefix)
	rule.Expiration.Days = daysKept
	if p.DeleteResults {
		rule.Expiration.Days = daysLeftover
	}
	rule.NoncurrentVersionExpiration.NoncurrentDays = daysLeftover
	rule.AbortIncompleteMultipartUpload.DaysAfterInitiation = daysLeftover
	return &Lifecycle{Rules: []LifecycleRule{rule}}
}

package demo

import (
	"bytes"
	"slices"
	"time"
)

// redeliver delivers a file once more days later, as CloudTrail does after trouble of its own.
func (p *post) redeliver(d day, sample parcel) error {
	switch d.age {
	case 40, 89:
		p.kept = append(p.kept, sample)
	case 47, 93:
		for _, f := range p.kept {
			if err := p.send(f.again(d.start + 10*3600 - f.minute)); err != nil {
				return err
			}
		}
		p.kept = nil
	}
	return nil
}

// spoil adds the files that are no good: what is in them is also in a good one, so nothing is missed for want of them.
func (p *post) spoil(d day, sample parcel) error {
	if sample.records == 0 {
		return nil
	}
	var body []byte
	var err error
	switch d.age {
	case 92:
		body = []byte("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>\n")
	case 95:
		// Between two records, since within a text it might do no harm.
		at := len(sample.log)/2 + bytes.Index(sample.log[len(sample.log)/2:], []byte(`,{"eventVersion"`))
		body, err = p.compress(slices.Insert(bytes.Clone(sample.log), at, []byte(",]")...))
	case 96:
		return p.besides(sample)
	case 97:
		body = sample.body[:len(sample.body)*3/5]
	default:
		return nil
	}
	if err != nil {
		return err
	}
	name, err := p.put(sample, "CloudTrail", body)
	p.story.Broken = append(p.story.Broken, name)
	return err
}

// besides writes what CloudTrail writes beside its logs: a digest of them, and an Insights event.
func (p *post) besides(f parcel) error {
	at := time.Unix(f.minute, 0).UTC().Format(time.RFC3339)
	digest := `{"awsAccountId":"` + f.account + `","digestStartTime":"` + at + `","digestEndTime":"` + at + `",` +
		`"digestS3Bucket":"trail-` + management + `","digestSignatureAlgorithm":"SHA256withRSA","logFiles":[]}`
	insight := `{"Records":[{"eventVersion":"1.07","eventTime":"` + at + `",` +
		`"awsRegion":"` + f.region + `","eventID":"00000000-0000-4000-8000-000000000001","eventType":"AwsCloudTrailInsight","recipientAccountId":"` + f.account +
		`","sharedEventID":"00000000-0000-4000-8000-000000000002",` +
		`"insightDetails":{"state":"Start","eventSource":"ssm.amazonaws.com","eventName":"UpdateInstanceInformation","insightType":"ApiCallRateInsight"},"eventCategory":"Insight"}]}`
	for _, other := range []struct{ trail, text string }{{"CloudTrail-Digest", digest}, {"CloudTrail-Insight", insight}} {
		body, err := p.compress([]byte(other.text))
		if err != nil {
			return err
		}
		name, err := p.put(f, other.trail, body)
		if err != nil {
			return err
		}
		p.story.Other = append(p.story.Other, name)
	}
	return nil
}

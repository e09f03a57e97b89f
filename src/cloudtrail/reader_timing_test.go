package cloudtrail

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/require"
)

// BenchmarkRead reads a made-up log of some 17 MB from memory, packed and plain, into a Gather. "gunzip" is the part of the packed
// reading that no reader can save.
func BenchmarkRead(b *testing.B) {
	plain := timingLog(12_000)
	zipped := packed(plain)
	for name, file := range map[string][]byte{"packed": zipped, "plain": plain} {
		b.Run(name, func(b *testing.B) {
			rd := NewReader()
			b.SetBytes(int64(len(plain)))
			b.ReportAllocs()
			for b.Loop() {
				g := NewGather()
				tally, err := rd.Read(context.Background(), bytes.NewReader(file), func(r *Record) error { return g.Add(r, 1) })
				require.NoError(b, err)
				require.Equal(b, 12_000, tally.Records)
			}
		})
	}
	b.Run("gunzip", func(b *testing.B) {
		zip := new(gzip.Reader)
		b.SetBytes(int64(len(plain)))
		for b.Loop() {
			require.NoError(b, zip.Reset(bytes.NewReader(zipped)))
			_, err := io.Copy(io.Discard, zip)
			require.NoError(b, err)
		}
	})
}

// BenchmarkMerge merges two workers' gathers of 100,000 sightings, half of them the same, and sorts the whole.
func BenchmarkMerge(b *testing.B) {
	gather := func(from int) *Gather {
		g := NewGather()
		for n := from; n < from+100_000; n++ {
			r := Record{
				Identity:  &Identity{Type: "IAMUser", PrincipalID: fmt.Sprint("AIDA", n%1000)},
				EventTime: []byte("2024-05-06T07:00:00Z"), EventSource: []byte("ec2"), EventName: fmt.Appendf(nil, "Describe%d", n/1000),
			}
			require.NoError(b, g.Add(&r, uint32(n)))
		}
		return g
	}
	one, other := gather(0), gather(50_000)
	for b.Loop() {
		g := NewGather()
		g.Merge(one)
		g.Merge(other)
		n := 0
		for range g.Sightings() {
			n++
		}
		require.Equal(b, 150_000, n)
	}
}

// timingLog makes a log of so many records in CloudTrail's order of keys: sessions of roles that call in bursts, with parameters,
// answers and a policy in JSON now and then.
func timingLog(records int) []byte {
	random := rand.New(rand.NewPCG(5, 6))
	hex := func(n int) string {
		text := make([]byte, n)
		for i := range text {
			text[i] = "0123456789abcdef"[random.IntN(16)]
		}
		return string(text)
	}
	var b bytes.Buffer
	b.WriteString(`{"Records":[`)
	var identity string
	for n := range records {
		if n%9 == 0 {
			role, session := fmt.Sprintf("AROAEXAMPLEROLE%06d", random.IntN(90)), "i-0"+hex(16)
			identity = fmt.Sprintf(`{"type":"AssumedRole","principalId":"%s:%s","arn":"arn:aws:sts::111111111111:assumed-role/node/%s","accountId":"111111111111",`+
				`"accessKeyId":"ASIAEXAMPLE%s","sessionContext":{"sessionIssuer":{"type":"Role","principalId":"%s","arn":"arn:aws:iam::111111111111:role/node",`+
				`"accountId":"111111111111","userName":"node"},"attributes":{"creationDate":"2024-05-06T06:00:00Z","mfaAuthenticated":"false"},"ec2RoleDelivery":"2.0"}}`,
				role, session, session, strings.ToUpper(hex(9)), role)
		}
		parameters := fmt.Sprintf(`{"instancesSet":{"items":[{"instanceId":"i-0%s"},{"instanceId":"i-0%s"}]},"filterSet":{"items":[{"name":"tag:Name","valueSet":`+
			`{"items":[{"value":"owned"}]}}]},"maxResults":100,"includeDeleted":false}`, hex(16), hex(16))
		if n%20 == 0 {
			parameters = `{"roleName":"node","policyDocument":"` + strings.Repeat(`{\n  \"Effect\": \"Allow\",\n  \"Action\": [\"s3:GetObject\", \"kms:Decrypt\"]\n}`, 12) + `"}`
		}
		if n > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"eventVersion":"1.09","userIdentity":%s,"eventTime":"2024-05-06T07:%02d:%02dZ","eventSource":"ec2.amazonaws.com","eventName":"Describe%d",`+
			`"awsRegion":"us-east-1","sourceIPAddress":"192.0.2.%d","userAgent":"aws-sdk-go-v2/1.30.3 os/linux lang/go#1.22.5 md/GOOS#linux md/GOARCH#amd64 api/ec2#1.54.3",`+
			`"requestParameters":%s,"responseElements":null,"requestID":"%s","eventID":"%s","readOnly":true,"eventType":"AwsApiCall","managementEvent":true,`+
			`"recipientAccountId":"111111111111","eventCategory":"Management","tlsDetails":{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256",`+
			`"clientProvidedHostHeader":"ec2.us-east-1.amazonaws.com"}}`,
			identity, random.IntN(60), random.IntN(60), random.IntN(40), random.IntN(255), parameters, hex(32), hex(32))
	}
	b.WriteString(`]}`)
	return b.Bytes()
}

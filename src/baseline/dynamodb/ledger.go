package dynamodb

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"cloudtrail_anomaly/src/discern"
)

// The ledger has 12 bytes for each file: of the SHA-256 of its path, size and time. They lie by account (what the path has before /CloudTrail/) and
// by the hour in which the file was stored, so that a run reads no more than the hours it asks for. Each time files are noted a new item is
// put, whose name is that of its content: so nobody's note meets another's, putting it twice is putting it once, and 80 files of an
// hour cost one write.

const (
	attrFiles = "Files"
	markSize  = 12
	mostMarks = 30000 // of one item: 360 KB
	hour      = int64(discern.Hour) * 1e9
)

type mark [markSize]byte

func markOf(f *discern.File) (m mark) {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x1f%d\x1f%d", f.Path, f.Size, f.Modified))
	copy(m[:], sum[:])
	return m
}

// shelf is where a file's mark lies: the partition, and the hour by which that is sorted.
func (s *Store) shelf(f *discern.File) (partition string, at int64) {
	account, _, _ := strings.Cut(f.Path, "/CloudTrail/")
	if len(account) == len(f.Path) {
		account = ""
	}
	partition, _ = place("ledger", s.o.Ledger+"\x1f"+account)
	return partition, max(f.Modified, 0) / hour
}

func hourKey(at int64) string { return fmt.Sprintf("%08d", at) }

// Unread implements discern.Ledger.
func (s *Store) Unread(ctx context.Context, files []discern.File) ([]discern.File, error) {
	hours := map[string][]int64{}
	for i := range files {
		p, at := s.shelf(&files[i])
		hours[p] = append(hours[p], at)
	}
	type span struct {
		partition   string
		first, last int64
	}
	var spans []span
	for p, at := range hours {
		slices.Sort(at)
		for i, h := range at {
			if n := len(spans); i > 0 && h-spans[n-1].last <= nearHours {
				spans[n-1].last = h
			} else {
				spans = append(spans, span{p, h, h})
			}
		}
	}
	looked := make([]map[mark]bool, len(spans))
	err := s.each(ctx, len(spans), func(ctx context.Context, i int) (err error) {
		looked[i], err = s.marks(ctx, spans[i].partition, spans[i].first, spans[i].last)
		return err
	})
	if err != nil {
		return nil, err
	}
	var unread []discern.File
	for i := range files {
		m := markOf(&files[i])
		if !slices.ContainsFunc(looked, func(some map[mark]bool) bool { return some[m] }) {
			unread = append(unread, files[i])
		}
	}
	return unread, nil
}

// nearHours is up to how far apart hours are read by one Query: a few hours' marks cost less than another request.
const nearHours = 24

// marks reads those of some hours. The read is consistent: to read a file again costs more.
func (s *Store) marks(ctx context.Context, partition string, first, last int64) (map[mark]bool, error) {
	names, _ := aliases(attrRoleID, attrAction, attrFiles)
	in := &sdk.QueryInput{
		TableName: &s.o.Table, KeyConditionExpression: aws.String("#RoleId = :id AND #Action BETWEEN :first AND :last"), ProjectionExpression: aws.String("#Files"),
		ExpressionAttributeNames: names, ExpressionAttributeValues: attributes{":id": text(partition), ":first": text(hourKey(first)), ":last": text(hourKey(last + 1))},
		ConsistentRead: aws.Bool(true), ReturnConsumedCapacity: counted,
	}
	looked := map[mark]bool{}
	for {
		out, err := call(ctx, s, "query which files were looked at", s.db.Query, in)
		if err != nil {
			return nil, err
		}
		for _, it := range out.Items {
			for some := range slices.Chunk([]byte(textOf(it[attrFiles])), markSize) {
				var m mark
				copy(m[:], some)
				looked[m] = true
			}
		}
		if len(out.LastEvaluatedKey) == 0 {
			return looked, nil
		}
		in.ExclusiveStartKey = out.LastEvaluatedKey
	}
}

// Looked implements discern.Ledger.
func (s *Store) Looked(ctx context.Context, files []discern.File) error {
	type shelf struct {
		partition string
		hour      int64
	}
	by := map[shelf][]byte{}
	for i := range files {
		p, at := s.shelf(&files[i])
		m := markOf(&files[i])
		by[shelf{p, at}] = append(by[shelf{p, at}], m[:]...)
	}
	var items []attributes
	for at, marks := range by {
		for some := range slices.Chunk(marks, mostMarks*markSize) {
			sum := sha256.Sum256(some)
			it := keyed(at.partition, fmt.Sprintf("%s/%016x", hourKey(at.hour), binary.BigEndian.Uint64(sum[:])))
			it[attrFiles] = bytes(some)
			if s.o.LedgerDays > 0 {
				it[attrTTL] = number(s.o.Now().Unix() + int64(s.o.LedgerDays)*discern.Day)
			}
			items = append(items, it)
		}
	}
	batches := slices.Collect(slices.Chunk(items, mostPuts))
	return s.each(ctx, len(batches), func(ctx context.Context, i int) error {
		return s.putAll(ctx, "note which files were looked at", batches[i])
	})
}

package cloud

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// processed tells whether a batch's next item is.
func (t *Table) processed() bool { return t.unharmed == nil || t.unharmed() }

func (t *Table) batchGet(in *call) (any, error) {
	var tables map[string]struct {
		call
		Keys []item
	}
	if err := json.Unmarshal(in.RequestItems, &tables); err != nil {
		return nil, err
	}
	found, left := map[string][]item{}, map[string]any{}
	for name, asked := range tables {
		var later []item
		for _, key := range asked.Keys {
			if !t.processed() {
				later = append(later, key)
			} else if is := t.at(key); is != nil {
				found[name] = append(found[name], asked.project(is))
			}
		}
		if later != nil {
			left[name] = map[string]any{"Keys": later, "ProjectionExpression": asked.ProjectionExpression,
				"ExpressionAttributeNames": asked.ExpressionAttributeNames, "ConsistentRead": true}
		}
	}
	return map[string]any{"Responses": found, "UnprocessedKeys": left}, nil
}

func (t *Table) batchWrite(in *call) (any, error) {
	var tables map[string][]struct{ PutRequest, DeleteRequest *call }
	if err := json.Unmarshal(in.RequestItems, &tables); err != nil {
		return nil, err
	}
	left := map[string][]any{}
	for name, writes := range tables {
		if len(writes) > 25 {
			return nil, fmt.Errorf("%d items in a batch", len(writes))
		}
		for _, w := range writes {
			switch processed := t.processed(); {
			case !processed && w.PutRequest != nil:
				left[name] = append(left[name], map[string]any{"PutRequest": map[string]item{"Item": w.PutRequest.Item}})
			case !processed:
				left[name] = append(left[name], map[string]any{"DeleteRequest": map[string]item{"Key": w.DeleteRequest.Key}})
			case w.PutRequest != nil:
				t.put(w.PutRequest)
			default:
				t.put(w.DeleteRequest)
			}
		}
	}
	return map[string]any{"UnprocessedItems": left}, nil
}

// query gives a page of a partition, or of all of them.
func (t *Table) query(in *call) (any, error) {
	page, count, last := []item{}, 0, item(nil)
	for _, partition := range in.partitions(t) {
		for _, sort := range slices.Sorted(maps.Keys(t.items[partition])) {
			if from := in.ExclusiveStartKey; from != nil {
				if c := strings.Compare(partition, text(from[partitionKey])); c < 0 || c == 0 && sort <= text(from[sortKey]) {
					continue
				}
			}
			it := t.items[partition][sort]
			if ok, err := in.holds(in.KeyConditionExpression, it); err != nil || !ok {
				if err != nil {
					return nil, err
				}
				continue
			}
			if t.PageSize > 0 && count == t.PageSize {
				return answered(in, page, last), nil
			}
			count++
			last = item{partitionKey: it[partitionKey], sortKey: it[sortKey]}
			ok, err := in.holds(in.FilterExpression, it)
			if err != nil {
				return nil, err
			}
			if ok {
				page = append(page, in.project(it))
			}
		}
	}
	return answered(in, page, nil), nil
}

// partitions are those that a Query or Scan can find something in.
func (in *call) partitions(t *Table) []string {
	if words := strings.Fields(in.KeyConditionExpression); len(words) > 2 && in.name(words[0]) == partitionKey && words[1] == "=" {
		return []string{text(in.ExpressionAttributeValues[words[2]])}
	}
	return slices.Sorted(maps.Keys(t.items))
}

func answered(in *call, page []item, last item) any {
	out := map[string]any{"Count": len(page), "ScannedCount": len(page)}
	if in.Select != "COUNT" {
		out["Items"] = page
	}
	if last != nil {
		out["LastEvaluatedKey"] = last
	}
	return out
}

// update carries out SET #a = :b, …; REMOVE #a; or DELETE #a :b of a set.
func (t *Table) update(in *call) (any, error) {
	if err := t.may(in); err != nil {
		return nil, err
	}
	it := maps.Clone(t.at(in.Key))
	if it == nil {
		it = maps.Clone(in.Key)
	}
	verb, rest, _ := strings.Cut(in.UpdateExpression, " ")
	for step := range strings.SplitSeq(rest, ",") {
		words := strings.Fields(strings.ReplaceAll(step, "=", " "))
		name := in.name(words[0])
		switch verb {
		case "SET":
			it[name] = in.ExpressionAttributeValues[words[1]]
		case "REMOVE":
			delete(it, name)
		case "DELETE":
			if left := without(it[name], in.ExpressionAttributeValues[words[1]]); left == nil {
				delete(it, name)
			} else {
				it[name] = left
			}
		default:
			return nil, fmt.Errorf("this table does not know the update %s", in.UpdateExpression)
		}
	}
	put := *in
	put.Item = it
	t.put(&put)
	return map[string]any{"Attributes": it}, nil
}

// without is a set of texts without some of them, or nil where none is left.
func without(set, some value) value {
	all, _ := set["SS"].([]any)
	gone, _ := some["SS"].([]any)
	left := slices.DeleteFunc(slices.Clone(all), func(v any) bool { return slices.Contains(gone, v) })
	if len(left) == 0 {
		return nil
	}
	return value{"SS": left}
}

package athenatest

import "time"

// A Query is one that a front was given, as a test sees it.
type Query struct {
	ID, SQL, Database, WorkGroup, Token string
	State, Reason                       string // as the engine has it, whatever polls are told
	Output                              string // s3://…; empty where results are managed
	Scanned                             int64  // bytes
	Polls                               int
	Reuse                               bool // results of an earlier query were accepted
}

// Queries gives the queries so far, DDL included, in order.
func (f *Front) Queries() []Query {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := make([]Query, len(f.started))
	for i, q := range f.started {
		all[i] = Query{ID: q.id, SQL: q.in.QueryString, Database: q.in.QueryExecutionContext.Database, WorkGroup: q.group,
			Token: q.in.ClientRequestToken, State: q.state, Reason: q.reason, Output: q.output, Scanned: q.scanned, Polls: q.polls,
			Reuse: q.in.ResultReuseConfiguration.ResultReuseByAgeConfiguration.Enabled}
	}
	return all
}

type queryInput struct{ QueryExecutionId string }

func (f *Front) getQueryExecution(in queryInput) (any, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	q := f.queries[in.QueryExecutionId]
	if q == nil {
		return nil, invalid("QueryExecution " + in.QueryExecutionId + " was not found")
	}
	q.polls++
	return map[string]any{"QueryExecution": q.described()}, nil
}

type batchGetInput struct{ QueryExecutionIds []string }

func (f *Front) batchGetQueryExecution(in batchGetInput) (any, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if n := len(in.QueryExecutionIds); n == 0 || n > 50 {
		return nil, invalid("QueryExecutionIds must have 1 to 50 members")
	}
	found, missing := []any{}, []any{}
	for _, id := range in.QueryExecutionIds {
		q := f.queries[id]
		if q == nil {
			missing = append(missing, map[string]string{"QueryExecutionId": id, "ErrorCode": "INVALID_QUERY_EXECUTION_ID",
				"ErrorMessage": "QueryExecution " + id + " was not found"})
			continue
		}
		q.polls++
		found = append(found, q.described())
	}
	return map[string]any{"QueryExecutions": found, "UnprocessedQueryExecutionIds": missing}, nil
}

// described is called with the lock held.
func (q *query) described() map[string]any {
	state := q.seen()
	ended := state != queued && state != running
	status := map[string]any{"State": state, "SubmissionDateTime": epoch(q.begun)}
	statistics := map[string]any{"ResultReuseInformation": map[string]bool{"ReusedPreviousResult": false}}
	if state != queued {
		statistics["DataScannedInBytes"] = q.scanned
	}
	if ended {
		took := q.ended.Sub(q.begun) / time.Millisecond
		status["CompletionDateTime"] = epoch(q.ended)
		statistics["EngineExecutionTimeInMillis"], statistics["TotalExecutionTimeInMillis"] = took, took
		if q.reason != "" {
			status["StateChangeReason"] = q.reason
		}
		if state == failed {
			status["AthenaError"] = map[string]any{"ErrorCategory": 2, "ErrorType": 1, "Retryable": false, "ErrorMessage": q.reason}
		}
	}
	described := map[string]any{"QueryExecutionId": q.id, "Query": q.in.QueryString, "StatementType": q.kind, "WorkGroup": q.group,
		"QueryExecutionContext": map[string]string{"Database": q.in.QueryExecutionContext.Database, "Catalog": "awsdatacatalog"},
		"EngineVersion":         q.settings.engine(), "Status": status, "Statistics": statistics,
		"ManagedQueryResultsConfiguration": map[string]bool{"Enabled": q.settings.Managed}}
	if q.output != "" {
		described["ResultConfiguration"] = map[string]string{"OutputLocation": q.output}
	}
	return described
}

// stopQueryExecution stops what runs; what has ended stays as it is.
func (f *Front) stopQueryExecution(in queryInput) (any, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	q := f.queries[in.QueryExecutionId]
	if q == nil {
		return nil, invalid("QueryExecution " + in.QueryExecutionId + " was not found")
	}
	q.cancel()
	if state := q.seen(); state == queued || state == running {
		q.stopped, q.state, q.reason, q.ended = true, cancelled, stoppedReason, f.now()
	}
	return struct{}{}, nil
}
